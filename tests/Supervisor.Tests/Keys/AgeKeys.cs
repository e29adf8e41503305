using System.Security.Cryptography;
using Decryptor.Samples;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Utilities;

namespace Decryptor.Supervisor.Tests.Keys;

/// <summary>Private keys made for the tests; they guard nothing.</summary>
static class AgeKeys
{
    internal static readonly AgePair Pair = new(new Random(11));

    static readonly RSA Rsa = RSA.Create(2048);

    internal static string Identity => Pair.Identity;

    internal static string HybridIdentity =>
        AgePair.Bech32("age-secret-key-pq-", new AgePair(new Random(12)).Private).ToUpperInvariant();

    internal static Ed25519PrivateKeyParameters Ed25519 => new(new AgePair(new Random(13)).Private);

    internal static string RsaPem => Rsa.ExportRSAPrivateKeyPem();

    internal static string EncryptedPem(string password) => Rsa.ExportEncryptedPkcs8PrivateKeyPem(password,
        new(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000));

    internal static string EcPem
    {
        get
        {
            using var key = ECDsa.Create();
            return key.ExportPkcs8PrivateKeyPem();
        }
    }

    internal static string OpenSsh(AsymmetricKeyParameter key) =>
        PemEncoding.WriteString("OPENSSH PRIVATE KEY", OpenSshPrivateKeyUtilities.EncodePrivateKey(key));
}
