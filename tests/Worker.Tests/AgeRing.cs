using System.Security.Cryptography;
using System.Text;
using Decryptor.Protocol;
using Decryptor.Worker.Formats;
using Org.BouncyCastle.Math.EC.Rfc7748;

namespace Decryptor.Worker.Tests;

/// <summary>
/// Answers questions about age as the supervisor does: with identities on Curve25519, passwords, and for other kinds
/// the file key that the test knows.
/// </summary>
sealed class AgeRing
{
    const string Alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    static readonly Attempt Attempt = new(1, 1, new(1, 1));

    readonly List<(string Name, byte[] Scalar)> _identities = [];
    readonly List<KeyCandidate> _passwords = [];

    internal int Asked { get; private set; }

    /// <summary>What opens stanzas of other kinds; null where the ring has keys of that kind and none fits.</summary>
    internal Dictionary<string, byte[]?> FileKeys { get; } = [];

    /// <summary>How many keys it has before the others, of which none fits.</summary>
    internal int Strangers { get; init; }

    internal int QuestionsMax { get; init; } = int.MaxValue;

    internal AgeRing Identity(string name, string text)
    {
        var digits = text[(text.LastIndexOf('1') + 1)..^6].ToLowerInvariant();
        var bits = string.Concat(digits.Select(each =>
            Convert.ToString(Alphabet.IndexOf(each, StringComparison.Ordinal), 2).PadLeft(5, '0')));
        return Identity(name, [.. bits.Chunk(8).Take(32).Select(eight => Convert.ToByte(new string(eight), 2))]);
    }

    internal AgeRing Identity(string name, byte[] scalar)
    {
        _identities.Add((name, scalar));
        return this;
    }

    internal AgeRing Password(string name, string password)
    {
        _passwords.Add(new(name, Encoding.UTF8.GetBytes(password)));
        return this;
    }

    internal Keys? Answer(string format, ReadOnlyMemory<byte> header)
    {
        Assert.That(header.Length, Is.LessThanOrEqualTo(Frame.HeaderMax));
        if (++Asked > QuestionsMax) return null;
        if (format == "password") return new(Attempt, Asked, _passwords.Count, _passwords);
        if (format == "age-x25519") return new(Attempt, Asked, Strangers + _identities.Count, Agree(header));
        if (!FileKeys.TryGetValue(format, out var fileKey)) return new(Attempt, Asked, 0, []);
        return new(Attempt, Asked, 1, fileKey is null ? [] : [new("known", fileKey)]);
    }

    KeyCandidate[] Agree(ReadOnlyMemory<byte> header)
    {
        Assert.That(header.Length % 64, Is.Zero);
        var keys = Strangers + _identities.Count;
        if (header.Length / 64 * keys > Math.Max(4096, keys)) return [];
        return [.. from key in _identities
                   from at in Enumerable.Range(0, header.Length / 64)
                   let opened = Open(key.Scalar, header.Span.Slice(64 * at, 64))
                   where opened is not null
                   select new KeyCandidate(key.Name, opened)];
    }

    static byte[]? Open(byte[] scalar, ReadOnlySpan<byte> record)
    {
        var (own, agreed, fileKey) = (new byte[32], new byte[32], new byte[16]);
        X25519.ScalarMultBase(scalar, own);
        if (!X25519.CalculateAgreement(scalar, record[..32], agreed)) return null;
        using var cipher = new ChaCha20Poly1305(HKDF.DeriveKey(HashAlgorithmName.SHA256, agreed, 32,
            [.. record[..32], .. own], "age-encryption.org/v1/X25519"u8.ToArray()));
        try
        {
            cipher.Decrypt(new byte[12], record[32..48], record[48..], fileKey);
            return fileKey;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }
}

/// <summary>One age file opened: what was released, what was refused and where.</summary>
sealed class AgeTrial
{
    internal AgeTrial(Stream file, AgeRing ring, int bufferBytes = 100_000, int scryptLog = 20)
    {
        var limits = Trial.Usual with { ScryptLog = scryptLog };
        using var outer = new Lookahead(file);
        try
        {
            using var layer = Formats.Age.AgeLayer.Open(outer,
                new Resources(new Budget(limits), limits, ring.Answer, "", null), Findings);
            Opened = true;
            var buffer = new byte[bufferBytes];
            for (int count; (count = layer.Read(buffer)) > 0;) Text.Write(buffer, 0, count);
            Assert.That(layer.Read(buffer), Is.Zero, "an end stays one");
        }
        catch (Refusal refusal)
        {
            Refusal = refusal;
        }
    }

    internal AgeTrial(byte[] file, AgeRing ring, int bufferBytes = 100_000, int scryptLog = 20)
        : this(new MemoryStream(file), ring, bufferBytes, scryptLog)
    {
    }

    internal Findings Findings { get; } = new();

    /// <summary>Whether the header let it go on to the payload.</summary>
    internal bool Opened { get; }

    internal Refusal? Refusal { get; }

    internal MemoryStream Text { get; } = new();

    /// <summary>The refusal's code; empty for none.</summary>
    internal string Code => Refusal?.Code.Name ?? "";

    internal string Sum => Convert.ToHexStringLower(SHA256.HashData(Text.ToArray()));
}
