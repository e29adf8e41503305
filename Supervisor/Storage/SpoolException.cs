namespace Decryptor.Supervisor.Storage;

/// <summary>The spool cannot be worked on: a person must do something first. The message says what is wrong.</summary>
sealed class SpoolException(string message, string hint) : Exception(message)
{
    /// <summary>What to do about it.</summary>
    public string Hint => hint;

    /// <summary>78, or 73 where it is only room that is wanting.</summary>
    public int ExitCode { get; private init; } = 78;

    /// <summary>What the disk has refused, and what to do about it unless the disk is full.</summary>
    public static SpoolException Of(string message, IOException why, string hint) => DiskTrouble.IsFull(why)
        ? new(message, DiskTrouble.MakeRoom) { ExitCode = DiskTrouble.ExitCodeOf(why) }
        : new(message, hint);
}
