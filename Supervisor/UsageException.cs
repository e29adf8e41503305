namespace Decryptor.Supervisor;

/// <summary>What the person who called us can mend: a message, what to do, and the exit code that says so.</summary>
sealed class UsageException(string message, string hint) : Exception(message)
{
    public string Hint { get; } = hint;

    public int ExitCode { get; init; } = 2;
}
