namespace Decryptor.Supervisor.Cli.Reading;

/// <summary>What the first line of an entry says of it. Places are bytes from the entry's beginning.</summary>
struct EntryHead()
{
    public EntryTime Time;
    public LogLevel Level;
    public int TagAt;
    public int TagLength;

    /// <summary>Where the message begins.</summary>
    public int MessageAt;

    /// <summary>The process; -1 where the line names none.</summary>
    public int Pid = -1;

    /// <summary>The thread; -1 where the line names none.</summary>
    public int Tid = -1;

    /// <summary>True for a line of Logan, which is a JSON object.</summary>
    public bool IsLogan;
}
