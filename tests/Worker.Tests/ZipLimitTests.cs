using System.IO.Compression;
using Decryptor.Protocol;

namespace Decryptor.Worker.Tests;

/// <summary>What a package may cost: up to each limit it is delivered, and one above it is not.</summary>
sealed class ZipLimitTests
{
    static readonly byte[] Text = ZipMade.Text(1, 50);

    [TestCase(5, "complete", 5)]
    [TestCase(4, "partial LIMIT_MEMBERS", 4)]
    public void Members_are_delivered_up_to_their_limit(int limit, string outcome, int delivered)
    {
        var zip = ZipMade.Of([.. Enumerable.Range(0, 5).Select(i => new ZipPart($"{i}.log", Text))]);
        using var trial = Trial.OfBytes(zip, limits: Trial.Usual with { Members = limit });
        trial.MustBeSoundPackage();
        Assert.Multiple(() =>
        {
            Assert.That(Outcome(trial), Is.EqualTo(outcome));
            Assert.That(trial.Report.Files.Count(one => one.Path is not null), Is.EqualTo(delivered));
        });
    }

    [Test]
    public void Folders_and_an_unread_directory_cost_no_members()
    {
        ZipPart[] parts = [.. Enumerable.Range(0, 50).Select(i => new ZipPart($"d{i}/", []) { Method = 0 }),
            new("a.log", Text)];
        using var trial = Trial.OfBytes(ZipMade.Of(parts), limits: Trial.Usual with { Members = 1 });
        trial.MustBeSoundPackage();
        Assert.That(Outcome(trial), Is.EqualTo("complete"));
    }

    [TestCase(4, "complete")]
    [TestCase(3, "failed LIMIT_DEPTH")]
    public void Layers_and_packages_are_entered_up_to_their_limit(int limit, string outcome)
    {
        var inner = ZipMade.Of(new ZipPart("a.log", Text));
        var zip = Gzipped(ZipMade.Of(new ZipPart("inner.gz", Gzipped(inner))));
        using var trial = Trial.OfBytes(zip, limits: Trial.Usual with { Depth = limit });
        trial.MustBeSoundPackage();
        Assert.That(Outcome(trial), Is.EqualTo(outcome));
    }

    [TestCase(100, null)]
    [TestCase(101, "LIMIT_NAME")]
    public void A_name_is_delivered_up_to_its_limit(int length, string? code)
    {
        var zip = ZipMade.Of(new ZipPart(new string('n', length), Text), new ZipPart("b.log", Text));
        using var trial = Trial.OfBytes(zip, limits: Trial.Usual with { NameBytes = 100 });
        trial.MustBeSoundPackage();
        Assert.That(trial.Report.Files.Select(one => one.Code), Is.EqualTo([code, null]));
    }

    [TestCase(1 << 20, "complete")]
    [TestCase(1 << 19, "failed LIMIT_MEMORY")]
    public void A_window_is_taken_up_to_its_limit(int limit, string outcome)
    {
        // A frame that asks for a window of 1 MiB, with one block as it is.
        byte[] zstd = [0x28, 0xB5, 0x2F, 0xFD, 0x00, 0x50, 0x01 | 4 << 3, 0, 0, .. "text"u8];
        using var trial = Trial.OfBytes(zstd, limits: Trial.Usual with { WindowBytes = limit });
        trial.MustBeSound();
        Assert.That(Outcome(trial), Is.EqualTo(outcome), trial.Finished.Text);
    }

    [TestCase(0, "complete")]
    [TestCase(-1, "partial LIMIT_OUTPUT")]
    public void Text_over_all_members_is_delivered_up_to_its_limit(int less, string outcome)
    {
        var zip = ZipMade.Of(new ZipPart("a.log", Text), new ZipPart("b.log", Text));
        var limits = Trial.Usual with { OutputBytes = 2 * Text.Length + less };
        using var trial = Trial.OfBytes(zip, limits: limits);
        trial.MustBeSoundPackage();
        Assert.That(Outcome(trial), Is.EqualTo(outcome));
    }

    [TestCase(0, "complete")]
    [TestCase(1, "partial LIMIT_RATIO")]
    public void Text_is_delivered_up_to_its_ratio(int more, string outcome)
    {
        // Neighbours that do not compress make the package as long as is wanted.
        var noise = new byte[4000];
        new Random(1).NextBytes(noise);
        byte[] Zip(int length) => ZipMade.Of(new ZipPart("noise", noise) { Method = 0 },
            new ZipPart("a.log", [.. Enumerable.Repeat((byte)'a', length)]));
        var length = 0;
        while (length < 10 * Zip(length).Length - noise.Length) length = 10 * Zip(length).Length - noise.Length;
        var limits = Trial.Usual with { Ratio = 10, RatioFloor = 1 };
        using var trial = Trial.OfBytes(Zip(length + more * 40), limits: limits);
        trial.MustBeSoundPackage();
        Assert.That(Outcome(trial), Is.EqualTo(outcome), trial.Finished.Text);
    }

    static byte[] Gzipped(byte[] bytes)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(bytes);
        return packed.ToArray();
    }

    static string Outcome(Trial trial) => $"{trial.Report.Outcome} {trial.Report.Code}".TrimEnd();
}
