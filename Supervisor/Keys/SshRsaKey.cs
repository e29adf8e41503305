using System.Security.Cryptography;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.Encodings;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Math;

namespace Decryptor.Supervisor.Keys;

/// <summary>
/// An RSA key, of OpenSSH or in PEM. age wraps the file key for it by RSA-OAEP with SHA-256 and a label, which the
/// runtime's own RSA does not know.
/// </summary>
sealed class SshRsaKey : RingKey
{
    /// <summary>The question: one record of tag (4) and wrapped file key, as long as the modulus.</summary>
    public const string Asked = "age-ssh-rsa";

    /// <summary>What OpenSSH calls this kind of key.</summary>
    public const string KindRsa = "ssh-rsa";

    const int FileKeyLength = 16, BitsMin = 1024, BitsMax = 16384;

    readonly RsaPrivateCrtKeyParameters _key;
    readonly byte[] _tag;

    SshRsaKey(string name, RsaPrivateCrtKeyParameters key) : base(KindRsa, name, key.Exponent.ToByteArray())
    {
        var publicBlob = SshWire.RsaPublic(key.PublicExponent.ToByteArray(), key.Modulus.ToByteArray());
        (_key, _tag, Fingerprint) = (key, SshWire.Tag(publicBlob), SshWire.Shown(publicBlob));
    }

    /// <summary>The first characters of what <c>ssh-keygen -l</c> prints.</summary>
    public override string Fingerprint { get; }

    public override string Question => Asked;

    /// <summary>Reads the private part of a key file, behind the kind's name; null where it is none.</summary>
    public static SshRsaKey? Read(string name, ref SshWire fields)
    {
        var (n, e, d) = (Number(fields.Text()), Number(fields.Text()), Number(fields.Text()));
        var (inverse, p, q) = (Number(fields.Text()), Number(fields.Text()), Number(fields.Text()));
        return fields.Failed || p.BitLength < 2 || q.BitLength < 2 ? null : Make(name, () =>
            new(n, e, d, p, q, d.Mod(p.Subtract(BigInteger.One)), d.Mod(q.Subtract(BigInteger.One)), inverse));
    }

    /// <summary>Takes in a key that the runtime has read.</summary>
    public static SshRsaKey? Read(string name, RSAParameters key) => Make(name, () =>
        new(Number(key.Modulus), Number(key.Exponent), Number(key.D), Number(key.P), Number(key.Q), Number(key.DP),
            Number(key.DQ), Number(key.InverseQ)));

    public override IEnumerable<byte[]> Answer(AskedHeader header) =>
        header.Bytes.Span.StartsWith(_tag)
            && Open(header.Bytes[_tag.Length..].ToArray()) is { Length: FileKeyLength } fileKey ? [fileKey] : [];

    static BigInteger Number(ReadOnlySpan<byte> bytes) =>
        bytes.IsEmpty ? BigInteger.Zero : new(1, bytes);

    static SshRsaKey? Make(string name, Func<RsaPrivateCrtKeyParameters> key)
    {
        try
        {
            return key() is { Modulus.BitLength: >= BitsMin and <= BitsMax } sound ? new(name, sound) : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    byte[]? Open(byte[] body)
    {
        try
        {
            var cipher = new OaepEncoding(new RsaBlindedEngine(), new Sha256Digest(), new Sha256Digest(),
                "age-encryption.org/v1/ssh-rsa"u8.ToArray());
            cipher.Init(false, _key);
            return cipher.ProcessBlock(body, 0, body.Length);
        }
        catch (CryptoException)
        {
            return null;
        }
    }
}
