using Decryptor.Protocol;
using Decryptor.Worker.Formats;
using Decryptor.Worker.Formats.Bzip2;
using Decryptor.Worker.Formats.Lz4;
using Decryptor.Worker.Formats.Xz;

namespace Decryptor.Worker.Tests;

/// <summary>xz, bzip2 and lz4: whole files come out whole, cut or wounded ones never as whole.</summary>
sealed class ArchiveLayerTests
{
    static IEnumerable<string> Names => ArchiveSamples.Names;

    static IEnumerable<string> Checked => Names.Where(name => name != "xz, no check");

    [TestCaseSource(nameof(Names))]
    public void What_was_packed_comes_out(string name)
    {
        foreach (var chunk in (int[])[1, 7, 100_000])
        {
            var (given, trouble) = Unpack(ArchiveSamples.Of(name), chunk: chunk);
            Assert.That(trouble, Is.Null);
            Assert.That(given, Is.EqualTo(ArchiveSamples.Text));
        }
    }

    [TestCaseSource(nameof(Names))]
    public void Files_follow_one_another_and_what_is_none_is_told(string name)
    {
        var packed = ArchiveSamples.Of(name);
        var findings = new Findings();
        var (given, trouble) = Unpack([.. packed, .. packed, .. "garbage"u8], findings);
        Assert.That((given.Length, trouble), Is.EqualTo((2 * ArchiveSamples.Text.Length, (Refusal?)null)));
        Assert.That(findings.Warnings.Single(), Does.StartWith("7 bytes follow").And.Contains($"{2 * packed.Length}"));
    }

    [TestCaseSource(nameof(Names))]
    public void A_cut_file_gives_what_is_left_and_is_never_whole(string name)
    {
        var packed = ArchiveSamples.Of(name);
        for (var length = 10; length < packed.Length; length++)
        {
            var (given, trouble) = Unpack(packed[..length]);
            Assert.That(trouble?.Code, Is.EqualTo(FailureCode.Truncated), $"cut at {length}");
            Assert.That(ArchiveSamples.Text.AsSpan().StartsWith(given), $"cut at {length}");
        }
    }

    [TestCaseSource(nameof(Checked))]
    public void A_wounded_file_is_never_whole_with_another_text(string name)
    {
        var packed = ArchiveSamples.Of(name);
        for (var bit = 0; bit < 8 * packed.Length; bit += 5)
        {
            var wounded = (byte[])packed.Clone();
            wounded[bit / 8] ^= (byte)(1 << bit % 8);
            var (given, trouble) = Unpack(wounded, like: packed);
            if (trouble is null) Assert.That(given, Is.EqualTo(ArchiveSamples.Text), $"bit {bit}");
        }
    }

    [TestCase("bzip2", 100_000)]
    [TestCase("lz4, all sums, linked", 64 * 1024)]
    [TestCase("xz, SHA-256 and delta", 64 * 1024)]
    public void A_window_at_the_limit_is_taken_and_one_above_is_LIMIT_MEMORY(string name, int bytes)
    {
        var packed = ArchiveSamples.Of(name);
        using var at = Trial.OfBytes(packed, limits: Trial.Usual with { WindowBytes = bytes });
        using var above = Trial.OfBytes(packed, limits: Trial.Usual with { WindowBytes = bytes - 1 });
        Assert.That((at.Finished.Code, above.Finished.Code), Is.EqualTo(("", "LIMIT_MEMORY")));
    }

    static (byte[] Given, Refusal? Trouble) Unpack(
        byte[] packed, Findings? findings = null, int chunk = int.MaxValue, byte[]? like = null)
    {
        var budget = new Budget(Trial.Usual);
        budget.Measure(packed.Length);
        var resources = new Resources(budget, Trial.Usual, (_, _) => null, "/nowhere", null);
        using var outer = new Lookahead(new Trickle(packed, chunk));
        var given = new MemoryStream();
        try
        {
            using var stream = OpenerOf(like ?? packed)(outer, resources, findings ?? new());
            stream.CopyTo(given, 1000);
            return (given.ToArray(), null);
        }
        catch (Refusal refusal)
        {
            return (given.ToArray(), refusal);
        }
    }

    static OpenLayer OpenerOf(byte[] packed)
    {
        if (XzLayer.Begins(packed)) return XzLayer.Open;
        return Bzip2Layer.Begins(packed) ? Bzip2Layer.Open : Lz4Layer.Open;
    }
}
