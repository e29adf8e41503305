using System.IO.Compression;
using Decryptor.Worker.Formats;

namespace Decryptor.Worker.Tests;

/// <summary>What the decoders build on: exact use of the input, and every byte before an error.</summary>
sealed class InflaterTests
{
    static readonly byte[] Text = [.. Enumerable.Range(0, 50_000).Select(i => (byte)(i * i % 61))];

    static readonly byte[] Packed = Deflate(Text);

    [Test]
    public void It_stops_where_the_stream_stops()
    {
        using var inflater = new Inflater();
        var text = new byte[Text.Length + 100];
        Assert.That(inflater.Step([.. Packed, 1, 2, 3], text, out var used, out var given), Is.EqualTo(Inflated.End));
        Assert.That(used, Is.EqualTo(Packed.Length));
        Assert.That(text[..given], Is.EqualTo(Text));
    }

    [Test]
    public void After_a_reset_it_is_as_new()
    {
        using var inflater = new Inflater();
        var text = new byte[Text.Length + 1];
        inflater.Step(Packed.AsSpan(0, 100), text, out _, out _);
        inflater.Reset();
        Assert.That(inflater.Step(Packed, text, out _, out var given), Is.EqualTo(Inflated.End));
        Assert.That(text[..given], Is.EqualTo(Text));
    }

    [Test]
    public void It_goes_on_byte_by_byte()
    {
        using var inflater = new Inflater();
        var text = new List<byte>();
        var one = new byte[1];
        var at = 0;
        while (true)
        {
            var input = Packed.AsSpan(at, Math.Min(1, Packed.Length - at));
            var step = inflater.Step(input, one, out var used, out var given);
            at += used;
            if (given == 1) text.Add(one[0]);
            if (step == Inflated.End) break;
            Assert.That(step, Is.EqualTo(Inflated.More));
        }

        Assert.That(text, Is.EqualTo(Text));
    }

    [Test]
    public void Every_byte_before_an_error_is_given()
    {
        // A stored block of five bytes, then a block of the reserved type.
        byte[] wrong = [0x00, 5, 0, 0xFA, 0xFF, 1, 2, 3, 4, 5, 0x07];
        using var inflater = new Inflater();
        var text = new byte[100];
        Assert.That(inflater.Step(wrong, text, out _, out var given), Is.EqualTo(Inflated.Wrong));
        Assert.That(text[..given], Is.EqualTo((byte[])[1, 2, 3, 4, 5]));
    }

    [Test]
    public void The_crc_is_that_of_gzip() =>
        Assert.That(Inflater.Crc(Inflater.Crc(0, "12345"u8), "6789"u8), Is.EqualTo(0xCBF43926));

    static byte[] Deflate(byte[] text)
    {
        var packed = new MemoryStream();
        using (var stream = new DeflateStream(packed, CompressionLevel.Optimal, leaveOpen: true)) stream.Write(text);
        return packed.ToArray();
    }
}
