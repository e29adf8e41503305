namespace Decryptor.Supervisor.Keys;

/// <summary>
/// The key ring cannot be used until a person mends it. Neither the message nor the hint ever holds a secret.
/// </summary>
sealed class KeyRingException(string message, string hint) : Exception(message)
{
    /// <summary>What to do about it.</summary>
    public string Hint => hint;
}
