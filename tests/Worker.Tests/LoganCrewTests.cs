using System.Text;
using System.Text.Json;
using Decryptor.Worker.Formats;

namespace Decryptor.Worker.Tests;

/// <summary>
/// Several threads beside one on Logan files: the same text, verdict, gaps, warnings and keys, whatever the file is.
/// Here every block is read ahead, however small it is.
/// </summary>
sealed class LoganCrewTests
{
    static readonly Foresight Abreast = new(3) { LeastPayload = 0, LeastStretch = 0 };

    static IEnumerable<TestCaseData> Files => LoganCorpusTests.Manifest("logan/manifest.json");

    [TestCaseSource(nameof(Files)), CancelAfter(60_000)]
    public void A_file_of_the_corpus_is_the_same_to_several_threads(JsonElement? entry)
    {
        if (entry is null) Assert.Ignore("no corpus");
        var file = entry!.Value.GetProperty("file").GetString()!;
        if (file.StartsWith("web_", StringComparison.Ordinal)) Assert.Ignore("Logan Web is another format");
        var key = LoganCorpusTests.Key(entry.Value.GetProperty("key").GetString()!);
        Same(File.ReadAllBytes(Corpus.File("logan/" + file)), LoganMade.Ours, key);
    }

    [Test, CancelAfter(120_000)]
    public void A_wounded_file_is_the_same_to_several_threads([Values(31, 32)] int seed)
    {
        var random = new Random(seed);
        var (file, _) = LoganMade.Day(120, seed);
        var encoder = LoganMade.Encoder();
        var crashed = new MemoryStream();
        encoder.Add(crashed, Encoding.UTF8.GetBytes(LoganMade.Line(random, 1)));
        encoder.Crash(crashed);
        byte[] whole = [.. file, .. crashed.ToArray(), .. LoganMade.Day(20, seed + 10).File];
        for (var round = 0; round < 150; round++) Same(Wounds.In(whole, random), LoganMade.Ours);
    }

    [Test]
    public void A_file_of_many_blocks_is_read_in_order_however_many_threads_are_asked_for(
        [Values(2, 3, 64)] int threads)
    {
        var (file, text) = LoganMade.Day(3000, 33);
        var blocks = LoganMade.Borders(file).Length - 1;
        var decoded = LoganDecoded.Abreast(Abreast with { Threads = threads }, file, LoganMade.Ours);
        Assert.That(decoded.Text.AsSpan().SequenceEqual(text));
        Assert.That(decoded.Blocks.Ok, Is.EqualTo(blocks));
        Assert.That(decoded.Ahead, Is.GreaterThan(blocks / 2));
    }

    [Test]
    public void The_keys_of_two_apps_in_one_file_are_told_apart_by_several_threads()
    {
        var (one, first) = LoganMade.Day(400, 34);
        var other = new MemoryStream();
        var encoder = new Decryptor.Samples.LoganEncoder("0123456789012345"u8, "0123456789012345"u8);
        var line = Encoding.UTF8.GetBytes(LoganMade.Line(new Random(35), 1, 9000));
        for (var i = 0; i < 40; i++) encoder.Add(other, line);
        encoder.Flush(other);
        var decoded = Same([.. one, .. other.ToArray(), .. one], LoganMade.Ours, LoganDecoded.Published);
        Assert.That(decoded.Text, Has.Length.EqualTo(2 * first.Length + 40 * line.Length));
    }

    static LoganDecoded Same(byte[] file, params (string Name, string Key, string Iv)[] ring)
    {
        var (alone, abreast) = (LoganDecoded.Of(file, ring), LoganDecoded.Abreast(Abreast, file, ring));
        Assert.That(abreast.Text.AsSpan().SequenceEqual(alone.Text), "the text");
        Assert.That((abreast.Verdict, abreast.Blocks, abreast.Asked, abreast.Findings.Keys),
            Is.EqualTo((alone.Verdict, alone.Blocks, alone.Asked, alone.Findings.Keys)));
        Assert.That(abreast.Findings.Gaps, Is.EqualTo(alone.Findings.Gaps));
        Assert.That(abreast.Findings.Warnings, Is.EqualTo(alone.Findings.Warnings));
        return abreast;
    }
}
