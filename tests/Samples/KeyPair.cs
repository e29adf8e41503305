using System.Numerics;
using System.Security.Cryptography;

namespace Decryptor.Samples;

/// <summary>
/// A key pair on secp256k1 that a number makes: the same number, the same pair, so that samples can be made again.
/// </summary>
sealed class KeyPair
{
    static readonly ECCurve Curve = ECCurve.CreateFromFriendlyName("secp256k1");

    static readonly BigInteger Order = BigInteger.Parse(
        "00FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141",
        System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture);

    readonly ECParameters _parameters;

    internal KeyPair(Random random)
    {
        var bytes = new byte[32];
        random.NextBytes(bytes);
        var number = new BigInteger(bytes, isUnsigned: true, isBigEndian: true) % (Order - 1) + 1;
        var written = number.ToByteArray(isUnsigned: true, isBigEndian: true);
        var padded = new byte[32];
        written.CopyTo(padded, padded.Length - written.Length);
        using var pair = ECDiffieHellman.Create(new ECParameters { Curve = Curve, D = padded });
        _parameters = pair.ExportParameters(includePrivateParameters: true);
    }

    KeyPair(ECParameters parameters) => _parameters = parameters;

    /// <summary>
    /// The receiver as an app knows it, by the 128 hexadecimal digits of its public key: it can only be agreed with.
    /// </summary>
    internal static KeyPair OfPublic(string digits)
    {
        var point = Convert.FromHexString(digits);
        return new(new ECParameters { Curve = Curve, Q = new() { X = point[..32], Y = point[32..] } });
    }

    internal string PrivateHex => Convert.ToHexStringLower(_parameters.D!);

    /// <summary>X then Y, 64 bytes, as a block's header holds it.</summary>
    internal byte[] Public => [.. _parameters.Q.X!, .. _parameters.Q.Y!];

    /// <summary>
    /// The TEA key that this pair and the other's public key agree upon: the first half of the secret.
    /// </summary>
    internal byte[] AgreeWith(KeyPair other)
    {
        using var own = ECDiffieHellman.Create(_parameters);
        using var theirs = ECDiffieHellman.Create(new ECParameters { Curve = Curve, Q = other._parameters.Q });
        return own.DeriveRawSecretAgreement(theirs.PublicKey)[..16];
    }
}
