using System.Security.Cryptography;

namespace Decryptor.Supervisor.Keys;

/// <summary>
/// The key schedule of HPKE (RFC 9180, section 5.1) in base mode, for the one suite that age uses: MLKEM768-X25519
/// (0x647a), HKDF-SHA256 and ChaCha20-Poly1305. Only the first message's key and nonce are needed.
/// </summary>
static class Hpke
{
    const byte BaseMode = 0;
    const int KeyLength = 32, NonceLength = 12;

    static readonly byte[] Suite = [.. "HPKE"u8, 0x64, 0x7a, 0, 1, 0, 3];

    /// <summary>Key and nonce that open the first message.</summary>
    public static (byte[] Key, byte[] Nonce) Schedule(byte[] shared, ReadOnlySpan<byte> info)
    {
        byte[] bound = [BaseMode, .. Extract([], "psk_id_hash"u8, []), .. Extract([], "info_hash"u8, info)];
        var secret = Extract(shared, "secret"u8, []);
        return (Expand(secret, "key"u8, bound, KeyLength), Expand(secret, "base_nonce"u8, bound, NonceLength));
    }

    static byte[] Extract(byte[] salt, ReadOnlySpan<byte> label, ReadOnlySpan<byte> input) =>
        HKDF.Extract(HashAlgorithmName.SHA256, [.. "HPKE-v1"u8, .. Suite, .. label, .. input], salt);

    static byte[] Expand(byte[] secret, ReadOnlySpan<byte> label, byte[] bound, byte length) =>
        HKDF.Expand(HashAlgorithmName.SHA256, secret, length,
            [0, length, .. "HPKE-v1"u8, .. Suite, .. label, .. bound]);
}
