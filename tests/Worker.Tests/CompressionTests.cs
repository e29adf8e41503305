using System.IO.Compression;
using System.Text;
using CsCheck;
using Decryptor.Protocol;
using Decryptor.Worker.Formats;
using Decryptor.Worker.Formats.Compression;
using ZstdSharp;

namespace Decryptor.Worker.Tests;

/// <summary>
/// The compressing layers alone and inside one another: whole files come out whole, cut or wounded ones never as whole.
/// </summary>
[Parallelizable(ParallelScope.Children)]
sealed class CompressionTests
{
    static readonly byte[] Text = Encoding.UTF8.GetBytes(string.Concat(
        Enumerable.Range(0, 3000).Select(i => $"[I][2026-11-23] line {i} of {i * 7919 % 1000}\n")));

    public enum Format
    {
        Gzip,
        Zlib,
        Zstd,
        ZstdChecked,
    }

    [Test]
    public void What_was_packed_comes_out([Values] Format format)
    {
        var sizes = Gen.OneOf(Gen.Int[0, 10], Gen.Int[0, 5000], Gen.Int[65_000, 200_000]);
        Gen.Select(sizes, Gen.Int[1, 100_000], Gen.Int).Sample((size, chunk, seed) =>
        {
            var text = new byte[size];
            new Random(seed).NextBytes(text.AsSpan(0, size / 2));
            var (given, trouble) = Unpack(format, Pack(format, text), chunk);
            return trouble is null && given.AsSpan().SequenceEqual(text);
        }, iter: 60);
    }

    [Test]
    public void A_cut_file_gives_what_is_left_and_is_never_whole([Values] Format format)
    {
        var packed = Pack(format, Text);
        for (var length = 8; length < packed.Length; length += 1 + length / 40)
        {
            var (given, trouble) = Unpack(format, packed[..length], int.MaxValue);
            Assert.That(trouble?.Code, Is.EqualTo(FailureCode.Truncated), $"cut at {length}");
            Assert.That(Text.AsSpan().StartsWith(given), $"cut at {length}");
        }
    }

    [Test]
    public void A_wounded_file_is_never_whole_with_another_text(
        [Values(Format.Gzip, Format.Zlib, Format.ZstdChecked)] Format format)
    {
        var packed = Pack(format, Text);
        var random = new Random(3);
        for (var round = 0; round < 300; round++)
        {
            var wounded = (byte[])packed.Clone();
            wounded[random.Next(wounded.Length)] ^= (byte)(1 << random.Next(8));
            var (given, trouble) = Unpack(format, wounded, int.MaxValue);
            if (trouble is null) Assert.That(given, Is.EqualTo(Text), $"round {round}");
        }
    }

    [Test]
    public void Members_and_frames_follow_one_another(
        [Values(Format.Gzip, Format.Zstd, Format.ZstdChecked)] Format format)
    {
        var packed = Pack(format, Text);
        var (given, trouble) = Unpack(format, [.. packed, .. packed, .. Pack(format, [])], 1000);
        Assert.That((given.Length, trouble), Is.EqualTo((2 * Text.Length, (Refusal?)null)));
    }

    [Test]
    public void What_follows_the_end_is_told_and_padding_is_not([Values] Format format)
    {
        var packed = Pack(format, Text);
        var findings = new Findings();
        Unpack(format, [.. packed, .. new byte[512]], 4096, findings);
        Assert.That(findings.Warnings, Is.Empty);
        var (given, _) = Unpack(format, [.. packed, .. "garbage"u8], 4096, findings);
        Assert.That(given, Is.EqualTo(Text));
        Assert.That(findings.Warnings.Single(), Does.StartWith($"7 bytes follow").And.Contains($"at {packed.Length}"));
    }

    [Test]
    public void Layers_are_peeled_until_there_is_text()
    {
        var packed = Pack(Format.Gzip, Pack(Format.Zstd, Pack(Format.Zlib, Text)));
        using var trial = Trial.OfBytes(packed, source: "app.log.gz");
        trial.MustBeSound();
        Assert.That(trial.Text, Is.EqualTo(Text));
        Assert.That((trial.Only.Format, trial.Only.Path), Is.EqualTo(("gzip>zstd>zlib>text", "app.log")));
    }

    [Test]
    public void The_fifth_layer_is_entered_and_the_sixth_is_not([Values(5, 6)] int layers)
    {
        var packed = Text;
        for (var i = 0; i < layers; i++) packed = Pack(Format.Gzip, packed);
        using var trial = Trial.OfBytes(packed);
        trial.MustBeSound();
        Assert.That(trial.Finished.Code, Is.EqualTo(layers == 5 ? "" : "LIMIT_DEPTH"));
    }

    [Test]
    public void The_outermost_damage_is_the_reason_that_is_told()
    {
        byte[] text = [.. Text, .. Text.Reverse(), .. Text];
        var packed = Pack(Format.Gzip, Pack(Format.Zstd, text));
        using var trial = Trial.OfBytes(packed[..(packed.Length * 3 / 4)]);
        trial.MustBeSound();
        Assert.That((trial.Finished.Outcome, trial.Finished.Code), Is.EqualTo((Outcome.Partial, "TRUNCATED")));
        Assert.That(trial.Finished.Text, Does.Contain("gzip"));
    }

    [Test]
    public void Bytes_that_are_no_text_are_delivered_and_named()
    {
        byte[] picture = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 1, 2, 3, 0];
        using var trial = Trial.OfBytes(Pack(Format.Gzip, picture), source: "shot.png.gz");
        trial.MustBeSound();
        Assert.That(trial.Text, Is.EqualTo(picture));
        Assert.That((trial.Finished.Outcome, trial.Only.Path), Is.EqualTo((Outcome.Complete, "shot.png.bin")));
        Assert.That(trial.Only.Warnings.Single(), Does.StartWith("NOT_TEXT").And.Contains("PNG image"));
    }

    [Test]
    public void An_empty_payload_is_whole([Values] Format format)
    {
        using var trial = Trial.OfBytes(Pack(format, []), source: "empty.gz");
        trial.MustBeSound();
        Assert.That((trial.Finished.Outcome, trial.Only.Bytes), Is.EqualTo((Outcome.Complete, 0L)));
    }

    [Test]
    public void A_window_at_the_limit_is_taken_and_one_above_is_LIMIT_MEMORY()
    {
        // A frame header with a window descriptor, and one empty last block.
        static byte[] Frame(int log) => [0x28, 0xB5, 0x2F, 0xFD, 0x00, (byte)((log - 10) << 3), 0x01, 0x00, 0x00];
        var small = Trial.Usual with { WindowBytes = 1 << 20 };
        using var at = Trial.OfBytes(Frame(20), limits: small);
        using var above = Trial.OfBytes(Frame(21), limits: small);
        Assert.That((at.Finished.Code, above.Finished.Code), Is.EqualTo(("", "LIMIT_MEMORY")));
    }

    [Test]
    public void A_bomb_ends_at_the_ratio_and_at_the_output_limit([Values] Format format)
    {
        var bomb = Pack(format, new byte[4 << 20]);
        using var ratio = Trial.OfBytes(bomb, limits: Trial.Usual with { RatioFloor = 1 << 20, Ratio = 2 });
        using var output = Trial.OfBytes(bomb, limits: Trial.Usual with { OutputBytes = 1 << 20 });
        ratio.MustBeSound();
        output.MustBeSound();
        Assert.That((ratio.Finished.Code, output.Finished.Code), Is.EqualTo(("LIMIT_RATIO", "LIMIT_OUTPUT")));
        Assert.That(Math.Max(ratio.Finished.BytesOut, output.Finished.BytesOut), Is.LessThanOrEqualTo(1 << 20));
    }

    static byte[] Pack(Format format, byte[] text)
    {
        var packed = new MemoryStream();
        using (Stream stream = format switch
        {
            Format.Gzip => new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true),
            Format.Zlib => new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true),
            _ => Zstd(packed, format == Format.ZstdChecked),
        }) stream.Write(text);

        return packed.Length > 0 ? packed.ToArray() : Empty(format);
    }

    // The library writes nothing at all for a stream without a byte.
    static byte[] Empty(Format format) => format == Format.Gzip
        ? [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0]
        : [0x78, 0x9C, 3, 0, 0, 0, 0, 1];

    static CompressionStream Zstd(MemoryStream packed, bool check)
    {
        var stream = new CompressionStream(packed, 3, leaveOpen: true);
        stream.SetParameter(ZstdSharp.Unsafe.ZSTD_cParameter.ZSTD_c_checksumFlag, check ? 1 : 0);
        return stream;
    }

    static (byte[] Given, Refusal? Trouble) Unpack(Format format, byte[] packed, int chunk, Findings? findings = null)
    {
        var budget = new Budget(Trial.Usual);
        budget.Measure(packed.Length);
        var resources = new Resources(budget, Trial.Usual, (_, _) => null, "/nowhere", null);
        using var outer = new Lookahead(new Trickle(packed, chunk));
        _ = outer.Peek(KnownFormats.Stretch);
        var given = new MemoryStream();
        try
        {
            OpenLayer open = format switch
            {
                Format.Gzip => GzipLayer.Open,
                Format.Zlib => ZlibLayer.Open,
                _ => ZstdLayer.Open,
            };
            using var stream = open(outer, resources, findings ?? new());
            stream.CopyTo(given, 50_000);
            return (given.ToArray(), null);
        }
        catch (Refusal refusal)
        {
            return (given.ToArray(), refusal);
        }
    }
}
