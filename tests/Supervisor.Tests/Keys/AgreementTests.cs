using System.Security.Cryptography;
using CsCheck;
using Decryptor.Supervisor.Keys;

namespace Decryptor.Supervisor.Tests.Keys;

/// <summary>Two ways to agree with a client of xlog, of which a machine may have one only: the same by both.</summary>
sealed class AgreementTests
{
    // p and n of SEC 2, section 2.4.1.
    const string Field = "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFFFFFC2F";
    const string Order = "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141";

    [SetUp]
    public void NeedLibrary()
    {
        if (!Secp256k1.IsThere) Assert.Ignore("libsecp256k1 is not installed");
    }

    [Test]
    public void Both_agree_with_any_client_on_the_same() =>
        Gen.Byte.Array[32].Where(scalar => scalar[0] != 0xFF).Sample(scalar =>
        {
            var (key, client) = (Key(Convert.ToHexString(scalar)), Client());
            return Same(key, client) && key.AgreeByLibrary(new(client)) is { Length: 16 };
        }, iter: 200);

    [TestCase("1")]
    [TestCase("2")]
    public void Both_know_the_least_and_the_greatest_key(string digits)
    {
        var client = Client();
        Assert.That(Same(Key(digits), client));
        Assert.That(Same(Key(Order[..^1] + "0"), client), "n - 1");
    }

    [Test]
    public void Both_refuse_what_is_no_point() =>
        Gen.Select(Gen.Byte.Array[0, 80], Gen.Int[0, 511]).Sample((noise, flip) =>
        {
            var client = Client();
            client[flip / 8] ^= (byte)(1 << (flip % 8));
            var (key, beyond) = (Key("7"), (byte[])[.. Convert.FromHexString(Field), .. client[32..]]);
            return new[] { noise, client, beyond, new byte[64], client[..63], [.. client, 0] }.All(header =>
                Same(key, header) && key.AgreeByLibrary(new(header)) is null);
        }, iter: 100);

    static bool Same(XlogKey key, byte[] header)
    {
        using var asked = new AskedHeader(header);
        var (ours, theirs) = (key.AgreeByLibrary(asked), key.AgreeByRuntime(asked));
        return ours is null ? theirs is null : theirs is not null && ours.SequenceEqual(theirs);
    }

    static XlogKey Key(string digits) =>
        XlogKey.TryRead("k", digits, out var key, out var reason) ? key : throw new AssertionException(reason);

    static byte[] Client()
    {
        using var client = ECDiffieHellman.Create(ECCurve.CreateFromValue("1.3.132.0.10"));
        var point = client.ExportParameters(includePrivateParameters: false).Q;
        return [.. point.X!, .. point.Y!];
    }
}
