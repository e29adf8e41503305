using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Decryptor.Supervisor.Keys;

/// <summary>
/// The binary form of OpenSSH (RFC 4251, section 5): fields of a length in four bytes, big end first, and that many
/// bytes. A field that is not there is empty, and <see cref="Failed"/> says so.
/// </summary>
ref struct SshWire(ReadOnlySpan<byte> bytes)
{
    /// <summary>By how much of the public key's SHA-256 age names a receiver.</summary>
    public const int TagLength = 4;

    const int ShownCharacters = 8;

    ReadOnlySpan<byte> _rest = bytes;

    /// <summary>Whether a field was asked for that is not there.</summary>
    public bool Failed { get; private set; }

    /// <summary>The next four bytes as a number.</summary>
    public uint Number() => BinaryPrimitives.TryReadUInt32BigEndian(Take(sizeof(uint)), out var number) ? number : 0;

    /// <summary>The next field.</summary>
    public ReadOnlySpan<byte> Text()
    {
        var length = Number();
        return Take(length > int.MaxValue ? int.MaxValue : (int)length);
    }

    /// <summary>The next bytes.</summary>
    public ReadOnlySpan<byte> Take(int count)
    {
        if (count > _rest.Length)
        {
            Failed = true;
            _rest = [];
            return [];
        }

        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }

    /// <summary>A public RSA key, of numbers with a leading zero where the first bit is set.</summary>
    public static byte[] RsaPublic(byte[] exponent, byte[] modulus) =>
        [.. Field("ssh-rsa"u8), .. Field(exponent), .. Field(modulus)];

    /// <summary>By what age names the receiver with this public key.</summary>
    public static byte[] Tag(byte[] publicBlob) => SHA256.HashData(publicBlob)[..TagLength];

    /// <summary>The first characters of what <c>ssh-keygen -l</c> prints of this public key.</summary>
    public static string Shown(byte[] publicBlob) =>
        Convert.ToBase64String(SHA256.HashData(publicBlob))[..ShownCharacters];

    static byte[] Field(ReadOnlySpan<byte> text)
    {
        var field = new byte[sizeof(uint) + text.Length];
        BinaryPrimitives.WriteInt32BigEndian(field, text.Length);
        text.CopyTo(field.AsSpan(sizeof(uint)));
        return field;
    }
}
