using System.Text;
using Decryptor.Protocol;
using Decryptor.Samples;

namespace Decryptor.Worker.Tests;

sealed class XlogTests
{
    [Test]
    public void What_our_encoder_writes_comes_back([Values] Compression compression, [Values] bool sealedFor)
    {
        var (file, text) = Made.Session(compression, sealedFor ? Made.Ours : null, blocks: 12);
        var decoded = Decoded.Of(file, Made.Ring);
        Assert.Multiple(() =>
        {
            Assert.That(decoded.Text.AsSpan().SequenceEqual(text));
            Assert.That(decoded.Verdict?.Outcome, Is.EqualTo(Outcome.Complete));
            Assert.That(decoded.Blocks, Is.EqualTo(new BlockCount(12, 12, 0)));
            Assert.That(decoded.Findings.Keys, Is.EqualTo(sealedFor ? "prod-2026" : null));
        });
    }

    [Test]
    public void It_does_not_matter_in_what_pieces_the_file_is_read()
    {
        var (file, text) = Made.Session(Compression.Zstd, Made.Ours, blocks: 3, linesInBlock: 10);
        foreach (var chunk in new[] { 1, 2, 7, 72, 73, 74, 1000 })
            Assert.That(Decoded.Of(file, Made.Ring, chunk: chunk).Text.AsSpan().SequenceEqual(text),
                $"{chunk} bytes at a time");
    }

    [Test]
    public void The_ring_is_asked_once_for_each_session()
    {
        var (first, _) = Made.Session(Compression.Zstd, Made.Ours, blocks: 30, seed: 1);
        var (second, _) = Made.Session(Compression.Deflate, Made.Ours, blocks: 30, seed: 2);
        Assert.That(Decoded.Of([.. first, .. second, .. first], Made.Ring).Questions, Is.EqualTo(2));
    }

    [Test]
    public void The_right_one_of_many_keys_is_found([Values] Compression compression)
    {
        var others = Enumerable.Range(10, 20).Select(seed =>
            ($"other-{seed}", new KeyPair(new Random(seed)).PrivateHex));
        var (file, text) = Made.Session(compression, Made.Ours, blocks: 20, linesInBlock: 1);
        var decoded = Decoded.Of(file, new Ring([.. others, ("ours", Made.Ours.PrivateHex)]));
        Assert.Multiple(() =>
        {
            Assert.That(decoded.Text.AsSpan().SequenceEqual(text));
            Assert.That(decoded.Findings.Keys, Is.EqualTo("ours"));
        });
    }

    [Test]
    public void Without_any_key_the_code_is_KEY_MISSING([Values] Compression compression)
    {
        var decoded = Decoded.Of(Made.Session(compression, Made.Ours, blocks: 4).File, Ring.Empty);
        Assert.Multiple(() =>
        {
            Assert.That(decoded.Verdict?.Outcome, Is.EqualTo(Outcome.Failed));
            Assert.That(decoded.Code, Is.EqualTo("KEY_MISSING"));
            Assert.That(decoded.Blocks, Is.EqualTo(new BlockCount(4, 0, 4)));
            Assert.That(decoded.Text, Is.Empty);
        });
    }

    [Test]
    public void With_the_wrong_keys_the_code_is_KEY_NO_MATCH_and_the_evidence_is_told([Values] Compression compression)
    {
        var ring = new Ring([("a", Made.Theirs.PrivateHex), ("b", new KeyPair(new Random(5)).PrivateHex)]);
        var decoded = Decoded.Of(Made.Session(compression, Made.Ours, blocks: 200, linesInBlock: 2).File, ring);
        Assert.Multiple(() =>
        {
            Assert.That(decoded.Code, Is.EqualTo("KEY_NO_MATCH"));
            Assert.That(decoded.Verdict?.Message, Is.EqualTo("framing is whole, 0 of 200 blocks opened with 2 keys"));
            Assert.That(decoded.Text, Is.Empty);
        });
    }

    [Test]
    public void Sessions_of_two_receivers_give_the_half_that_can_be_opened()
    {
        var (ours, text) = Made.Session(Compression.Deflate, Made.Ours, blocks: 5);
        var decoded = Decoded.Of([.. Made.Session(Compression.Deflate, Made.Theirs, blocks: 3, seed: 8).File, .. ours],
            Made.Ring);
        Assert.Multiple(() =>
        {
            Assert.That(decoded.Text.AsSpan().SequenceEqual(text));
            Assert.That(decoded.Verdict?.Outcome, Is.EqualTo(Outcome.Partial));
            Assert.That(decoded.Code, Is.EqualTo("KEY_NO_MATCH"));
            Assert.That(decoded.Verdict?.Message,
                Does.StartWith("5 of 8 blocks recovered with prod-2026; 3 are sealed for another key"));
        });
    }

    [Test]
    public void A_client_key_off_the_curve_spoils_its_block_alone()
    {
        var (good, text) = Made.Session(Compression.Zstd, Made.Ours, blocks: 2);
        var offCurve = Enumerable.Repeat((byte)0x11, 64).ToArray();
        var decoded = Decoded.Of([.. Made.Block(0x0C, new byte[200], offCurve), .. good], Made.Ring);
        Assert.Multiple(() =>
        {
            Assert.That(decoded.Text.AsSpan().SequenceEqual(text));
            Assert.That(decoded.Code, Is.EqualTo("DAMAGED"));
            Assert.That(decoded.Findings.Gaps.Single().Reason, Does.Contain("no point of the curve"));
        });
    }

    [Test]
    public void Questions_beyond_the_limit_are_not_asked_and_their_blocks_say_so()
    {
        byte[] file = [.. Enumerable.Range(20, 6).SelectMany(seed =>
            Made.Session(Compression.Zstd, Made.Ours, 1, seed: seed).File)];
        var decoded = Decoded.Of(file, Made.Ring, Trial.Usual with { Questions = 4 });
        Assert.Multiple(() =>
        {
            Assert.That(decoded.Questions, Is.EqualTo(4));
            Assert.That(decoded.Blocks, Is.EqualTo(new BlockCount(6, 4, 2)));
            Assert.That(decoded.Findings.Gaps.Select(gap => gap.Reason), Is.All.Contains("as many keys as it may"));
        });
    }

    [Test]
    public void A_false_header_costs_nothing_of_the_block_that_begins_inside_it([Range(9, 73, 8)] int length)
    {
        var (file, text) = Made.Session(Compression.Zstd, Made.Ours, blocks: 2);
        byte[] falseHeader = [0x0C, 1, 0, 9, 9, 0x80, 0, 0, 0, .. Enumerable.Repeat((byte)0x77, length - 9)];
        Assert.That(Decoded.Of([.. falseHeader, .. file], Made.Ring).Text.AsSpan().SequenceEqual(text));
    }

    [Test]
    public void Legacy_blocks_are_read_in_one_stream_or_in_chunks()
    {
        var lines = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("a line of the old days\n", 300)));
        var packed = new MemoryStream();
        var deflate = new System.IO.Compression.DeflateStream(packed, System.IO.Compression.CompressionLevel.Optimal);
        deflate.Write(lines);
        deflate.Flush();
        var stream = packed.ToArray();
        var chunks = stream.Chunk(10).SelectMany(chunk => (byte[])[(byte)chunk.Length, 0, .. chunk]).ToArray();
        var decoded = Decoded.Of(
            [.. Made.Block(0x04, stream), .. Made.Block(0x05, chunks), .. Made.Block(0x03, lines)]);
        Assert.Multiple(() =>
        {
            Assert.That(decoded.Text.AsSpan().SequenceEqual((byte[])[.. lines, .. lines, .. lines]));
            Assert.That(decoded.Blocks, Is.EqualTo(new BlockCount(3, 3, 0)));
            Assert.That(decoded.Verdict?.Outcome, Is.EqualTo(Outcome.Complete));
        });
    }

    [Test]
    public void A_length_of_FFFFFFFF_costs_no_line_of_any_block([Values] Compression compression,
        [Range(0, 2)] int which)
    {
        var (file, text) = Made.Session(compression, Made.Ours, blocks: 3);
        var at = 0;
        for (var i = 0; i < which; i++) at += 74 + BitConverter.ToInt32(file, at + 5);
        file.AsSpan(at + 5, 4).Fill(0xFF);
        var decoded = Decoded.Of(file, Made.Ring);
        Assert.Multiple(() =>
        {
            Assert.That(decoded.Text.AsSpan().SequenceEqual(text));
            Assert.That(decoded.Verdict?.Outcome, Is.EqualTo(Outcome.Partial));
            Assert.That(decoded.Blocks.Bad, Is.EqualTo(1));
        });
    }

    [Test]
    public void A_length_of_FFFFFFFF_in_the_only_block_ends_in_a_code([Range(3, 13)] int magic)
    {
        var file = Made.Block((byte)magic, [.. Enumerable.Repeat((byte)0xC3, 500)]);
        file.AsSpan(5, 4).Fill(0xFF);
        using var trial = Trial.OfBytes(file, Made.Ring);
        trial.MustBeSound();
        Assert.That(trial.Finished.Outcome, Is.EqualTo(Outcome.Failed));
    }

    [Test]
    public void A_cut_at_any_byte_gives_a_prefix_in_whole_lines([Values] Compression compression,
        [Values] bool sealedFor)
    {
        var (file, text) = Made.Session(compression, sealedFor ? Made.Ours : null, blocks: 2, linesInBlock: 6);
        for (var length = 0; length < file.Length; length++) CutAt(file, length, text, Made.Ring);
    }

    [TestCase("async-zlib-crypt-4k")]
    [TestCase("async-zstd-nocrypt-4k")]
    [TestCase("sync-zlib-crypt-4k")]
    public void A_cut_at_any_byte_of_the_first_two_blocks_of_a_real_file_gives_a_prefix_in_whole_lines(string name)
    {
        var file = File.ReadAllBytes(Corpus.File($"xlog/good/{name}.xlog"));
        var text = Corpus.Unzipped($"xlog/good/{name}.xlog.txt.gz");
        var second = 74 + BitConverter.ToInt32(file, 5);
        var end = second + 74 + BitConverter.ToInt32(file, second + 5);
        var ring = Corpus.Ring("A");
        for (var length = 0; length < end; length++) CutAt(file, length, text, ring);
        foreach (var length in new[] { 1, 8, 9, 72, 73, 74, second - 1, second, second + 1, second + 73, end - 1 })
        {
            using var trial = Trial.OfBytes(file[..length], ring);
            trial.MustBeSound();
        }
    }

    static void CutAt(byte[] file, int length, byte[] text, Ring ring)
    {
        var decoded = Decoded.Of(file[..length], ring);
        Assert.That(text.AsSpan().StartsWith(decoded.Text), $"cut at {length}: a prefix");
        Assert.That(decoded.Text, Is.Empty.Or.Matches<byte[]>(some => some![^1] == '\n'),
            $"cut at {length}: whole lines");
        Assert.That(decoded.Code, Is.AnyOf(null, "TRUNCATED"), $"cut at {length}");
        Assert.That(decoded.Verdict?.Outcome == Outcome.Failed,
            Is.EqualTo(decoded.Code is not null && decoded.Text.Length == 0), $"cut at {length}");
    }

    [Test]
    public void A_cut_keeps_every_line_that_was_flushed_before_it()
    {
        var (file, text) = Made.Session(Compression.Zstd, Made.Ours, blocks: 1, linesInBlock: 50);
        var half = Decoded.Of(file[..(file.Length / 2)], Made.Ring);
        Assert.That(half.Text, Has.Length.GreaterThan(text.Length / 3));
    }

    [Test]
    public void Zeros_behind_the_last_block_cost_no_text_and_are_told()
    {
        var (file, text) = Made.Session(Compression.Deflate, Made.Ours, blocks: 3);
        var decoded = Decoded.Of([.. file, .. new byte[70_000]], Made.Ring);
        Assert.Multiple(() =>
        {
            Assert.That(decoded.Text.AsSpan().SequenceEqual(text));
            Assert.That((decoded.Verdict?.Outcome, decoded.Code), Is.EqualTo((Outcome.Partial, "DAMAGED")));
            Assert.That(decoded.Blocks, Is.EqualTo(new BlockCount(3, 3, 0)));
            Assert.That(decoded.Findings.Warnings, Has.Some.Contains("70000 zero bytes"));
        });
    }

    [Test]
    public void A_buffer_file_gives_its_open_block([Values] Compression compression)
    {
        var encoder = new XlogEncoder(compression, Made.Ours, new Random(4));
        encoder.Add("the last words\n"u8);
        encoder.Add("before the crash\n"u8);
        using var trial = Trial.OfBytes(encoder.BufferFile(), Made.Ring, "APP.mmap3");
        trial.MustBeSound();
        Assert.Multiple(() =>
        {
            Assert.That(Encoding.UTF8.GetString(trial.Text), Is.EqualTo("the last words\nbefore the crash\n"));
            Assert.That(trial.Finished.Outcome, Is.EqualTo(Outcome.Complete));
            Assert.That(trial.Only.Path, Is.EqualTo("APP.log"));
        });
    }

    [Test]
    public void A_buffer_file_with_nothing_in_it_is_complete_and_empty()
    {
        using var trial = Trial.OfBytes(new byte[153_600], source: "APP.mmap3");
        trial.MustBeSound();
        Assert.That((trial.Finished.Outcome, trial.Only.Path, trial.Only.Bytes),
            Is.EqualTo((Outcome.Complete, "APP.log", 0L)));
    }

    [Test]
    public void Plain_blocks_of_an_app_that_has_a_key_are_worth_a_warning()
    {
        var encoder = new XlogEncoder(Compression.Zstd, Made.Ours, new Random(6));
        var file = new MemoryStream();
        encoder.WriteTip(file, "readable by anyone\n"u8);
        var decoded = Decoded.Of(file.ToArray());
        Assert.That(decoded.Findings.Warnings.Single(), Does.Contain("plain text although the app has a key"));
    }

    [Test]
    public void A_block_of_1_MiB_is_believed_where_all_else_fits_and_no_longer_one()
    {
        var line = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("0123456789abcde\n", 64 * 1024)));
        Assert.Multiple(() =>
        {
            Assert.That(Decoded.Of([.. Made.Block(0x08, line), .. Made.Tip("end\n")]).Text,
                Has.Length.EqualTo(line.Length + 4));
            Assert.That(Decoded.Of([.. Made.Block(0x08, [.. line, 10]), .. Made.Tip("end\n")]).Verdict?.Outcome,
                Is.EqualTo(Outcome.Partial));
        });
    }

    [Test]
    public void Garbage_in_front_between_and_behind_costs_no_block([Values(1, 9, 100, 5000, 300_000)] int length)
    {
        var garbage = new byte[length];
        new Random(length).NextBytes(garbage);
        var (one, firstText) = Made.Session(Compression.Zstd, Made.Ours, blocks: 3, seed: 1);
        var (two, secondText) = Made.Session(Compression.Deflate, null, blocks: 3, seed: 2);
        var decoded = Decoded.Of([.. garbage, .. one, .. garbage, .. two, .. garbage], Made.Ring);
        Assert.That(decoded.Text.AsSpan().SequenceEqual((byte[])[.. firstText, .. secondText]));
    }

    [TestCase(0x09, TestName = "A dense field of false deflate headers takes linear time")]
    [TestCase(0x0D, TestName = "A dense field of false zstd headers takes linear time")]
    [TestCase(0x08, TestName = "A dense field of false plain headers takes linear time")]
    [TestCase(0x05, TestName = "A dense field of false legacy headers takes linear time")]
    [CancelAfter(30_000)]
    public void A_dense_field_of_false_headers_takes_linear_time(int magic)
    {
        var file = new byte[8 << 20];
        byte[] header = [(byte)magic, 1, 0, 9, 9, 0x00, 0x50, 0x02, 0x00];
        for (var at = 0; at + header.Length <= file.Length; at += header.Length) header.CopyTo(file, at);
        Assert.That(Decoded.Of(file).Blocks.Ok, Is.LessThan(1000));
    }
}
