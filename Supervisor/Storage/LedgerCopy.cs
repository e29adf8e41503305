using Microsoft.Data.Sqlite;

namespace Decryptor.Supervisor.Storage;

/// <summary>
/// A copy of the ledger and of its log in a folder of the reader's own, for who may read the spool and not write it:
/// SQLite reads a ledger only together with a file beside it that it must make or write. Gone when it is disposed of.
/// </summary>
sealed class LedgerCopy : IDisposable
{
    /// <summary>What is told of it.</summary>
    public const string Notice = "the spool may not be written by this user: this is read from a copy of the ledger";

    const long BytesMax = 1L << 30;
    const int TriesMax = 20;
    readonly DirectoryInfo _folder;

    LedgerCopy(DirectoryInfo folder) => _folder = folder;

    /// <summary>Where the copy is.</summary>
    public string Path => System.IO.Path.Combine(_folder.FullName, Spool.LedgerName);

    /// <summary>Whether SQLite's refusal is one that a copy gets around.</summary>
    public static bool Helps(SqliteException refusal)
    {
        const int readOnly = 8, cannotOpen = 14;
        return refusal.SqliteErrorCode is readOnly or cannotOpen;
    }

    /// <summary>Makes a copy that is as whole as a ledger after a crash.</summary>
    public static LedgerCopy Make(string ledger)
    {
        LedgerCopy? copy = null;
        try
        {
            copy = new(Directory.CreateTempSubdirectory("decryptor-"));
            for (var tries = 0; tries < TriesMax; tries++)
            {
                if (copy.Fill(ledger)) return copy;
            }

            throw new LedgerException($"the ledger {ledger} changes too fast to be copied", "try again");
        }
        catch (Exception e)
        {
            copy?.Dispose();
            if (e is not (IOException or UnauthorizedAccessException)) throw;
            throw new LedgerException($"the ledger {ledger} cannot be opened, nor copied: {e.Message}",
                "ask as the service's user, or get the right to read the ledger and its -wal file");
        }
    }

    public void Dispose() => _folder.Delete(recursive: true);

    // The log may grow while it is read, and its half-written end is then left out. What must not happen meanwhile is
    // that pages wander from the log into the file.
    bool Fill(string ledger)
    {
        var before = Stamp(ledger);
        if (before.Length + Length($"{ledger}-wal") > BytesMax)
            throw new LedgerException($"the ledger {ledger} is too large to be copied", "ask as the service's user");
        File.Copy(ledger, Path, overwrite: true);
        if (File.Exists($"{ledger}-wal")) File.Copy($"{ledger}-wal", $"{Path}-wal", overwrite: true);
        else File.Delete($"{Path}-wal");
        return Stamp(ledger) == before;
    }

    static (long Length, DateTime Changed) Stamp(string file) => (Length(file), File.GetLastWriteTimeUtc(file));

    static long Length(string file) => File.Exists(file) ? new FileInfo(file).Length : 0;
}
