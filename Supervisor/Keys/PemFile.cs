using System.Security.Cryptography;

namespace Decryptor.Supervisor.Keys;

/// <summary>A private RSA key in PEM, as PKCS #1 or PKCS #8, the latter also protected by a password.</summary>
static class PemFile
{
    /// <summary>Whether a file can be opened only with a password.</summary>
    public static bool IsProtected(string text) =>
        PemEncoding.TryFind(text, out var fields) && text[fields.Label] == "ENCRYPTED PRIVATE KEY";

    /// <summary>The key; null with a reason that does not repeat it.</summary>
    public static RingKey? Read(string name, string text, out string reason)
    {
        reason = text.Contains("Proc-Type: 4,ENCRYPTED", StringComparison.Ordinal)
            ? "it is protected in a way that is no longer used; rewrite it with openssl pkcs8 -topk8"
            : "it holds no sound RSA key, and no other kind of PEM key opens anything here";
        return Import(name, key => key.ImportFromPem(text));
    }

    /// <summary>The key, unlocked by a password; null when that is not the password.</summary>
    public static RingKey? Unlock(string name, string text, string password) =>
        Import(name, key => key.ImportFromEncryptedPem(text, password));

    static SshRsaKey? Import(string name, Action<RSA> import)
    {
        using var key = RSA.Create();
        try
        {
            import(key);
            return SshRsaKey.Read(name, key.ExportParameters(includePrivateParameters: true));
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            return null;
        }
    }
}
