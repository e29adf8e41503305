using System.Security.Cryptography;
using Org.BouncyCastle.Math.EC.Rfc7748;

namespace Decryptor.Supervisor.Keys;

/// <summary>
/// How an age file key is wrapped for a public key, whatever the kind of key: ChaCha20-Poly1305 around 16 bytes.
/// </summary>
static class AgeWrap
{
    /// <summary>A wrapped file key, its tag included.</summary>
    public const int BodyLength = FileKeyLength + TagLength;

    /// <summary>A public key or a share on Curve25519.</summary>
    public const int PointLength = 32;

    const int FileKeyLength = 16, TagLength = 16, NonceLength = 12, WrapKeyLength = 32;

    /// <summary>The records that a header is made of; none where it is no whole number of them.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Records(ReadOnlyMemory<byte> header, int length)
    {
        if (header.Length % length != 0) yield break;
        for (var at = 0; at < header.Length; at += length) yield return header.Slice(at, length);
    }

    /// <summary>
    /// What a key and a share on Curve25519 agree upon; null for a share that makes every key agree upon zeros.
    /// </summary>
    public static byte[]? Agree(ReadOnlySpan<byte> scalar, ReadOnlySpan<byte> share)
    {
        var agreed = new byte[PointLength];
        return X25519.CalculateAgreement(scalar, share, agreed) ? agreed : null;
    }

    /// <summary>The public key of a private one.</summary>
    public static byte[] PublicOf(ReadOnlySpan<byte> scalar)
    {
        var point = new byte[PointLength];
        X25519.ScalarMultBase(scalar, point);
        return point;
    }

    /// <summary>
    /// The file key in a body that was wrapped with what was agreed upon; null where this is not the key. The salt is
    /// the sender's share and the receiver's public key.
    /// </summary>
    public static byte[]? Unwrap(byte[] agreed, ReadOnlySpan<byte> share, byte[] own, ReadOnlySpan<byte> label,
        ReadOnlySpan<byte> body)
    {
        Span<byte> key = stackalloc byte[WrapKeyLength];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, agreed, key, [.. share, .. own], label);
        var opened = Unwrap(key, stackalloc byte[NonceLength], body);
        CryptographicOperations.ZeroMemory(key);
        CryptographicOperations.ZeroMemory(agreed);
        return opened;
    }

    /// <summary>The file key in a body; null where this is not the key.</summary>
    public static byte[]? Unwrap(ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> body)
    {
        if (body.Length != BodyLength) return null;
        var fileKey = new byte[FileKeyLength];
        try
        {
            using var cipher = new ChaCha20Poly1305(key);
            cipher.Decrypt(nonce, body[..FileKeyLength], body[FileKeyLength..], fileKey);
            return fileKey;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }
}
