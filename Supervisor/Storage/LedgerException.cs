using Microsoft.Data.Sqlite;

namespace Decryptor.Supervisor.Storage;

/// <summary>
/// The ledger cannot be read or written. The message says why in words, the hint what to do about it.
/// </summary>
sealed class LedgerException : Exception
{
    public LedgerException(string message, string hint) : base(message) => Hint = hint;

    LedgerException(string message, string hint, Exception inner) : base(message, inner) => Hint = hint;

    /// <summary>What to do about it.</summary>
    public string Hint { get; }

    /// <summary>Whether it is only room that is wanting.</summary>
    public bool IsFull { get; private init; }

    /// <summary>What SQLite's refusal means for a person.</summary>
    public static LedgerException Of(string path, SqliteException e)
    {
        const int busy = 5, readOnly = 8, ioError = 10, corrupt = 11, full = 13, cannotOpen = 14, notALedger = 26;
        // The one place where SQLite meets a full disk and calls it an I/O error: making room for its index of the log.
        const int noRoomForIndex = 4874;
        var error = e.SqliteExtendedErrorCode == noRoomForIndex ? full : e.SqliteErrorCode;
        var (what, hint) = error switch
        {
            busy => ("is held by another program", "end whatever has the file open"),
            readOnly or cannotOpen => ("cannot be opened", "check its owner, its permissions and the disk"),
            ioError => ("cannot be read or written: the disk refuses", "check the disk and the kernel's log"),
            corrupt or notALedger => ("is damaged", "move it away: the inputs in the spool are then taken in anew"),
            full => ("cannot be written: the disk is full", DiskTrouble.MakeRoom),
            _ => ("cannot be used", "see the message"),
        };
        var isFull = error == full;
        return new($"the ledger {path} {what} ({e.Message.TrimEnd('.')})", hint, e) { IsFull = isFull };
    }
}
