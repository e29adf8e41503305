using System.Security.Cryptography;
using System.Text;
using Decryptor.Worker.Formats;
using Decryptor.Worker.Formats.Compression;
using Decryptor.Worker.Formats.Logan;

namespace Decryptor.Worker.Tests;

/// <summary>What was made fast, beside the plain way that it stands for.</summary>
public sealed class VectorTests
{
    static readonly int[] Lengths = [0, 1, 31, 32, 33, 63, 64, 703, 704, 705, 5552, 5553, 65_536, 65_537];

    [TestCaseSource(nameof(Lengths))]
    public void Adler_in_vectors_is_adler_byte_by_byte(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        Assert.That(Adler32.Of(1, bytes), Is.EqualTo(PlainAdler(1, bytes)));
    }

    [TestCaseSource(nameof(Lengths))]
    public void Adler_of_the_greatest_bytes_from_the_greatest_sums_does_not_overflow(int length)
    {
        const uint greatest = 65520u << 16 | 65520;
        var bytes = new byte[length];
        Array.Fill(bytes, byte.MaxValue);
        Assert.That(Adler32.Of(greatest, bytes), Is.EqualTo(PlainAdler(greatest, bytes)));
    }

    [Test]
    public void Adler_goes_on_where_it_stopped()
    {
        var bytes = new byte[10_000];
        new Random(1).NextBytes(bytes);
        for (var cut = 0; cut <= 100; cut++)
            Assert.That(Adler32.Of(Adler32.Of(1, bytes.AsSpan(0, cut)), bytes.AsSpan(cut)),
                Is.EqualTo(PlainAdler(1, bytes)));
    }

    [Test]
    public void Adler_is_that_of_the_books()
    {
        Assert.That(Adler32.Of(1, "Wikipedia"u8), Is.EqualTo(0x11E60398));
    }

    [Test]
    public void Text_is_judged_in_vectors_as_byte_by_byte()
    {
        var random = new Random(7);
        var seen = new HashSet<bool>();
        for (var trial = 0; trial < 2000; trial++)
        {
            var bytes = Encoding.ASCII.GetBytes(new string('x', random.Next(0, 400)));
            for (var odd = random.Next(0, 12); odd > 0 && bytes.Length > 0; odd--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(trial % 3, 256);
            seen.Add(PlainText.Looks(bytes));
            Assert.That(PlainText.Looks(bytes), Is.EqualTo(PlainLooks(bytes)));
        }

        Assert.That(seen, Has.Count.EqualTo(2));
    }

    [TestCase(2, ExpectedResult = true)]
    [TestCase(3, ExpectedResult = false)]
    public bool One_odd_byte_in_fifty_is_still_text(int odd)
    {
        var bytes = new byte[100];
        Array.Fill(bytes, (byte)'a');
        for (var i = 0; i < odd; i++) bytes[40 * i] = 1;
        return PlainText.Looks(bytes);
    }

    [Test]
    public void Logan_blocks_are_deciphered_each_from_the_iv_whatever_went_before()
    {
        var random = new Random(11);
        var (secret, clear) = (new byte[LoganKey.SecretBytes], new byte[4096]);
        random.NextBytes(secret);
        using var key = new LoganKey("app", secret);
        using var aes = Aes.Create();
        aes.Key = secret[..16];
        for (var block = 0; block < 50; block++)
        {
            var cipher = new byte[16 * random.Next(1, clear.Length / 16 + 1)];
            random.NextBytes(cipher);
            if (block % 3 == 0) _ = key.Proves(cipher.AsSpan(0, 16));
            key.Open(cipher, clear);
            var plain = aes.DecryptCbc(cipher, secret.AsSpan(16), PaddingMode.None);
            Assert.That(clear.AsSpan(0, cipher.Length).SequenceEqual(plain));
        }
    }

    static uint PlainAdler(uint before, byte[] bytes)
    {
        uint a = before & 0xFFFF, b = before >> 16;
        foreach (var one in bytes)
        {
            a = (a + one) % 65521;
            b = (b + a) % 65521;
        }

        return b << 16 | a;
    }

    static bool PlainLooks(byte[] bytes)
    {
        byte[] fine = [(byte)'\t', (byte)'\n', (byte)'\r', 0x0C, 0x08, 0x1B];
        var strange = bytes.Count(b => b is < 0x20 or 0x7F && !fine.Contains(b));
        return !bytes.Contains((byte)0) && strange <= bytes.Length / 50;
    }
}
