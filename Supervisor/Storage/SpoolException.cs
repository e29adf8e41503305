namespace Decryptor.Supervisor.Storage;

/// <summary>The spool cannot be worked on: a person must do something first. The message says what is wrong.</summary>
sealed class SpoolException(string message, string hint) : Exception(message)
{
    /// <summary>What to do about it.</summary>
    public string Hint => hint;
}
