using Microsoft.Data.Sqlite;

namespace Decryptor.Supervisor.Storage;

/// <summary>
/// The ledger's tables, as numbered steps: a ledger is brought up to date by the steps that it lacks, in one
/// transaction. A step that was ever released is never changed. Times are UTC ticks of 100 ns since the year 1.
/// </summary>
static class Schema
{
    static readonly string[] Steps =
    [
        """
        CREATE TABLE job (
            id INTEGER PRIMARY KEY CHECK (id > 0),
            source TEXT NOT NULL,
            tenant TEXT NOT NULL,
            outside TEXT,
            bytes INTEGER NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('Undecrypted', 'Decrypting', 'Completed', 'Failed')),
            attempts INTEGER NOT NULL,
            deaths INTEGER NOT NULL,
            outages INTEGER NOT NULL,
            worker TEXT,
            arrived INTEGER NOT NULL,
            started INTEGER,
            ended INTEGER,
            outcome TEXT CHECK (outcome IN ('complete', 'partial', 'failed')),
            code TEXT NOT NULL,
            text TEXT NOT NULL,
            hint TEXT NOT NULL,
            bytes_out INTEGER NOT NULL,
            blocks_total INTEGER NOT NULL,
            blocks_ok INTEGER NOT NULL,
            blocks_bad INTEGER NOT NULL,
            CHECK (state <> 'Completed' OR outcome IN ('complete', 'partial')),
            CHECK (state <> 'Failed' OR (outcome = 'failed' AND code <> ''))
        ) STRICT;
        CREATE INDEX job_by_state ON job (state, id);
        CREATE INDEX job_by_code ON job (code, id) WHERE code <> '';
        CREATE TABLE history (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            at INTEGER NOT NULL,
            job INTEGER NOT NULL,
            attempt INTEGER NOT NULL,
            worker TEXT,
            state TEXT NOT NULL CHECK (state IN ('Undecrypted', 'Decrypting', 'Completed', 'Failed')),
            why TEXT NOT NULL
        ) STRICT;
        CREATE INDEX history_by_job ON history (job, number);
        CREATE TABLE worker (
            number INTEGER PRIMARY KEY CHECK (number > 0),
            slot INTEGER NOT NULL CHECK (slot > 0),
            started INTEGER,
            ended INTEGER,
            how TEXT,
            charged INTEGER
        ) STRICT;
        CREATE INDEX worker_alive ON worker (number) WHERE ended IS NULL;
        CREATE TABLE spool (
            only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
            last_job INTEGER NOT NULL,
            last_worker INTEGER NOT NULL,
            clean_stop INTEGER NOT NULL CHECK (clean_stop IN (0, 1))
        ) STRICT;
        INSERT INTO spool VALUES (1, 0, 0, 1);
        """,
        """
        ALTER TABLE job ADD COLUMN sha256 TEXT NOT NULL DEFAULT '';
        CREATE INDEX job_that_starves ON job (id)
            WHERE code IN ('KEY_MISSING', 'KEY_NO_MATCH') AND state IN ('Completed', 'Failed') AND outside IS NULL;
        CREATE INDEX job_by_end ON job (ended) WHERE state IN ('Completed', 'Failed');
        CREATE INDEX worker_by_end ON worker (ended) WHERE ended IS NOT NULL;
        CREATE TABLE poison (
            sha256 TEXT PRIMARY KEY CHECK (length(sha256) = 64),
            bytes INTEGER NOT NULL,
            job INTEGER NOT NULL,
            at INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX poison_by_time ON poison (at);
        CREATE TABLE audit (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            at INTEGER NOT NULL,
            who TEXT NOT NULL,
            act TEXT NOT NULL CHECK (act IN ('Retry', 'Cancel', 'Release')),
            job INTEGER NOT NULL,
            result TEXT NOT NULL
        ) STRICT;
        CREATE INDEX audit_by_job ON audit (job, number);
        """,
        // Jobs of one code are looked for by state too, and of ten thousand with that code none may be in it.
        "CREATE INDEX job_by_code_and_state ON job (code, state, id) WHERE code <> '';",
    ];

    /// <summary>The version that this program reads and writes.</summary>
    public static int Version => Steps.Length;

    /// <summary>Brings the ledger up to date.</summary>
    public static void Upgrade(SqliteConnection connection)
    {
        for (var version = Check(connection); version < Version; version++)
        {
            using var transaction = connection.BeginTransaction();
            using var command = connection.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = $"{Steps[version]} PRAGMA user_version = {version + 1};";
            command.ExecuteNonQuery();
            transaction.Commit();
        }
    }

    /// <summary>The ledger's version; one that is newer than this program is refused.</summary>
    public static int Check(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA user_version";
        var version = Convert.ToInt32(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture);
        if (version <= Version) return version;
        throw new LedgerException(
            $"the ledger is of version {version}, made by a newer Decryptor; this one knows version {Version}",
            "install the newer version again, or move ledger.db away: what lies in the spool is then taken in anew");
    }
}
