using Decryptor.Protocol;
using Decryptor.Supervisor.Scheduling;
using Microsoft.Data.Sqlite;

namespace Decryptor.Supervisor.Storage;

/// <summary>How much the ledger keeps of what is kept for people only.</summary>
/// <param name="Workers">Workers that have ended.</param>
/// <param name="History">Lines of history, over all jobs.</param>
/// <param name="AtOnce">Lines of a kind that one call removes.</param>
readonly record struct LedgerBounds(long Workers, long History, int AtOnce);

/// <summary>
/// What every job is: one SQLite file with one writer, one transaction a turn, and on the disk before
/// <see cref="Commit"/> returns. All its failures are <see cref="LedgerException"/>, and end the process.
/// </summary>
sealed class JobLedger : IDisposable
{
    readonly SqliteConnection _connection;
    readonly string _path;
    readonly TimeProvider _clock;
    readonly SqliteCommand _writeJob;
    readonly SqliteCommand _writeHistory;
    readonly SqliteCommand _writeStart;
    readonly SqliteCommand _writeEnd;
    readonly SqliteCommand _count;
    readonly SqliteCommand _quarantine;
    readonly SqliteCommand _release;
    readonly SqliteCommand _audit;

    JobLedger(SqliteConnection connection, string path, TimeProvider clock)
    {
        (_connection, _path, _clock) = (connection, path, clock);
        _writeJob = Prepare(JobRow.Upsert, JobRow.Declare);
        _writeHistory = Prepare(
            "INSERT INTO history (at, job, attempt, worker, state, why) "
            + "VALUES ($at, $job, $attempt, $worker, $state, $why)");
        _writeStart = Prepare(
            "INSERT INTO worker (number, slot, started) VALUES ($number, $slot, $at) "
            + "ON CONFLICT (number) DO UPDATE SET slot = excluded.slot, started = excluded.started");
        _writeEnd = Prepare(
            "INSERT INTO worker (number, slot, ended, how, charged) VALUES ($number, $slot, $at, $how, $charged) "
            + "ON CONFLICT (number) DO UPDATE "
            + "SET ended = excluded.ended, how = excluded.how, charged = excluded.charged");
        _count = Prepare("UPDATE spool SET last_job = max(last_job, $job), last_worker = max(last_worker, $worker)");
        _quarantine = Prepare(
            "INSERT INTO poison (sha256, bytes, job, at) VALUES ($sha, $bytes, $job, $at) "
            + "ON CONFLICT (sha256) DO UPDATE SET bytes = excluded.bytes, job = excluded.job, at = excluded.at");
        _release = Prepare("DELETE FROM poison WHERE sha256 = $sha");
        _audit = Prepare(
            "INSERT INTO audit (at, who, act, job, result) VALUES ($at, $who, $act, $job, $result)");
    }

    /// <summary>Opens the ledger for its one writer, making it if it is not there.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="clock">Stamps the history; people read it, nothing is decided by it.</param>
    public static JobLedger Open(string path, TimeProvider? clock = null) =>
        Open(path, clock, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");

    /// <summary>Makes the ledger of one command, which nobody reads afterwards: the power may take it.</summary>
    public static JobLedger OpenPrivate(string path) =>
        Open(path, null, "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF;");

    static JobLedger Open(string path, TimeProvider? clock, string pragmas) => LedgerFile.Guard(path, () =>
    {
        LedgerFile.Make(path);
        var connection = LedgerFile.Connect(path, SqliteOpenMode.ReadWrite);
        try
        {
            LedgerFile.Run(connection, pragmas);
            Schema.Upgrade(connection);
            return new JobLedger(connection, path, clock ?? TimeProvider.System);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    });

    /// <summary>Opens the ledger to look into it, from any process, whether the service runs or not.</summary>
    public static LedgerReader OpenForReading(string path) => LedgerReader.Open(path);

    /// <summary>Writes all rows of a turn, or none.</summary>
    public void Commit(IReadOnlyList<Row> rows)
    {
        if (rows.Count == 0) return;
        LedgerFile.Guard(_path, () =>
        {
            using var transaction = _connection.BeginTransaction();
            foreach (var row in rows)
            {
                FailPoint.Reached("row");
                Write(row, transaction);
            }

            FailPoint.Reached("written");
            transaction.Commit();
            return true;
        });
    }

    /// <summary>What <see cref="Recovery"/> needs to know.</summary>
    public LedgerMemory Recall() => LedgerFile.Guard(_path, () =>
    {
        var open = Jobs("state IN ('Undecrypted', 'Decrypting')");
        var alive = LedgerFile.Select(_connection,
            "SELECT slot, number FROM worker WHERE ended IS NULL ORDER BY number",
            row => new Incarnation(row.GetInt32(0), row.GetInt64(1)));
        var counters = LedgerFile.Select(_connection, "SELECT last_job, last_worker, clean_stop FROM spool",
            row => new LedgerMemory(open, alive, row.GetInt64(0), row.GetInt64(1), row.GetInt64(2) == 1)
            {
                Poison = NewestPoison(),
            });
        return counters is [var memory]
            ? memory : throw new LedgerException($"the ledger {_path} has lost its counters", "move it away");
    });

    /// <summary>Reads the whole file; damage is a <see cref="LedgerException"/>.</summary>
    public void Check()
    {
        var found = LedgerFile.Guard(_path, () =>
            LedgerFile.Select(_connection, "PRAGMA quick_check(1)", row => row.GetString(0)));
        if (found is ["ok"]) return;
        throw new LedgerException($"the ledger {_path} is damaged ({string.Join(' ', found)})",
            "start the service again")
        { IsDamaged = true };
    }

    /// <summary>From now on an end that is not <see cref="MarkStopped"/> is a crash.</summary>
    public void MarkRunning() =>
        LedgerFile.Guard(_path, () => LedgerFile.Run(_connection, "UPDATE spool SET clean_stop = 0"));

    /// <summary>The supervisor stops in order.</summary>
    public void MarkStopped() =>
        LedgerFile.Guard(_path, () => LedgerFile.Run(_connection, "UPDATE spool SET clean_stop = 1"));

    /// <summary>Jobs that had ended before that moment, the longest ended first, at most so many.</summary>
    public IReadOnlyList<long> EndedBefore(DateTimeOffset moment, int max) => LedgerFile.Guard(_path, () =>
        LedgerFile.Select(_connection,
            "SELECT id FROM job WHERE state IN ('Completed', 'Failed') AND ended < $1 ORDER BY ended LIMIT $2",
            row => row.GetInt64(0), moment.UtcTicks, max));

    /// <summary>Forgets jobs with all that hangs on them. Their numbers are not used again.</summary>
    public void Forget(IReadOnlyList<long> jobs) => LedgerFile.Guard(_path, () =>
    {
        using var transaction = _connection.BeginTransaction();
        foreach (var (table, column) in new[] { ("job", "id"), ("history", "job"), ("audit", "job") })
        {
            using var delete = Prepare($"DELETE FROM {table} WHERE {column} = $job", transaction: transaction);
            foreach (var job in jobs) Execute(delete, transaction, job);
        }

        transaction.Commit();
        return true;
    });

    /// <summary>
    /// Forgets some of the workers that had ended before that moment, and of what goes beyond the newest lines: so many
    /// at a time that nobody has to wait for it.
    /// </summary>
    /// <returns>How many lines are gone.</returns>
    public int Trim(DateTimeOffset moment, LedgerBounds bounds) => LedgerFile.Guard(_path, () =>
    {
        using var transaction = _connection.BeginTransaction();
        using var old = Prepare(
            "DELETE FROM worker WHERE number IN "
            + "(SELECT number FROM worker WHERE ended < $moment ORDER BY ended LIMIT $most)", transaction: transaction);
        var gone = Execute(old, transaction, moment.UtcTicks, bounds.AtOnce);
        foreach (var (table, kept, which) in new[]
            { ("worker", bounds.Workers, "ended IS NOT NULL AND"), ("history", bounds.History, "") })
        {
            using var beyond = Prepare(
                $"DELETE FROM {table} WHERE number IN (SELECT number FROM {table} WHERE {which} "
                + $"number <= (SELECT max(number) FROM {table}) - $kept ORDER BY number LIMIT $most)",
                transaction: transaction);
            gone += Execute(beyond, transaction, kept, bounds.AtOnce);
        }

        transaction.Commit();
        return gone;
    });

    public void Dispose()
    {
        SqliteCommand[] commands =
            [_writeJob, _writeHistory, _writeStart, _writeEnd, _count, _quarantine, _release, _audit];
        foreach (var command in commands) command.Dispose();
        _connection.Dispose();
    }

    // The scheduler keeps them all in memory: more than that many are forgotten, the oldest first.
    List<Poison> NewestPoison()
    {
        const int poisonMax = 10_000;
        var newest = LedgerFile.Select(_connection,
            $"SELECT sha256, bytes, job FROM poison ORDER BY at DESC, rowid DESC LIMIT {poisonMax}",
            row => new Poison(row.GetString(0), row.GetInt64(1), row.GetInt64(2)));
        newest.Reverse();
        return newest;
    }

    void Write(Row row, SqliteTransaction transaction)
    {
        switch (row)
        {
            case Row.JobIs(var job, var why):
                JobRow.Fill(_writeJob, job);
                Execute(_writeJob, transaction);
                Execute(_writeHistory, transaction,
                    _clock.GetUtcNow().UtcTicks, job.Id, job.Attempts, job.Worker?.ToString(),
                    job.State.ToString(), why);
                Execute(_count, transaction, job.Id, 0L);
                break;
            case Row.WorkerStarts(var worker, var at):
                Execute(_writeStart, transaction, worker.Number, worker.Slot, at.UtcTicks);
                Execute(_count, transaction, 0L, worker.Number);
                break;
            case Row.WorkerEnded(var worker, var at, var how, var charged):
                Execute(_writeEnd, transaction, worker.Number, worker.Slot, at.UtcTicks, how, charged);
                break;
            case Row.Quarantined(var poison, var at):
                Execute(_quarantine, transaction, poison.Sha256, poison.Bytes, poison.Job, at.UtcTicks);
                break;
            case Row.Released(var poison): Execute(_release, transaction, poison.Sha256); break;
            case Row.Audit(var at, var who, var act, var job, var result):
                Execute(_audit, transaction,
                    at.UtcTicks, JobRow.Text(who), act.ToString(), job, JobRow.Text(result));
                break;
            default: throw new UnknownCaseException(row);
        }
    }

    static int Execute(SqliteCommand command, SqliteTransaction transaction, params object?[] values)
    {
        for (var i = 0; i < values.Length; i++) command.Parameters[i].Value = values[i] ?? DBNull.Value;
        command.Transaction = transaction;
        return command.ExecuteNonQuery();
    }

    // The parameters are named in the text, in the order in which they are filled.
    SqliteCommand Prepare(
        string sql, Action<SqliteCommand>? declare = null, SqliteTransaction? transaction = null)
    {
        var command = _connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        if (declare is not null) declare(command);
        else foreach (var name in sql.Split('$').Skip(1))
            command.Parameters.Add(new SqliteParameter("$" + Word(name), null));
        command.Prepare();
        return command;
    }

    static string Word(string text) => string.Concat(text.TakeWhile(char.IsAsciiLetter));

    List<Job> Jobs(string where) =>
        LedgerFile.Select(_connection, $"SELECT {JobRow.Columns} FROM job WHERE {where} ORDER BY id", JobRow.Read);
}
