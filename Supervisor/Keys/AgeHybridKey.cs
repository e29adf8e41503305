using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Kems;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Math.EC.Rfc7748;

namespace Decryptor.Supervisor.Keys;

/// <summary>
/// A post-quantum age identity (<c>AGE-SECRET-KEY-PQ-1…</c>, age 1.3 and later): ML-KEM-768 and Curve25519 side by side
/// (X-Wing), inside HPKE (RFC 9180, base mode, HKDF-SHA256, ChaCha20-Poly1305). The identity is the 32 bytes that both
/// private keys grow from.
/// </summary>
sealed class AgeHybridKey : RingKey
{
    /// <summary>The question: records of encapsulated key (1120) and wrapped file key (32), one a stanza.</summary>
    public const string Asked = "age-mlkem768x25519";

    const string Prefix = "age-secret-key-pq-";
    const int SeedLength = 32, LatticeSeedLength = 64, LatticeLength = 1088, SecretLength = 32;
    const int EncapsulatedLength = LatticeLength + AgeWrap.PointLength;
    const int RecordLength = EncapsulatedLength + AgeWrap.BodyLength;
    const int ShownDigits = 8;

    readonly MLKemPrivateKeyParameters _lattice;
    readonly byte[] _scalar;
    readonly byte[] _public;

    AgeHybridKey(string name, byte[] seed) : base("age-pq", name, seed)
    {
        var grown = Shake256.HashData(seed, LatticeSeedLength + AgeWrap.PointLength);
        _lattice = MLKemPrivateKeyParameters.FromSeed(MLKemParameters.ml_kem_768, grown[..LatticeSeedLength]);
        _scalar = grown[LatticeSeedLength..];
        _public = AgeWrap.PublicOf(_scalar);
        Fingerprint = Bech32.Beginning("age1pq", _lattice.GetPublicKeyEncoded(), ShownDigits);
    }

    /// <summary>The beginning of the public recipient, <c>age1pq1…</c>.</summary>
    public override string Fingerprint { get; }

    public override string PublicPart => Bech32.Encode("age1pq", [.. _lattice.GetPublicKeyEncoded(), .. _public]);

    public override string Question => Asked;

    /// <summary>Whether a line is meant to be such an identity.</summary>
    public static bool Recognises(string line) => line.StartsWith("AGE-SECRET-KEY-PQ-1", StringComparison.Ordinal);

    /// <summary>Reads an identity; a reason that does not repeat it when it is none.</summary>
    public static AgeHybridKey? Read(string name, string line, out string reason)
    {
        var seed = Bech32.Decode(line, Prefix) is { Length: SeedLength } bytes ? bytes : null;
        reason = seed is null ? "an age identity is misspelt: its checksum or its length is wrong" : "";
        return seed is null ? null : new(name, seed);
    }

    public override int Agreements(int headerLength) => headerLength / RecordLength;

    public override IEnumerable<byte[]> Answer(AskedHeader header) =>
        AgeWrap.Records(header.Bytes, RecordLength).Select(record => Open(record.Span)).OfType<byte[]>();

    byte[]? Open(ReadOnlySpan<byte> record)
    {
        var shared = Agree(record[..LatticeLength], record[LatticeLength..EncapsulatedLength]);
        var (key, nonce) = Hpke.Schedule(shared, "age-encryption.org/mlkem768x25519"u8);
        var opened = AgeWrap.Unwrap(key, nonce, record[EncapsulatedLength..]);
        CryptographicOperations.ZeroMemory(shared);
        CryptographicOperations.ZeroMemory(key);
        return opened;
    }

    // X-Wing: one hash over both secrets, the sender's point and ours, and six characters that draw the wing.
    byte[] Agree(ReadOnlySpan<byte> lattice, ReadOnlySpan<byte> point)
    {
        var kem = new MLKemDecapsulator(MLKemParameters.ml_kem_768);
        kem.Init(_lattice);
        var (fromLattice, fromCurve) = (new byte[SecretLength], new byte[SecretLength]);
        kem.Decapsulate(lattice, fromLattice);
        X25519.ScalarMult(_scalar, point, fromCurve);
        return SHA3_256.HashData([.. fromLattice, .. fromCurve, .. point, .. _public, .. @"\.//^\"u8]);
    }
}
