using CsCheck;
using Decryptor.Worker.Formats.Xlog;

namespace Decryptor.Worker.Tests;

sealed class TeaTests
{
    [TestCase("78502e503e46f8d3f02417019cbe0097", "ef65268977096f5fc9b7a5b4bc3f9633",
        "8a8b8301bffc32052363052303233320")]
    [TestCase("a4f1799c1876b893d24ca96a5149a610", "857f54e7b41c6940e85d3bf5c563b59d",
        "28b52ffd0030440200d4035e5e4e6f76")]
    public void The_published_vectors_decrypt(string key, string cipher, string clear)
    {
        var bytes = Convert.FromHexString(cipher);
        new Tea(Convert.FromHexString(key)).Decrypt(bytes, bytes);
        Assert.That(Convert.ToHexStringLower(bytes), Is.EqualTo(clear));
    }

    [Test]
    public void Vectors_give_the_same_bytes_as_the_plain_way() =>
        Gen.Select(Gen.Byte.Array[Tea.KeyBytes], Gen.Byte.Array[0, 700]).Sample((key, cipher) =>
        {
            var tea = new Tea(key);
            var groups = cipher.Length / 8 * 8;
            var (plain, vector) = (new byte[cipher.Length], new byte[cipher.Length]);
            tea.DecryptPlainly(cipher.AsSpan(0, groups), plain);
            cipher.AsSpan(groups).CopyTo(plain.AsSpan(groups));
            tea.Decrypt(cipher, vector);
            var done = tea.DecryptVectors(cipher.AsSpan(0, groups), new byte[groups]);
            return plain.AsSpan().SequenceEqual(vector) && groups - done < 128;
        }, iter: 3000);

    [Test]
    public void The_narrow_vectors_give_the_same_bytes_too() =>
        Gen.Select(Gen.Byte.Array[Tea.KeyBytes], Gen.Byte.Array[64, 640]).Sample((key, cipher) =>
        {
            var tea = new Tea(key);
            var (plain, narrow) = (new byte[cipher.Length], new byte[cipher.Length]);
            var done = tea.DecryptNarrowVectors(cipher, narrow);
            tea.DecryptPlainly(cipher.AsSpan(0, done), plain);
            return done >= 64 && plain.AsSpan(0, done).SequenceEqual(narrow.AsSpan(0, done));
        }, iter: 1000);
}
