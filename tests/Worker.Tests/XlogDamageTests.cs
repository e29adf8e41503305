using System.Buffers.Binary;
using System.Text;
using Decryptor.Protocol;
using Decryptor.Samples;
using Decryptor.Worker.Formats;
using Decryptor.Worker.Formats.Xlog;

namespace Decryptor.Worker.Tests;

/// <summary>What happens to files on their way, done to files of our own, and what must come back of them.</summary>
sealed class XlogDamageTests
{
    const int Header = 73;
    const int Small = 256 * 1024;

    [Test]
    public void A_damaged_magic_or_hour_costs_no_line([Values] Compression compression,
        [Values(0x00, 0x05, 0x06, 0x27)] int magic)
    {
        var (file, text) = Made.Session(compression, Made.Ours, blocks: 4);
        file[Starts(file)[1]] = (byte)magic;
        file[Starts(file)[2] + 3] = 77;
        Partial(Decoded.Of(file, Made.Ring), text, "DAMAGED", ok: 4);
    }

    [Test]
    public void A_few_wrong_bytes_in_a_client_key_cost_no_line([Values] Compression compression)
    {
        var (file, text) = Made.Session(compression, Made.Ours, blocks: 4);
        file.AsSpan(Starts(file)[2] + 20, 12).Clear();
        Partial(Decoded.Of(file, Made.Ring), text, "DAMAGED", ok: 4);
    }

    [Test]
    public void A_wrong_end_byte_costs_no_line_and_the_file_is_not_complete([Values] Compression compression)
    {
        var (file, text) = Made.Session(compression, Made.Ours, blocks: 3);
        file[Starts(file)[2] - 1] = 0x41;
        var decoded = Decoded.Of(file, Made.Ring);
        Partial(decoded, text, "DAMAGED", ok: 3);
        Assert.That(decoded.Findings.Warnings, Has.Some.Contains("ends in 41 where 00 should be"));
    }

    [Test]
    public void A_missing_end_byte_at_the_end_is_a_cut([Values] Compression compression)
    {
        var (file, text) = Made.Session(compression, Made.Ours, blocks: 3);
        Partial(Decoded.Of(file[..^1], Made.Ring), text, "TRUNCATED", ok: 3);
    }

    [Test]
    public void A_block_that_stands_there_twice_is_printed_once([Values] Compression compression)
    {
        var (file, text) = Made.Session(compression, Made.Ours, blocks: 4);
        var starts = Starts(file);
        byte[] doubled = [.. file[..starts[3]], .. file[starts[1]..starts[2]], .. file[starts[3]..]];
        var decoded = Decoded.Of(doubled, Made.Ring);
        Partial(decoded, text, "DAMAGED", ok: 5);
        Assert.That(decoded.Findings.Warnings, Has.Some.EqualTo(
            $"the block at {starts[3]} repeats the one at {starts[1]}, so its text is given once"));
    }

    [Test]
    public void Swapped_blocks_come_in_the_order_of_the_file_and_are_told([Values] Compression compression)
    {
        var (file, text) = Made.Session(compression, Made.Ours, blocks: 4);
        var starts = Starts(file);
        byte[] swapped = [.. file[..starts[1]], .. file[starts[2]..starts[3]], .. file[starts[1]..starts[2]],
            .. file[starts[3]..]];
        var decoded = Decoded.Of(swapped, Made.Ring);
        Assert.Multiple(() =>
        {
            Assert.That(decoded.Text, Has.Length.EqualTo(text.Length));
            Assert.That(decoded.Code, Is.EqualTo("DAMAGED"));
            Assert.That(decoded.Findings.Warnings, Has.Some.Contains("is number 2 and stands behind number 3"));
            Assert.That(decoded.Findings.Warnings, Has.None.Contains("missing"));
        });
    }

    [Test]
    public void Numbers_that_are_missing_are_a_hint_and_no_damage()
    {
        var (file, _) = Made.Session(Compression.Zstd, Made.Ours, blocks: 6);
        var starts = Starts(file);
        var decoded = Decoded.Of([.. file[..starts[2]], .. file[starts[4]..]], Made.Ring);
        Assert.Multiple(() =>
        {
            Assert.That(decoded.Verdict?.Outcome, Is.EqualTo(Outcome.Complete));
            Assert.That(decoded.Findings.Warnings.Single(), Does.StartWith(
                "2 blocks are missing by the app's count, in 1 place "
                + $"(the first: 3-4 before the block at {starts[2]})"));
        });
    }

    [Test]
    public void A_gap_names_the_hours_and_the_numbers_that_it_took()
    {
        var (file, _) = Made.Session(Compression.Zstd, Made.Ours, blocks: 6);
        var starts = Starts(file);
        for (var block = 4; block < 6; block++) file.AsSpan(starts[block] + 3, 2).Fill(11);
        new Random(5).NextBytes(file.AsSpan(starts[2], starts[4] - starts[2]));
        var gap = Decoded.Of(file, Made.Ring).Findings.Gaps.Single();
        Assert.That((gap.Offset, gap.Length, gap.Hours, gap.Sequence),
            Is.EqualTo(((long)starts[2], (long)(starts[4] - starts[2]), "9-11", "3-4")));
    }

    [Test]
    public void A_transfer_in_text_mode_is_undone([Values] Compression compression, [Values] bool sealedFor,
        [Values(1, 7, int.MaxValue)] int chunk)
    {
        var (file, text) = Made.Session(compression, sealedFor ? Made.Ours : null, blocks: 12);
        byte[] mangled = [.. file.SelectMany(one => one == 0x0A ? (byte[])[0x0D, 0x0A] : [one])];
        Assert.That(mangled, Has.Length.GreaterThan(file.Length));
        var decoded = Decoded.Of(mangled, Made.Ring, chunk: chunk);
        Partial(decoded, text, "DAMAGED", ok: 12);
        Assert.That(decoded.Findings.Warnings, Has.Some.Contains("text mode"));
    }

    [Test]
    public void Lines_that_end_in_a_carriage_return_are_not_taken_for_a_transfer_in_text_mode()
    {
        var line = Encoding.UTF8.GetBytes("[I][2026-11-23 +1.0 09:00:00.000][1, 1][a][b, c][windows\r\n");
        byte[] file = [.. Made.Block(0x08, line), .. Made.Block(0x08, line)];
        Assert.That(Decoded.Of(file).Text, Is.EqualTo((byte[])[.. line, .. line]));
    }

    [Test]
    public void Blocks_that_two_writers_laid_over_each_other_are_found_inside_one_another()
    {
        var (first, _) = Made.Session(Compression.Zstd, Made.Ours, blocks: 3, linesInBlock: 200, seed: 1);
        var (second, text) = Made.Session(Compression.Zstd, Made.Ours, blocks: 2, linesInBlock: 5, seed: 2);
        var at = Starts(first)[1] + Header + 150;
        second.CopyTo(first, at);
        var decoded = Decoded.Of(first, Made.Ring);
        Assert.That(Encoding.Latin1.GetString(decoded.Text), Does.Contain(Encoding.Latin1.GetString(text)));
    }

    [Test]
    public void Text_that_no_logger_writes_is_pointed_at()
    {
        byte[] good = Encoding.UTF8.GetBytes("[I][2026-11-23 +1.0 09:00:00.000][1, 1][a][b, c][all is well\n");
        var bad = (byte[])good.Clone();
        bad[70 % bad.Length] = 0;
        byte[][] blocks = [Made.Block(0x08, good), Made.Block(0x08, bad), Made.Block(0x08, [.. good, .. good])];
        var decoded = Decoded.Of([.. blocks.SelectMany(block => block)]);
        Assert.Multiple(() =>
        {
            Assert.That(decoded.Code, Is.EqualTo("DAMAGED"));
            Assert.That(decoded.Findings.Warnings,
                Has.Some.EqualTo($"the block at {blocks[0].Length} has text that may be wrong: it holds NUL"));
        });
    }

    [Test]
    public void Lines_that_the_app_dropped_are_counted()
    {
        var file = Made.Tip("[F][ sg_buffer_async.Length() >= BUFFER_BLOCK_LENTH*4/5, len: 122884\n");
        Assert.That(Decoded.Of([.. file, .. Made.Tip("[I][x\n"), .. file]).Findings.Warnings,
            Has.One.EqualTo("the app itself dropped lines 2 times because its log buffer was full"));
    }

    [Test]
    public void A_sniff_finds_the_first_block_and_none_in_noise([Values] Compression compression,
        [Values] bool sealedFor)
    {
        var (file, _) = Made.Session(compression, sealedFor ? Made.Ours : null, blocks: 2, linesInBlock: 20);
        var noise = new byte[64 * 1024];
        new Random(1).NextBytes(noise);
        byte[] late = [.. Enumerable.Repeat((byte)0xEE, 100), .. file];
        Assert.Multiple(() =>
        {
            Assert.That(XlogDecoder.Sniff(file), Is.Zero);
            Assert.That(XlogDecoder.Sniff(late), Is.EqualTo(100));
            Assert.That(XlogDecoder.Sniff(late.AsSpan(0, 500)), Is.EqualTo(100), "though its end is out of sight");
            Assert.That(XlogDecoder.Sniff(noise), Is.EqualTo(-1));
        });
    }

    static readonly Dictionary<string, byte[]> Patterns = new()
    {
        ["all 07"] = [7],
        ["zeros and a header"] = [.. new byte[200], 7, 1, 0, 9, 9, 0, 1, 0, 0],
        ["headers, each in the other"] = [7, 9, 9, 9, 9, 9, 0, 0, 0],
        ["zstd headers"] = [0x0D, 1, 0, 9, 9, 0, 0x50, 2, 0],
        ["plain headers"] = [8, 1, 0, 9, 9, 0, 0x50, 2, 0],
        ["pairs"] = [0x0D, 0x0A],
        ["headers of the client"] = Front(0),
        ["headers of the client that claim the most"] = Front(153_526),
    };

    // The header of the block that stands in front of the garbage, with another length.
    static byte[] Front(int length)
    {
        var header = Made.Session(Compression.Zstd, Made.Ours, blocks: 1).File[..Header];
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(5), length);
        return header;
    }

    [TestCaseSource(nameof(Patterns))]
    public void Whatever_the_garbage_the_work_grows_no_faster_than_the_file(KeyValuePair<string, byte[]> pattern)
    {
        var (one, four) = (Work(pattern.Value, Small), Work(pattern.Value, 4 * Small));
        Assert.That(four, Is.LessThanOrEqualTo(8 * one + 4 * Small));
    }

    [Test]
    public void Noise_is_searched_a_few_times_at_most()
    {
        var noise = new byte[2 << 20];
        new Random(2).NextBytes(noise);
        Assert.That(Work(noise, noise.Length), Is.LessThanOrEqualTo(8 * noise.Length));
    }

    static long Work(byte[] pattern, int length)
    {
        var (block, _) = Made.Session(Compression.Zstd, Made.Ours, blocks: 1);
        byte[] file = [.. block, .. Enumerable.Range(0, length / pattern.Length).SelectMany(_ => pattern)];
        using var input = new Lookahead(new MemoryStream(file));
        using var decoder = new XlogDecoder(input, _ => { }, (_, header) => Made.Ring.Answer(default, 1, header),
            new("xlog"), new(1));
        decoder.Run();
        return decoder.Work;
    }

    static void Partial(Decoded decoded, byte[] text, string code, int ok) => Assert.Multiple(() =>
    {
        Assert.That(decoded.Text.AsSpan().SequenceEqual(text), "all text is there");
        Assert.That((decoded.Verdict?.Outcome, decoded.Code), Is.EqualTo((Outcome.Partial, code)));
        Assert.That(decoded.Blocks, Is.EqualTo(new BlockCount(ok, ok, 0)));
        Assert.That(decoded.Findings.Warnings, Has.Some.Contains("no checksum").Or.Some.Contains("lacks its end byte"));
    });

    static int[] Starts(byte[] file)
    {
        var starts = new List<int>();
        for (var at = 0; at < file.Length; at += Header + 1 + LengthAt(at)) starts.Add(at);
        return [.. starts];

        int LengthAt(int at) => BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(at + 5));
    }
}
