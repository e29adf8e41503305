using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Decryptor.Protocol;
using Decryptor.Worker.Formats.Logan;

namespace Decryptor.Worker.Tests;

/// <summary>The files of the real encoder, each by the term of its manifest.</summary>
sealed class LoganCorpusTests
{
    static IEnumerable<TestCaseData> Files() => Manifest("logan/manifest.json");

    [TestCaseSource(nameof(Files)), CancelAfter(30_000)]
    public void A_file_of_the_real_encoder_is_read_as_its_manifest_says(JsonElement? entry)
    {
        if (entry is not { } present)
        {
            Assert.Ignore("no corpus: shared/corpus is in no folder above the test assembly");
            return;
        }

        var file = present.GetProperty("file").GetString()!;
        if (file.StartsWith("web_", StringComparison.Ordinal)) Assert.Ignore("Logan Web is another format");
        var bytes = File.ReadAllBytes(Corpus.File("logan/" + file));
        var decoded = LoganDecoded.Of(bytes, Key(present.GetProperty("key").GetString()!));
        switch (present.GetProperty("expectation").GetString())
        {
            case "success": MustBeWhole(decoded, present); break;
            case "success_or_warn": MustBeThere(decoded, present); break;
            case "warn": MustTell(decoded, present); break;
            case "partial": MustBePartial(decoded, present); break;
            case "mostly_lost": MustSayItWasSentAsText(decoded, present); break;
            case "reject": MustBeRejected(decoded); break;
            case "wrong_key": MustNameTheKeys(decoded, present); break;
            default: Assert.Fail("a term that this test does not know"); break;
        }
    }

    [Test]
    public void The_first_block_is_found_by_its_frame_alone()
    {
        Assert.Multiple(() =>
        {
            foreach (var file in Directory.EnumerateFiles(Corpus.File("logan"), "*.*").Order(StringComparer.Ordinal))
            {
                if (!file.EndsWith(".logan", StringComparison.Ordinal)
                    && !file.EndsWith(".mmap2", StringComparison.Ordinal)) continue;
                var expected = file.EndsWith("only_ones.logan", StringComparison.Ordinal) ? -1 : 0;
                var bytes = File.ReadAllBytes(file);
                Assert.That(LoganDecoder.Sniff(bytes.AsSpan(0, Math.Min(bytes.Length, 64 * 1024))),
                    Is.EqualTo(expected), file);
            }
        });
    }

    [Test]
    public void No_xlog_is_taken_for_logan()
    {
        foreach (var file in Directory.EnumerateFiles(Corpus.File("xlog"), "*.xlog", SearchOption.AllDirectories))
        {
            var bytes = File.ReadAllBytes(file);
            Assert.That(LoganDecoder.Sniff(bytes.AsSpan(0, Math.Min(bytes.Length, 64 * 1024))), Is.EqualTo(-1), file);
        }
    }

    [Test]
    public void Both_members_of_one_block_are_given()
    {
        var decoded = Hostile("logan_two_members_in_block.logan");
        Assert.That(decoded.Lines, Is.EqualTo("{\"c\":\"one\"}\n{\"c\":\"two\"}\n"), decoded.Told);
        Assert.That(decoded.IsComplete, decoded.Told);
    }

    [Test]
    public void Lines_in_front_of_a_bad_end_are_kept()
    {
        var decoded = Hostile("logan_block_padding_bad.logan");
        var lines = decoded.Lines.Split('\n')[..^1];
        const string good = "2026-01-01T00:00:00.000 [1:main] [I][x] good line";
        Assert.That(lines, Has.Length.GreaterThan(15).And.All.EqualTo(good));
        Assert.That((decoded.Verdict?.Outcome, decoded.Code), Is.EqualTo((Outcome.Partial, "DAMAGED")), decoded.Told);
    }

    [Test]
    public void A_crash_block_between_others_gives_its_half_line_a_line_of_its_own()
    {
        var cache = File.ReadAllBytes(Corpus.File("logan/real_mmap_cache_after_crash.mmap2"));
        var before = File.ReadAllBytes(Corpus.File("logan/real_log_before_recovery.logan"));
        var after = File.ReadAllBytes(Corpus.File("logan/good_one_line.logan"));
        var total = cache[35] | (cache[36] << 8) | (cache[37] << 16);
        var decoded = LoganDecoded.Of([.. before, .. cache.AsSpan(38, total), .. after], Key("logan-default"));
        var intended = File.ReadAllLines(Corpus.File("logan/real_crash_recovered.expected.ndjson"));
        Assert.That(decoded.Lines.Split('\n')[..313], Is.EqualTo(intended[..313]));
        Assert.That(decoded.Lines.Split('\n')[313], Does.StartWith("{\"c\":\"clogan header\""));
        Assert.That(decoded.IsComplete, decoded.Told);
        Assert.That(decoded.Notes, Has.One.Contains("never closed"));
    }

    [Test]
    public void A_large_file_is_decoded_as_a_stream()
    {
        var path = Corpus.File("large/logan_64m.logan");
        if (!File.Exists(path)) Assert.Ignore("no corpus: the large files are not there");
        var entry = Entries("large/manifest.json").Single(one =>
            one.GetProperty("file").GetString() == "logan_64m.logan");
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var file = File.OpenRead(path);
        var (before, began) = (GC.GetAllocatedBytesForCurrentThread(), Stopwatch.GetTimestamp());
        var decoded = LoganDecoded.Into(some => hash.AppendData(some), file, Key("logan-default"));
        TestContext.Out.WriteLine($"{Stopwatch.GetElapsedTime(began).TotalMilliseconds:f0} ms, its hash included");
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(16 << 20), "bytes allocated");
        Assert.That(decoded.IsComplete, decoded.Told);
        Assert.That(Convert.ToHexStringLower(hash.GetHashAndReset()),
            Is.EqualTo(entry.GetProperty("plaintext_sha256").GetString()));
        Assert.That(decoded.Blocks, Is.EqualTo(new BlockCount(4864, 4864, 0)));
    }

    static void MustBeWhole(LoganDecoded decoded, JsonElement entry)
    {
        MustBeThere(decoded, entry);
        Assert.That(decoded.IsComplete, decoded.Told);
        Assert.That(decoded.Notes, Is.Empty);
        Assert.That(decoded.Findings.Gaps, Is.Empty);
        Assert.That(decoded.Asked, Is.EqualTo(1));
    }

    static void MustBeThere(LoganDecoded decoded, JsonElement entry)
    {
        if (entry.TryGetProperty("plaintext_sha256", out var sum))
            Assert.That(Convert.ToHexStringLower(SHA256.HashData(decoded.Text)), Is.EqualTo(sum.GetString()),
                decoded.Told);
        else
            MustHoldItsLines(decoded, entry);
        Assert.That(decoded.IsComplete, decoded.Told);
    }

    static void MustTell(LoganDecoded decoded, JsonElement entry)
    {
        MustHoldItsLines(decoded, entry);
        Assert.That(decoded.Findings.Gaps, Is.Not.Empty);
    }

    static void MustBePartial(LoganDecoded decoded, JsonElement entry)
    {
        MustHoldItsLines(decoded, entry);
        Assert.That(decoded.Verdict?.Outcome, Is.EqualTo(Outcome.Partial), decoded.Told);
        Assert.That(decoded.Findings.Gaps, Is.Not.Empty);
    }

    /// <summary>The lines that must be there, in order, and no line that is not of the base.</summary>
    static void MustHoldItsLines(LoganDecoded decoded, JsonElement entry)
    {
        var original = Lines(File.ReadAllBytes(Corpus.File("logan/" + entry.GetProperty("base").GetString())));
        var lines = Lines(decoded.Text);
        Assert.That(lines.Except(original), Is.Empty, decoded.Told);
        if (!entry.TryGetProperty("must_line_ranges", out var ranges)) return;
        var at = 0;
        foreach (var range in ranges.EnumerateArray())
            foreach (var line in original[range[0].GetInt32()..range[1].GetInt32()])
            {
                at = Array.IndexOf(lines, line, at) + 1;
                Assert.That(at, Is.GreaterThan(0), $"lost: {line}\n{decoded.Told}");
            }
    }

    static void MustSayItWasSentAsText(LoganDecoded decoded, JsonElement entry)
    {
        Assert.That(decoded.Text, Is.EqualTo(File.ReadAllBytes(
            Corpus.File("logan/" + entry.GetProperty("base").GetString()))), decoded.Told);
        Assert.That(decoded.Findings.Gaps.Single().Reason,
            Does.StartWith("the file was sent as text: 184 carriage returns"));
        Assert.That(decoded.Code, Is.EqualTo("DAMAGED"), "all text is there, and the file is damaged all the same");
    }

    static void MustBeRejected(LoganDecoded decoded)
    {
        Assert.That(decoded.Text, Is.Empty);
        Assert.That(decoded.Verdict, Is.Null);
    }

    static void MustNameTheKeys(LoganDecoded decoded, JsonElement entry)
    {
        Assert.That((decoded.Text.Length, decoded.Code), Is.EqualTo((0, "KEY_NO_MATCH")), decoded.Told);
        Assert.That(decoded.Verdict!.Value.Message,
            Does.StartWith("framing is whole, 0 of 12 blocks opened with 1 key"));
        Assert.That(decoded.Verdict!.Value.Message.Contains("wrong IV", StringComparison.Ordinal),
            Is.EqualTo(entry.GetProperty("key").GetString() == "logan-wrong-iv"));
        Assert.That(decoded.Verdict!.Value.Hint, Does.Contain("\"logan 0123456789012345 0123456789012345\""));
    }

    static LoganDecoded Hostile(string file) =>
        LoganDecoded.Of(File.ReadAllBytes(Corpus.File("hostile/" + file)), Key("logan-default"));

    internal static (string, string, string) Key(string name)
    {
        using var keys = JsonDocument.Parse(File.ReadAllBytes(Corpus.File("logan/keys.json")));
        var one = keys.RootElement.GetProperty(name);
        return (name, one.GetProperty("key").GetString()!, one.GetProperty("iv").GetString()!);
    }

    static string[] Lines(byte[] text) => Encoding.Latin1.GetString(text).TrimEnd('\n').Split('\n');

    // Where there is no corpus, its lists have one entry without a value.
    static bool HasCorpus => Corpus.Xlog("good").First().Arguments[0] is not null;

    internal static IEnumerable<TestCaseData> Manifest(string path) => HasCorpus
        ? Entries(path).Select(entry => new TestCaseData(entry)
        {
            TestName = $"{entry.GetProperty("file").GetString()} with {entry.GetProperty("key").GetString()}",
        })
        : [new TestCaseData(null) { TestName = "no corpus, so no logan files" }];

    static JsonElement.ArrayEnumerator Entries(string path) => JsonDocument.Parse(
        File.ReadAllBytes(Corpus.File(path))).RootElement.GetProperty("files").EnumerateArray();
}
