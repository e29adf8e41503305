using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Math.EC.Rfc7748;

namespace Decryptor.Samples;

/// <summary>
/// Writes age files (age-encryption.org/v1) for any number of receivers or a password. Written from the specification
/// alone, apart from the decoder, so that the two can judge each other. One encoder writes one file.
/// </summary>
sealed class AgeEncoder
{
    internal const int ChunkBytes = 64 * 1024;

    const int Columns = 64;

    readonly Random _random;
    readonly byte[] _fileKey;
    readonly StringBuilder _stanzas = new();

    internal AgeEncoder(Random random)
    {
        _random = random;
        _fileKey = Bytes(16);
    }

    internal byte[] FileKey => _fileKey;

    /// <summary>Lets the holder of a public key open the file.</summary>
    internal AgeEncoder For(byte[] receiver)
    {
        var (ephemeral, share, agreed) = (Bytes(32), new byte[32], new byte[32]);
        X25519.ScalarMultBase(ephemeral, share);
        X25519.ScalarMult(ephemeral, receiver, agreed);
        var key = HKDF.DeriveKey(HashAlgorithmName.SHA256, agreed, 32, [.. share, .. receiver],
            "age-encryption.org/v1/X25519"u8.ToArray());
        return Stanza($"X25519 {Base64(share)}", Wrap(key));
    }

    /// <summary>Lets whoever knows a password open the file, with scrypt of N = 2^<paramref name="log"/>.</summary>
    internal AgeEncoder ForPassword(string password, int log)
    {
        var salt = Bytes(16);
        var key = SCrypt.Generate(Encoding.UTF8.GetBytes(password), [.. "age-encryption.org/v1/scrypt"u8, .. salt],
            1 << log, 8, 1, 32);
        return Stanza(string.Create(CultureInfo.InvariantCulture, $"scrypt {Base64(salt)} {log}"), Wrap(key));
    }

    /// <summary>Adds a stanza of any kind.</summary>
    internal AgeEncoder Stanza(string arguments, byte[] body)
    {
        _stanzas.Append(CultureInfo.InvariantCulture, $"-> {arguments}\n");
        var text = Base64(body);
        for (var at = 0; at <= text.Length; at += Columns)
            _stanzas.Append(text, at, Math.Min(Columns, text.Length - at)).Append('\n');
        return this;
    }

    /// <summary>The whole file.</summary>
    internal byte[] Seal(ReadOnlySpan<byte> text)
    {
        var file = new MemoryStream();
        Seal(new MemoryStream(text.ToArray()), file);
        return file.ToArray();
    }

    /// <summary>The same of a text of any length.</summary>
    internal void Seal(Stream text, Stream file)
    {
        var header = Encoding.ASCII.GetBytes($"age-encryption.org/v1\n{_stanzas}---");
        var key = HKDF.DeriveKey(HashAlgorithmName.SHA256, _fileKey, 32, [], "header"u8.ToArray());
        file.Write(header);
        file.Write(Encoding.ASCII.GetBytes($" {Base64(HMACSHA256.HashData(key, header))}\n"));
        var nonce = Bytes(16);
        file.Write(nonce);
        WriteChunks(file, HKDF.DeriveKey(HashAlgorithmName.SHA256, _fileKey, 32, nonce, "payload"u8.ToArray()), text);
    }

    /// <summary>The file in letters, as it is sent by mail.</summary>
    internal static string Armor(byte[] file, string newline = "\n")
    {
        var lines = Convert.ToBase64String(file).Chunk(Columns).Select(line => new string(line));
        string[] all = ["-----BEGIN AGE ENCRYPTED FILE-----", .. lines, "-----END AGE ENCRYPTED FILE-----", ""];
        return string.Join(newline, all);
    }

    internal static string Base64(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=');

    static void WriteChunks(Stream file, byte[] key, Stream text)
    {
        using var cipher = new ChaCha20Poly1305(key);
        var (chunk, next, nonce) = (new byte[ChunkBytes], new byte[ChunkBytes], new byte[12]);
        var count = text.ReadAtLeast(chunk, ChunkBytes, throwOnEndOfStream: false);
        for (var number = 0; ; number++)
        {
            var following = text.ReadAtLeast(next, ChunkBytes, throwOnEndOfStream: false);
            BinaryPrimitives.WriteInt32BigEndian(nonce.AsSpan(7), number);
            nonce[11] = following == 0 ? (byte)1 : (byte)0;
            var (secret, tag) = (new byte[count], new byte[16]);
            cipher.Encrypt(nonce, chunk.AsSpan(0, count), secret, tag);
            file.Write(secret);
            file.Write(tag);
            if (following == 0) return;
            (chunk, next, count) = (next, chunk, following);
        }
    }

    byte[] Wrap(byte[] key)
    {
        using var cipher = new ChaCha20Poly1305(key);
        var (secret, tag) = (new byte[16], new byte[16]);
        cipher.Encrypt(new byte[12], _fileKey, secret, tag);
        return [.. secret, .. tag];
    }

    byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        _random.NextBytes(bytes);
        return bytes;
    }
}
