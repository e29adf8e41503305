using System.IO.Compression;
using CsCheck;
using Decryptor.Worker.Formats;
using Decryptor.Worker.Formats.Deflate;

namespace Decryptor.Worker.Tests;

/// <summary>
/// Our own inflater beside the library's: the same bytes, the same end, whatever the stream is. The library is the
/// plain twin by which every hot loop of ours is judged.
/// </summary>
sealed class WholeInflaterTests
{
    static readonly CompressionLevel[] Levels =
        [CompressionLevel.NoCompression, CompressionLevel.Fastest, CompressionLevel.Optimal,
            CompressionLevel.SmallestSize];

    // From noise, which is stored, to runs of one byte: all three kinds of block, near and far matches.
    static readonly Gen<byte[]> Text =
        Gen.Select(Gen.Int[0, 60_000], Gen.Int[1, 256], Gen.Int[1, 40_000], Gen.Int).Select(
            (length, letters, period, seed) => Write(length, letters, period, seed));

    [Test]
    public void It_gives_what_was_packed() =>
        Gen.Select(Text, Gen.Int[0, 3], Gen.Int[1, 3000]).Sample((text, level, line) =>
            Same(Pack(text, Levels[level], line)), iter: 100);

    [Test]
    public void A_stream_that_is_cut_anywhere_gives_the_same_bytes() =>
        Gen.Select(Text, Gen.Int[0, 3], Gen.Int[1, 3000], Gen.Double[0, 1]).Sample((text, level, line, share) =>
        {
            var packed = Pack(text, Levels[level], line);
            return Same(packed[..(int)(packed.Length * share)]);
        }, iter: 100);

    [Test]
    public void A_stream_with_flipped_bits_gives_the_same_bytes_and_the_same_end() =>
        Gen.Select(Text, Gen.Int[0, 3], Gen.Int[1, 3000], Gen.Int[0, int.MaxValue].Array[1, 4]).Sample(
            (text, level, line, flips) =>
            {
                var packed = Pack(text, Levels[level], line);
                // Of no text some packers make no byte, and there is no bit to flip.
                if (packed.Length == 0) return Same(packed);
                foreach (var flip in flips) packed[flip / 8 % packed.Length] ^= (byte)(1 << (flip % 8));
                return Same(packed);
            }, iter: 400);

    [Test]
    public void Noise_gives_the_same_bytes_and_the_same_end() =>
        Gen.Byte.Array[0, 400].Sample(Same, iter: 1000);

    // The head of a block with codes of its own, then noise: most of what can be wrong is in there.
    [Test]
    public void Noise_behind_the_mark_of_a_block_gives_the_same_bytes_and_the_same_end() =>
        Gen.Select(Gen.Byte.Array[20, 300], Gen.Bool).Sample((noise, last) =>
        {
            noise[0] = (byte)((noise[0] & 0xF8) | 4 | (last ? 1 : 0));
            noise[1] &= 0x1D;
            return Same(noise);
        }, iter: 5000);

    // The code in which the codes are written has no symbol: its bits must be used up nevertheless.
    [Test]
    public void A_head_without_any_code_ends_in_the_same_way([Range(4, 60)] int length, [Values] bool ones)
    {
        var packed = Enumerable.Repeat((byte)(ones ? 0xFF : 0), length).ToArray();
        new byte[] { 5, 0, 0, ones ? (byte)0xE0 : (byte)0 }.CopyTo(packed);
        Assert.That(Same(packed));
    }

    [Test]
    public void A_million_empty_blocks_are_no_text_and_take_no_stack()
    {
        var empty = Enumerable.Repeat<byte[]>([0, 0, 0, 0xFF, 0xFF], 200_000).SelectMany(five => five).ToArray();
        Assert.That(Same(empty));
    }

    [Test]
    public void A_text_larger_than_the_buffer_comes_in_pieces_that_know_what_went_before()
    {
        var text = Write(3_000_000, 200, 32_768, 7);
        Assert.That(Ours(Pack(text, CompressionLevel.Optimal, int.MaxValue)).Text, Is.EqualTo(text));
    }

    [Test]
    public void The_farthest_match_is_found_over_the_edge_of_the_buffer()
    {
        var text = Write(1_000_000, 256, 32_768, 3);
        Assert.That(Same(Pack(text, CompressionLevel.SmallestSize, int.MaxValue)));
    }

    [Test]
    public void It_takes_no_memory_for_another_stream()
    {
        var packed = Pack(Write(20_000, 60, 500, 1), CompressionLevel.Optimal, 300);
        var padded = Padded(packed);
        using var inflater = new WholeInflater();
        Drain();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) Drain();
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);

        void Drain()
        {
            inflater.Begin(padded, packed.Length);
            while (inflater.Next() == Unpacked.Full) continue;
        }
    }

    static bool Same(byte[] packed)
    {
        var (ours, theirs) = (Ours(packed), Theirs(packed));
        return ours.End == theirs.End && ours.Left == theirs.Left && ours.Text.AsSpan().SequenceEqual(theirs.Text);
    }

    static (Unpacked End, int Left, byte[] Text) Ours(byte[] packed)
    {
        using var inflater = new WholeInflater();
        var text = new MemoryStream();
        inflater.Begin(Padded(packed), packed.Length);
        Unpacked end;
        do
        {
            end = inflater.Next();
            text.Write(inflater.Text);
        }
        while (end == Unpacked.Full);
        return (end, end == Unpacked.End ? inflater.BytesLeft : 0, text.ToArray());
    }

    static (Unpacked End, int Left, byte[] Text) Theirs(ReadOnlySpan<byte> packed)
    {
        using var inflater = new Inflater();
        var (text, buffer) = (new MemoryStream(), new byte[100_000]);
        while (true)
        {
            var step = inflater.Step(packed, buffer, out var used, out var given);
            text.Write(buffer, 0, given);
            packed = packed[used..];
            if (step == Inflated.Wrong) return (Unpacked.Wrong, 0, text.ToArray());
            if (step == Inflated.End) return (Unpacked.End, packed.Length, text.ToArray());
            if (given < buffer.Length) return (Unpacked.UsedUp, 0, text.ToArray());
        }
    }

    // What lies behind the stream must not matter.
    static byte[] Padded(byte[] packed)
    {
        var padded = new byte[packed.Length + WholeInflater.Padding];
        padded.AsSpan().Fill(0xA5);
        packed.CopyTo(padded, 0);
        return padded;
    }

    static byte[] Write(int length, int letters, int period, int seed)
    {
        var (random, text) = (new Random(seed), new byte[length]);
        for (var i = 0; i < length; i++)
            text[i] = i >= period && random.Next(10) > 0 ? text[i - period] : (byte)random.Next(letters);
        return text;
    }

    static byte[] Pack(byte[] text, CompressionLevel level, int line)
    {
        var packed = new MemoryStream();
        using (var stream = new DeflateStream(packed, level, leaveOpen: true))
        {
            for (var at = 0; at < text.Length; at += Math.Min(line, text.Length - at))
            {
                stream.Write(text, at, Math.Min(line, text.Length - at));
                stream.Flush();
            }
        }

        return packed.ToArray();
    }
}
