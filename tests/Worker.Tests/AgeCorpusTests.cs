using System.Text.Json;

namespace Decryptor.Worker.Tests;

/// <summary>The files that two real age encoders made, whole and damaged.</summary>
[Parallelizable(ParallelScope.Children)]
sealed class AgeCorpusTests
{
    static IEnumerable<TestCaseData> Files
    {
        get
        {
            if (Corpus.Folder("age") is not { } folder)
                return [new TestCaseData(null) { TestName = "no corpus, so no age files" }];
            return JsonDocument.Parse(File.ReadAllBytes($"{folder}/manifest.json")).RootElement.GetProperty("files")
                .EnumerateArray().Select((entry, i) =>
                    new TestCaseData(entry) { TestName = $"{i + 1} {entry.GetProperty("file").GetString()}" });
        }
    }

    [TestCaseSource(nameof(Files))]
    public void A_real_file_gives_what_the_real_decoder_gives(JsonElement? entry)
    {
        if (entry is not { } present)
        {
            Assert.Ignore("no corpus: shared/corpus is in no folder above the test assembly");
            return;
        }

        var trial = new AgeTrial(File.OpenRead(Path(present, "file")), Ring(present));
        var released = present.TryGetProperty("released_bytes", out var bytes) ? bytes.GetInt64()
            : present.TryGetProperty("plaintext_bytes", out bytes) ? bytes.GetInt64() : 0;
        Assert.That(Codes(present), Does.Contain(trial.Code), trial.Refusal?.Message);
        Assert.That(trial.Text.Length, Is.EqualTo(released), trial.Refusal?.Message);
        if (present.TryGetProperty("plaintext_sha256", out var sum))
        {
            Assert.That(trial.Sum, Is.EqualTo(sum.GetString()));
            Assert.That(trial.Findings.Keys, Is.Not.Null);
        }
    }

    [TestCase("bad_crlf_text_mode.age", "text-mode")]
    [TestCase("concatenated.age", "two files were joined")]
    [TestCase("bad_flip_chunk1.age", "chunk 1 of the age file, at byte 184,")]
    [TestCase("bad_flip_chunk2.age", "chunk 2 of the age file, at byte 65736,")]
    [TestCase("bad_trunc_chunk2.age", "ends in chunk 2, at byte 65736,")]
    public void What_is_wrong_is_said_with_its_place(string file, string said)
    {
        var ring = new AgeRing().Identity("alice", Identity(Corpus.File("age/alice.key")));
        var trial = new AgeTrial(File.OpenRead(Corpus.File($"age/{file}")), ring);
        Assert.That(trial.Refusal!.Message, Does.Contain(said));
    }

    static string[] Codes(JsonElement entry) => entry.GetProperty("expectation").GetString() switch
    {
        "success" or "success_if_supported" => [""],
        "wrong_key" => ["KEY_NO_MATCH"],
        "partial" => ["TRUNCATED", "NOT_AUTHENTIC"],
        "damaged" => ["DAMAGED", "NOT_AUTHENTIC"],
        _ => [],
    };

    static AgeRing Ring(JsonElement entry)
    {
        var ring = new AgeRing();
        foreach (var key in entry.GetProperty("keys").EnumerateArray().Select(key => key.GetString()!))
        {
            if (FileKeys.TryGetValue(key, out var known)) ring.FileKeys[known.Question] = known.FileKey;
            else ring.Identity(key, Identity(Corpus.File($"age/{key}")));
        }

        if (entry.TryGetProperty("passphrase", out var passphrase)) ring.Password("words", passphrase.GetString()!);
        return ring;
    }

    // What the key ring of the supervisor answers for these files; it is tested there.
    internal static readonly Dictionary<string, (string Question, byte[] FileKey)> FileKeys = new()
    {
        ["hybrid_pq.key"] = ("age-mlkem768x25519", Convert.FromHexString("F281C5792B6895CF643161B9D2150F44")),
        ["ssh_ed25519"] = ("age-ssh-ed25519", Convert.FromHexString("BFEAC26C252D168CFC54ED7430DB49BC")),
        ["ssh_rsa"] = ("age-ssh-rsa", Convert.FromHexString("B7D9A412BDF620F24738D208A5950BD4")),
    };

    static string Path(JsonElement entry, string name) => Corpus.File($"age/{entry.GetProperty(name).GetString()}");

    static string Identity(string path) =>
        File.ReadLines(path).Single(line => line.StartsWith("AGE-SECRET-KEY-1", StringComparison.Ordinal));
}
