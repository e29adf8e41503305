using System.Text;
using Decryptor.Protocol;

namespace Decryptor.Supervisor.Keys;

/// <summary>A password, exactly as it stands behind the word and one blank.</summary>
sealed class PasswordKey(string name, string password) : RingKey(Word, name, Encoding.UTF8.GetBytes(password))
{
    /// <summary>The word that begins its line.</summary>
    public const string Word = "password";

    public override string Question => Word;

    internal string Password => password;

    /// <summary>Reads a password; a reason when there is none, or one that no frame can carry.</summary>
    public static PasswordKey? Read(string name, string text, out string reason)
    {
        reason = text.Length == 0 ? "no password follows the word"
            : Encoding.UTF8.GetByteCount(text) > Frame.SecretMax ? $"a password has at most {Frame.SecretMax} bytes"
            : "";
        return reason.Length == 0 ? new(name, text) : null;
    }

    /// <summary>The password as UTF-8: a shared secret, which must itself travel.</summary>
    public override IEnumerable<byte[]> Answer(AskedHeader header) =>
        header.Bytes.IsEmpty ? [Encoding.UTF8.GetBytes(password)] : [];
}
