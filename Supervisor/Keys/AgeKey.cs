using System.Security.Cryptography;

namespace Decryptor.Supervisor.Keys;

/// <summary>
/// An age identity on Curve25519 (<c>AGE-SECRET-KEY-1…</c>). It opens the <c>X25519</c> stanzas of a file and gives
/// away the file's own key alone.
/// </summary>
sealed class AgeKey : RingKey
{
    /// <summary>The question: records of share (32) and wrapped file key (32), one a stanza.</summary>
    public const string Asked = "age-x25519";

    const string Prefix = "age-secret-key-";
    const int RecordLength = AgeWrap.PointLength + AgeWrap.BodyLength;
    const int ShownDigits = 8;

    readonly byte[] _scalar;
    readonly byte[] _public;

    AgeKey(string name, byte[] scalar) : base("age", name, scalar)
    {
        (_scalar, _public) = (scalar, AgeWrap.PublicOf(scalar));
        Fingerprint = Bech32.Beginning("age", _public, ShownDigits);
    }

    /// <summary>The beginning of the public recipient, <c>age1…</c>.</summary>
    public override string Fingerprint { get; }

    public override string PublicPart => Bech32.Encode("age", _public);

    public override string Question => Asked;

    /// <summary>Whether a line is meant to be such an identity.</summary>
    public static bool Recognises(string line) => line.StartsWith("AGE-SECRET-KEY-1", StringComparison.Ordinal);

    /// <summary>Reads an identity; a reason that does not repeat it when it is none.</summary>
    public static AgeKey? Read(string name, string line, out string reason)
    {
        var scalar = Bech32.Decode(line, Prefix) is { Length: AgeWrap.PointLength } bytes ? bytes : null;
        reason = scalar is null ? "an age identity is misspelt: its checksum or its length is wrong" : "";
        return scalar is null ? null : new(name, scalar);
    }

    /// <summary>A new identity, as its line stands in a file.</summary>
    public static string Generate()
    {
        Span<byte> scalar = stackalloc byte[AgeWrap.PointLength];
        RandomNumberGenerator.Fill(scalar);
        var line = Bech32.Encode(Prefix, scalar).ToUpperInvariant();
        CryptographicOperations.ZeroMemory(scalar);
        return line;
    }

    public override int Agreements(int headerLength) => headerLength / RecordLength;

    public override IEnumerable<byte[]> Answer(AskedHeader header) =>
        AgeWrap.Records(header.Bytes, RecordLength).Select(record => Open(record.Span)).OfType<byte[]>();

    byte[]? Open(ReadOnlySpan<byte> record)
    {
        var share = record[..AgeWrap.PointLength];
        return AgeWrap.Agree(_scalar, share) is { } agreed
            ? AgeWrap.Unwrap(agreed, share, _public, "age-encryption.org/v1/X25519"u8, record[share.Length..])
            : null;
    }
}
