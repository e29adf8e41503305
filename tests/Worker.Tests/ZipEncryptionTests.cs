using System.Text;
using Decryptor.Protocol;
using Decryptor.Worker.Formats;
using Decryptor.Worker.Formats.Zip;

namespace Decryptor.Worker.Tests;

sealed class ZipEncryptionTests
{
    const string Password = "old-Pw 1";

    // Two files, one of them deflated, packed by Info-ZIP 3.0 under its own encryption.
    static readonly byte[] InfoZip = Convert.FromBase64String(
        "UEsDBBQACQAIAOZhd108L12u8wAAAG4HAAAFAAAAYS5sb2evxXBaIuEvhu7/mk/siYhUsSQfY5QuZ0ZJzXG1AHvyKmCnQh0IHU4O+5MRMAGF"
        + "kOaGccDq5OYEbSjEaGByoq7IsVy1A3NFULhdPoX5pbVHltL2hGpMnoRKBfmYZiMHSMecUF/29TBmr7FPw2x1oRjwzIdXZu2kfdmUCY33bd/e"
        + "fmS3vr5rVJRubCWWVc2oglcvEbCjFMcgLtK0K9D1xricAeutRZauMjd2wHVVRdEImxIIopOyCcjBZzVX9SQtkK8xP/F4htqDkbSPivaLzLeU"
        + "J51OVGxlDl3V92UC8Y338J44IKIYCeu0Cv3QzB/D78IhMqFQSwcIPC9drvMAAABuBwAAUEsDBAoACQAAAOZhd130+8QPJQAAABkAAAAFAAAA"
        + "Yi5sb2fsudm5mTIMeHEAnV7ayljlV0NyHuNNVEAv5xQIHjQmL+ovEPU3UEsHCPT7xA8lAAAAGQAAAFBLAQIeAxQACQAIAOZhd108L12u8wAA"
        + "AG4HAAAFAAAAAAAAAAEAAACkgQAAAABhLmxvZ1BLAQIeAwoACQAAAOZhd130+8QPJQAAABkAAAAFAAAAAAAAAAAAAACkgSYBAABiLmxvZ1BL"
        + "BQYAAAAAAgACAGYAAAB+AQAAAAA=");

    [Test]
    public void The_encryption_of_the_first_zip_programs_is_opened_with_its_password()
    {
        var package = Open(InfoZip, "nothing", Password);
        Assert.Multiple(() =>
        {
            Assert.That(package.Members.Select(one => one.Trouble?.Message), Is.All.Null);
            Assert.That(Text(package, 0), Does.StartWith("2026-01-01 00:00:1 a line of the log number 1\n")
                .And.EndsWith("number 40\n"));
            Assert.That(Text(package, 1), Is.EqualTo("short line kept as it is\n"));
            Assert.That(package.Members.Select(one => one.Findings.Keys), Is.All.EqualTo("pw2"));
        });
    }

    [Test]
    public void A_password_that_passes_the_short_check_by_chance_is_told_apart([Values] bool alone)
    {
        var chance = Enumerable.Range(0, 100_000).Select(i => $"guess{i}").First(PassesTheCheck);
        var package = alone ? Open(InfoZip, chance) : Open(InfoZip, chance, Password);
        var codes = package.Members.Select(one => one.Trouble?.Code).ToArray();
        Assert.That(codes[0], Is.EqualTo(alone ? FailureCode.KeyNoMatch : null));
        if (!alone) Assert.That(package.Members[0].Findings.Keys, Is.EqualTo("pw2"));
    }

    [Test]
    public void A_damaged_member_under_the_right_password_gives_what_is_good()
    {
        var zip = InfoZip.ToArray();
        zip[275] ^= 0x10;
        var package = Open(zip, "nothing", Password);
        Assert.Multiple(() =>
        {
            Assert.That(package.Members.Select(one => one.Trouble?.Code), Is.EqualTo([FailureCode.Damaged, null]));
            Assert.That(Text(package, 0), Does.StartWith("2026-01-01 00:00:1 a line"));
        });
    }

    [Test]
    public void Without_a_directory_it_is_opened_as_well()
    {
        var package = Open(InfoZip[..^124], Password);
        Assert.Multiple(() =>
        {
            Assert.That(package.Trouble?.Code, Is.EqualTo(FailureCode.Truncated));
            Assert.That(package.Members.Select(one => one.Trouble?.Message), Is.All.Null);
            Assert.That(Text(package, 1), Is.EqualTo("short line kept as it is\n"));
        });
    }

    [Test]
    public void An_authentication_code_finds_what_the_two_bytes_of_the_check_let_through()
    {
        // The first passes the check of logs/net.log, and of no other member.
        var path = Corpus.File("packages/aes128.zip");
        var package = OpenedPackage.OfFile(ZipPackage.Open, path, PackageTrials.Passwords("guess5539", "zip-Pw1!"));
        Assert.Multiple(() =>
        {
            Assert.That(package.Members.Select(one => one.Trouble?.Message), Is.All.Null);
            Assert.That(package.Members.Select(one => one.Findings.Keys), Is.All.EqualTo("pw2"));
        });
    }

    [TestCase("aes128.zip")]
    [TestCase("aes256.zip")]
    public void A_changed_member_is_NOT_AUTHENTIC_and_its_neighbours_are_delivered(string file)
    {
        var zip = File.ReadAllBytes(Corpus.File("packages/" + file));
        zip[zip.AsSpan().IndexOf("logs/net.log"u8) + 12_000] ^= 1;
        foreach (var passwords in (string[][])[["zip-Pw1!"], ["wrong", "zip-Pw1!"]])
        {
            var package = Open(zip, passwords);
            var bad = package.Members.Single(one => one.Trouble is not null);
            Assert.Multiple(() =>
            {
                Assert.That((bad.Name, bad.Trouble!.Code), Is.EqualTo(("logs/net.log", FailureCode.NotAuthentic))
                    .Or.EqualTo(("logs/net.log", FailureCode.Damaged)));
                Assert.That(bad.Bytes, Is.Not.Empty);
                Assert.That(package.Members, Has.Count.EqualTo(8));
            });
        }
    }

    [TestCase("aes192.zip")]
    public void Whatever_is_changed_it_ends_in_a_word_and_never_in_an_exception(string file)
    {
        var zip = File.ReadAllBytes(Corpus.File("packages/" + file))[..5000];
        var random = new Random(7);
        for (var round = 0; round < 60; round++)
        {
            var changed = zip.ToArray();
            for (var hits = 0; hits < 3; hits++) changed[random.Next(changed.Length)] ^= (byte)random.Next(1, 256);
            Assert.That(() => Open(changed, "zip-Pw1!"), Throws.Nothing);
        }
    }

    // The first member's bytes begin at 35; bit 3 of its flags makes the high byte of its time the check.
    static bool PassesTheCheck(string password)
    {
        using var opened = ZipCrypto.Open(
            new MemoryStream(InfoZip, 35, 243), InfoZip[11], Encoding.UTF8.GetBytes(password));
        return opened is not null;
    }

    static string Text(OpenedPackage package, int member) => Encoding.UTF8.GetString(package.Members[member].Bytes);

    static OpenedPackage Open(byte[] zip, params string[] passwords) =>
        OpenedPackage.OfBytes(ZipPackage.Open, zip, PackageTrials.Passwords(passwords));
}

sealed class ZipDeflate64Tests
{
    [Test]
    public void The_longest_match_and_the_farthest_are_those_of_deflate64_and_not_of_deflate()
    {
        var random = new byte[40_000];
        new Random(3).NextBytes(random);
        var bits = new Bits();
        bits.Stored(random);
        bits.Add(1, 1).Add(1, 2);
        // A literal, a match of 65,538 at distance 1, and one of 3 at distance 40,000 (codes 285 and 30).
        bits.Code(0x30 + 'a', 8).Code(0xC5, 8).Add(65_535, 16).Code(0, 5);
        bits.Code(1, 7).Code(30, 5).Add(40_000 - 32_769, 14).Code(0, 7);
        byte[] expected = [.. random, .. Enumerable.Repeat((byte)'a', 65_539), .. Enumerable.Repeat((byte)'a', 3)];
        var read = Read(bits.ToArray());
        Assert.That(read.Trouble, Is.Null);
        Assert.That(read.Bytes.AsSpan().SequenceEqual(expected));
    }

    [Test]
    public void Deflate_without_long_matches_reads_the_same_and_cut_anywhere_gives_its_beginning()
    {
        var text = ZipMade.Text(4, 800);
        var packed = ZipMade.Deflated(text);
        Assert.That(Read(packed).Bytes, Is.EqualTo(text));
        for (var length = 0; length < packed.Length; length += 101)
        {
            var (bytes, trouble) = Read(packed[..length]);
            Assert.That(trouble?.Code, Is.EqualTo(FailureCode.Truncated));
            Assert.That(text.AsSpan().StartsWith(bytes) && bytes.Length >= length - 300, $"cut at {length}");
        }
    }

    [Test]
    public void Random_bits_end_in_damage_or_a_cut()
    {
        var random = new Random(5);
        var bytes = new byte[300];
        for (var round = 0; round < 2000; round++)
        {
            random.NextBytes(bytes);
            Assert.That(Read(bytes).Trouble?.Code, Is.Null.Or.EqualTo(FailureCode.Damaged)
                .Or.EqualTo(FailureCode.Truncated));
        }
    }

    static (byte[] Bytes, Refusal? Trouble) Read(byte[] packed)
    {
        using var outer = new Lookahead(new MemoryStream(packed));
        var (body, bytes, some) = (new Deflate64Body(outer), new MemoryStream(), new byte[3000]);
        try
        {
            while (body.Read(some, "member") is > 0 and var count) bytes.Write(some, 0, count);
            return (bytes.ToArray(), null);
        }
        catch (Refusal refusal)
        {
            return (bytes.ToArray(), refusal);
        }
    }

    /// <summary>Writes bits from the lowest on, and words of a code from their highest (RFC 1951, 3.1.1).</summary>
    sealed class Bits
    {
        readonly List<bool> _bits = [];

        internal Bits Add(int number, int count)
        {
            for (var i = 0; i < count; i++) _bits.Add((number >> i & 1) != 0);
            return this;
        }

        internal Bits Code(int word, int count)
        {
            for (var i = count - 1; i >= 0; i--) _bits.Add((word >> i & 1) != 0);
            return this;
        }

        internal void Stored(byte[] bytes)
        {
            Add(0, 3).Add(0, -_bits.Count & 7).Add(bytes.Length, 16).Add(~bytes.Length, 16);
            foreach (var b in bytes) Add(b, 8);
        }

        internal byte[] ToArray()
        {
            var bytes = new byte[(_bits.Count + 7) / 8];
            for (var i = 0; i < _bits.Count; i++)
                if (_bits[i]) bytes[i / 8] |= (byte)(1 << i % 8);
            return bytes;
        }
    }
}
