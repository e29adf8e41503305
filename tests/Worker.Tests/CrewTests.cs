using System.Text.Json;
using Decryptor.Samples;
using Decryptor.Worker.Formats;
using Decryptor.Worker.Formats.Xlog;

namespace Decryptor.Worker.Tests;

/// <summary>
/// Several threads beside one: the same text, verdict, gaps, warnings, keys and questions, whatever the file is. Here
/// every block is done ahead, however small it is.
/// </summary>
sealed class CrewTests
{
    static readonly Foresight Abreast = new(3) { LeastPayload = 0, LeastStretch = 0 };

    static IEnumerable<TestCaseData> Files => [.. Corpus.Xlog("good"), .. Corpus.Xlog("damaged")];

    [TestCaseSource(nameof(Files))]
    public void A_file_of_the_corpus_is_the_same_to_several_threads(JsonElement? entry)
    {
        if (entry is null) Assert.Ignore("no corpus");
        var file = File.ReadAllBytes(Corpus.File("xlog/" + entry!.Value.GetProperty("file").GetString()));
        Same(file, Corpus.Ring("B", "S", "A"));
    }

    [Test]
    public void A_wounded_file_is_the_same_to_several_threads([Values] Compression compression, [Values] bool isSealed)
    {
        var random = new Random((int)compression * 2 + (isSealed ? 1 : 0));
        var (file, _) = Made.Session(compression, isSealed ? Made.Ours : null, blocks: 12, linesInBlock: 12);
        byte[] whole = [.. Made.Tip("~~~~~ begin of mmap ~~~~~\n"), .. file, .. Made.Tip("$$$$$$$$$$\n")];
        for (var round = 0; round < 150; round++) Same(Wounds.In(whole, random), Made.Ring);
    }

    [Test]
    public void A_block_of_more_text_than_a_piece_is_left_to_its_turn()
    {
        var encoder = new XlogEncoder(Compression.Deflate, Made.Ours, new Random(5));
        var file = new MemoryStream();
        for (var block = 0; block < 6; block++)
        {
            for (var line = 0; line < (block % 2 == 0 ? 3 : 400); line++)
                encoder.Add([(byte)'[', .. Enumerable.Repeat((byte)('a' + line % 26), 2000), (byte)'\n']);
            encoder.Flush(file);
        }

        var decoded = Same(file.ToArray(), Made.Ring);
        Assert.That(decoded.Text, Has.Length.EqualTo((3 * 3 + 3 * 400) * 2002));
        Assert.That(decoded.Ahead, Is.EqualTo(2));
    }

    [Test]
    public void A_limit_that_is_hit_ends_the_crew_too()
    {
        var (file, text) = Made.Session(Compression.Zstd, Made.Ours, blocks: 40, linesInBlock: 20);
        var limits = Trial.Usual with { OutputBytes = text.Length / 2 };
        var alone = Decoded.Of(file, Made.Ring, limits);
        var abreast = Decoded.Of(file, Made.Ring, limits, foresight: Abreast);
        Assert.That(abreast.Text, Is.EqualTo(alone.Text));
        Assert.That((abreast.Code, alone.Code), Is.EqualTo(("LIMIT_OUTPUT", "LIMIT_OUTPUT")));
    }

    [Test]
    public void A_file_of_many_blocks_is_read_in_order_however_many_threads_are_asked_for(
        [Values(2, 3, 64)] int threads)
    {
        var (file, text) = Made.Session(Compression.Deflate, Made.Ours, blocks: 300, linesInBlock: 40);
        var decoded = Decoded.Of(file, Made.Ring, foresight: Abreast with { Threads = threads });
        Assert.That(decoded.Text.AsSpan().SequenceEqual(text));
        Assert.That(decoded.Blocks.Ok, Is.EqualTo(300));
        Assert.That(decoded.Ahead, Is.GreaterThan(290));
    }

    static Decoded Same(byte[] file, Ring ring)
    {
        var (alone, abreast) = (Decoded.Of(file, ring), Decoded.Of(file, ring, foresight: Abreast));
        Assert.That(abreast.Text.AsSpan().SequenceEqual(alone.Text), "the text");
        Assert.That((abreast.Verdict, abreast.Blocks, abreast.Questions, abreast.Findings.Keys),
            Is.EqualTo((alone.Verdict, alone.Blocks, alone.Questions, alone.Findings.Keys)));
        Assert.That(abreast.Findings.Gaps, Is.EqualTo(alone.Findings.Gaps));
        Assert.That(abreast.Findings.Warnings, Is.EqualTo(alone.Findings.Warnings));
        return abreast;
    }
}
