using System.Security.Cryptography;
using System.Text;

namespace Decryptor.Supervisor.Keys;

/// <summary>
/// A private key file as <c>ssh-keygen</c> writes it (OpenSSH's <c>PROTOCOL.key</c>): PEM around a magic, the name of a
/// cipher, the public key and the private one.
/// </summary>
static class OpenSshFile
{
    const string PemLabel = "OPENSSH PRIVATE KEY";

    /// <summary>The key; null with a reason that does not repeat it.</summary>
    public static RingKey? Read(string name, string text, out string reason)
    {
        reason = "it is damaged";
        if (Decode(text) is not { } blob) return null;
        var file = new SshWire(blob);
        if (!file.Take(Magic.Length).SequenceEqual(Magic)) return null;
        var cipher = file.Text();
        file.Text();
        file.Text();
        var count = file.Number();
        var publicBlob = file.Text();
        if (file.Failed || count != 1) return null;
        if (cipher.SequenceEqual("none"u8)) return ReadClear(name, file.Text(), publicBlob, ref reason);
        reason = "it is protected by a passphrase; take that away from a copy with ssh-keygen -p";
        return null;
    }

    static ReadOnlySpan<byte> Magic => "openssh-key-v1\0"u8;

    static byte[]? Decode(string text)
    {
        if (!PemEncoding.TryFind(text, out var fields) || text[fields.Label] != PemLabel) return null;
        return Convert.FromBase64String(text[fields.Base64Data]);
    }

    static RingKey? ReadClear(string name, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> publicBlob, ref string reason)
    {
        var fields = new SshWire(secret);
        if (fields.Number() != fields.Number() || fields.Failed) return null;
        var kind = Encoding.ASCII.GetString(fields.Text());
        if (kind == SshEd25519Key.Kind25519) return SshEd25519Key.Read(name, ref fields, publicBlob.ToArray());
        if (kind == SshRsaKey.KindRsa) return SshRsaKey.Read(name, ref fields);
        reason = "it is neither an Ed25519 nor an RSA key, and no other opens anything here";
        return null;
    }
}
