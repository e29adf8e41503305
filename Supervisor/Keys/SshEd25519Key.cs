using System.Security.Cryptography;

namespace Decryptor.Supervisor.Keys;

/// <summary>
/// An Ed25519 key of OpenSSH. For age it is moved to Curve25519, and what is agreed upon is multiplied once more by a
/// number made of the public key, so that the ssh key and the age key that it becomes are not the same.
/// </summary>
sealed class SshEd25519Key : RingKey
{
    /// <summary>
    /// The question: records of tag (4), share (32) and wrapped file key (32), one a stanza. The tag is the beginning
    /// of the public key's SHA-256.
    /// </summary>
    public const string Asked = "age-ssh-ed25519";

    /// <summary>What OpenSSH calls this kind of key.</summary>
    public const string Kind25519 = "ssh-ed25519";

    const int SeedLength = 32;
    const int RecordLength = SshWire.TagLength + AgeWrap.PointLength + AgeWrap.BodyLength;

    readonly byte[] _scalar;
    readonly byte[] _public;
    readonly byte[] _tweak = new byte[AgeWrap.PointLength];
    readonly byte[] _tag;

    SshEd25519Key(string name, byte[] seed, byte[] publicBlob) : base(Kind25519, name, seed)
    {
        _scalar = SHA512.HashData(seed)[..AgeWrap.PointLength];
        _public = AgeWrap.PublicOf(_scalar);

        // HKDF of nothing, salted with the public key. OpenSSL refuses to extract from nothing, so it is said in HMAC.
        HKDF.Expand(HashAlgorithmName.SHA256, HMACSHA256.HashData(publicBlob, ""u8), _tweak, Label);
        (_tag, Fingerprint) = (SshWire.Tag(publicBlob), SshWire.Shown(publicBlob));
    }

    /// <summary>The first characters of what <c>ssh-keygen -l</c> prints.</summary>
    public override string Fingerprint { get; }

    public override string Question => Asked;

    static ReadOnlySpan<byte> Label => "age-encryption.org/v1/ssh-ed25519"u8;

    /// <summary>
    /// Reads the private part of a key file, behind the kind's name; null where it is none.
    /// </summary>
    public static SshEd25519Key? Read(string name, ref SshWire fields, byte[] publicBlob)
    {
        var own = fields.Text();
        var both = fields.Text();
        if (own.Length != AgeWrap.PointLength || both.Length != SeedLength + AgeWrap.PointLength) return null;
        return both[SeedLength..].SequenceEqual(own) ? new(name, both[..SeedLength].ToArray(), publicBlob) : null;
    }

    public override int Agreements(int headerLength) => headerLength / RecordLength;

    public override IEnumerable<byte[]> Answer(AskedHeader header) =>
        AgeWrap.Records(header.Bytes, RecordLength).Select(record => Open(record.Span)).OfType<byte[]>();

    byte[]? Open(ReadOnlySpan<byte> record)
    {
        if (!record.StartsWith(_tag)) return null;
        var share = record.Slice(SshWire.TagLength, AgeWrap.PointLength);
        if (AgeWrap.Agree(_scalar, share) is not { } agreed || AgeWrap.Agree(_tweak, agreed) is not { } tweaked)
            return null;
        return AgeWrap.Unwrap(tweaked, share, _public, Label, record[(SshWire.TagLength + share.Length)..]);
    }
}
