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

    /// <summary>Whether the same may go well later, without anything done to the ledger.</summary>
    public bool MayPass { get; private init; }

    /// <summary>Whether the file itself is broken.</summary>
    public bool IsDamaged { get; init; }

    /// <summary>What SQLite's refusal means for a person.</summary>
    public static LedgerException Of(string path, SqliteException e)
    {
        const int busy = 5, locked = 6, readOnly = 8, ioError = 10, corrupt = 11, full = 13;
        const int cannotOpen = 14, notALedger = 26;
        // The one place where SQLite meets a full disk and calls it an I/O error: making room for its index of the log.
        const int noRoomForIndex = 4874;
        // Somebody has moved or removed the file from under us: that passes only with a new start.
        const int movedAway = 1032;
        var error = e.SqliteExtendedErrorCode == noRoomForIndex ? full : e.SqliteErrorCode;
        var (what, hint) = error switch
        {
            busy or locked => ("is held by another program", "end whatever has the file open"),
            readOnly or cannotOpen => ("cannot be opened", "check its owner, its permissions and the disk"),
            ioError => ("cannot be read or written: the disk refuses", "check the disk and the kernel's log"),
            corrupt or notALedger => ("is damaged",
                "start the service again: it moves the file aside and takes in anew what lies in the spool"),
            full => ("cannot be written: the disk is full", DiskTrouble.MakeRoom),
            _ => ("cannot be used", "see the message"),
        };
        return new($"the ledger {path} {what} ({e.Message.TrimEnd('.')})", hint, e)
        {
            IsFull = error == full,
            MayPass = error is busy or locked or readOnly or ioError or full or cannotOpen
                && e.SqliteExtendedErrorCode != movedAway,
            IsDamaged = error is corrupt or notALedger,
        };
    }
}
