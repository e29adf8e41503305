using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;

namespace Decryptor.Supervisor.Keys;

/// <summary>
/// A private key on secp256k1, the receiver's side of xlog. It agrees with a client's public key on the sixteen bytes
/// that open the client's files, and gives away nothing else.
/// </summary>
sealed class XlogKey : RingKey
{
    /// <summary>The word that begins its line, and the format that asks for it.</summary>
    public const string Word = "xlog";

    const int PointLength = Secp256k1.PointLength;

    // What a file is opened with: the first half of the agreed X.
    const int SecretLength = 16;

    const int ScalarLength = Secp256k1.ScalarLength;

    // The pair that stands in Mars' own decoder script, and so in many an app's.
    const string SampleOfMars = "d147bac1";

    static readonly BigInteger Order = BigInteger.Parse(
        "0FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141",
        NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    // By value, since not every system's list of named curves has this one's friendly name.
    static readonly ECCurve Curve = ECCurve.CreateFromValue("1.3.132.0.10");

    readonly ECDiffieHellman _key;
    readonly byte[] _scalar;

    XlogKey(string name, byte[] scalar) : base(Word, name, scalar)
    {
        _scalar = scalar;
        _key = ECDiffieHellman.Create(new ECParameters { Curve = Curve, D = scalar });
        var point = _key.ExportParameters(includePrivateParameters: false).Q;
        byte[] whole = [.. point.X!, .. point.Y!];
        PublicPart = Convert.ToHexStringLower(whole);
        Fingerprint = Convert.ToHexStringLower(SHA256.HashData(whole))[..8];
    }

    public override string PublicPart { get; }

    public override string Fingerprint { get; }

    public override bool IsPublished => Fingerprint == SampleOfMars;

    public override string Question => Word;

    /// <summary>Reads a private key; a reason that does not repeat it when it is none.</summary>
    public static bool TryRead(string name, string digits, [NotNullWhen(true)] out XlogKey? key, out string reason)
    {
        (key, reason) = (null, "");
        if (digits.Length == 0) reason = "no key follows the word xlog";
        else if (!digits.All(char.IsAsciiHexDigit)) reason = "an xlog key is written in hexadecimal digits alone";
        else if (digits.Length == 2 * PointLength) reason = "128 digits are a public key; the private one is needed";
        else if (digits.Length > 2 * ScalarLength) reason = "an xlog key has at most 64 digits";
        if (reason.Length > 0) return false;

        // The usual key maker prints no leading zeros.
        var scalar = Convert.FromHexString(digits.PadLeft(2 * ScalarLength, '0'));
        var value = new BigInteger(scalar, isUnsigned: true, isBigEndian: true);
        if (value.IsZero || value >= Order)
        {
            reason = "an xlog key must lie between 0 and the order of secp256k1";
            return false;
        }

        key = new(name, scalar);
        return true;
    }

    /// <summary>A new key, as the digits that stand behind the word.</summary>
    public static string Generate()
    {
        using var pair = ECDiffieHellman.Create(Curve);
        var scalar = pair.ExportParameters(includePrivateParameters: true).D!;
        var digits = Convert.ToHexStringLower(scalar).PadLeft(2 * ScalarLength, '0');
        CryptographicOperations.ZeroMemory(scalar);
        return digits;
    }

    public override IEnumerable<byte[]> Answer(AskedHeader header) =>
        (Secp256k1.IsThere ? AgreeByLibrary(header) : AgreeByRuntime(header)) is { } secret ? [secret] : [];

    /// <summary>What opens the client's files; null when its public key is no point of the curve.</summary>
    internal byte[]? AgreeByLibrary(AskedHeader header)
    {
        Span<byte> agreed = stackalloc byte[ScalarLength];
        var secret = Secp256k1.TryAgree(_scalar, header.Bytes.Span, agreed) ? agreed[..SecretLength].ToArray() : null;
        CryptographicOperations.ZeroMemory(agreed);
        return secret;
    }

    /// <summary>The same, where that library is not installed.</summary>
    internal byte[]? AgreeByRuntime(AskedHeader header) => header.Point is { } client ? Agree(client) : null;

    /// <summary>A client's public key; null when it is no point of the curve.</summary>
    public static ECDiffieHellman? Point(ReadOnlySpan<byte> header)
    {
        if (header.Length != PointLength) return null;
        var point = new ECPoint { X = header[..ScalarLength].ToArray(), Y = header[ScalarLength..].ToArray() };
        try
        {
            return ECDiffieHellman.Create(new ECParameters { Curve = Curve, Q = point });
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    byte[] Agree(ECDiffieHellman client)
    {
        using var point = client.PublicKey;
        lock (_key)
        {
            var agreed = _key.DeriveRawSecretAgreement(point);
            var secret = agreed[..SecretLength];
            CryptographicOperations.ZeroMemory(agreed);
            return secret;
        }
    }
}
