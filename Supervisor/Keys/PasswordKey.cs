using System.Text;

namespace Decryptor.Supervisor.Keys;

/// <summary>A password, exactly as it stands behind the word and one blank.</summary>
sealed class PasswordKey(string name, string password) : RingKey(Word, name, Encoding.UTF8.GetBytes(password))
{
    /// <summary>The word that begins its line.</summary>
    public const string Word = "password";

    internal string Password => password;
}
