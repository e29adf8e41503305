using Decryptor.Protocol;
using Decryptor.Supervisor.Scheduling;
using Microsoft.Data.Sqlite;

namespace Decryptor.Supervisor.Storage;

/// <summary>A line of a job's history: what it became, when, and why.</summary>
/// <param name="At">By the wall clock.</param>
/// <param name="Job">Which job.</param>
/// <param name="Attempt">How many attempts there had been.</param>
/// <param name="Worker">Who had it; null for nobody yet.</param>
/// <param name="State">What it became.</param>
/// <param name="Why">Why, for a person.</param>
sealed record HistoryLine(DateTimeOffset At, long Job, int Attempt, string? Worker, JobState State, string Why);

/// <summary>An operator's act as the ledger keeps it.</summary>
/// <param name="At">When.</param>
/// <param name="Who">The user's name and number, as the kernel had told them.</param>
/// <param name="Act">What was asked for.</param>
/// <param name="Job">With which job.</param>
/// <param name="Result">What came of it, for a person.</param>
sealed record AuditLine(DateTimeOffset At, string Who, OperatorAct Act, long Job, string Result);

/// <summary>
/// Looks into a ledger and never changes it: beside the service that writes it, or when there is none. What cannot be
/// read is a <see cref="LedgerException"/>.
/// </summary>
sealed class LedgerReader : IDisposable
{
    /// <summary>In the very words of the index that answers it.</summary>
    internal const string StarvedSql =
        $"SELECT {JobRow.Columns} FROM job INDEXED BY job_that_starves "
        + "WHERE code IN ('KEY_MISSING', 'KEY_NO_MATCH') "
        + "AND state IN ('Completed', 'Failed') AND outside IS NULL AND id > $1 ORDER BY id LIMIT $2";

    readonly SqliteConnection _connection;
    readonly string _path;
    readonly LedgerCopy? _copy;

    LedgerReader(SqliteConnection connection, string path, LedgerCopy? copy) =>
        (_connection, _path, _copy) = (connection, path, copy);

    /// <summary>What is told of how it is read; empty where there is nothing to tell.</summary>
    public string Notice => _copy is null ? "" : LedgerCopy.Notice;

    /// <summary>Opens a ledger that is there.</summary>
    public static LedgerReader Open(string path)
    {
        if (!File.Exists(path))
            throw new LedgerException($"there is no ledger at {path}",
                "name the directory that the service was given as its spool");
        return LedgerFile.Guard(path, () =>
        {
            try
            {
                return Open(path, path, null);
            }
            catch (SqliteException e) when (LedgerCopy.Helps(e))
            {
                return OpenCopy(path);
            }
        });
    }

    static LedgerReader OpenCopy(string path)
    {
        var copy = LedgerCopy.Make(path);
        try
        {
            return Open(path, copy.Path, copy);
        }
        catch
        {
            copy.Dispose();
            throw;
        }
    }

    static LedgerReader Open(string path, string from, LedgerCopy? copy)
    {
        // A copy is ours, and what its log holds is still to be brought in.
        var mode = copy is null ? SqliteOpenMode.ReadOnly : SqliteOpenMode.ReadWrite;
        var connection = LedgerFile.Connect(from, mode);
        try
        {
            if (Schema.Check(connection) == Schema.Version) return new(connection, path, copy);
            throw new LedgerException($"the ledger {path} is of an older version",
                "start the service once: it brings it up to date");
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>The newest jobs, at most so many, of that state and with that code where they are given.</summary>
    public IReadOnlyList<Job> List(JobState? state = null, string? code = null, int limit = 100) =>
        List(new JobFilter(state, code), limit);

    /// <summary>The newest of the jobs that are looked for, at most so many.</summary>
    public IReadOnlyList<Job> List(JobFilter filter, int limit)
    {
        var (sql, arguments) = filter.Newest(JobRow.Columns);
        return Query(sql, JobRow.Read, [limit, .. arguments]);
    }

    /// <summary>
    /// Jobs that wait for a key and whose inputs are in the spool, oldest first: those that failed for want of one, and
    /// packages of which a part stayed shut. A page of them, with higher numbers than <paramref name="after"/>.
    /// </summary>
    public IReadOnlyList<Job> Starved(long after, int limit) => Query(StarvedSql, JobRow.Read, after, limit);

    /// <summary>All the jobs that wait for a key.</summary>
    public IReadOnlyList<Job> Starved() => Starved(0, int.MaxValue);

    /// <summary>All that operators have done with a job, oldest first.</summary>
    public IReadOnlyList<AuditLine> Audit(long job) => Query(
        "SELECT at, who, act, job, result FROM audit WHERE job = $1 ORDER BY number",
        row => new AuditLine(
            JobRow.Time(row.GetInt64(0)), row.GetString(1), Enum.Parse<OperatorAct>(row.GetString(2)),
            row.GetInt64(3), row.GetString(4)),
        job);

    /// <summary>One job, or null.</summary>
    public Job? Find(long id) =>
        Query($"SELECT {JobRow.Columns} FROM job WHERE id = $1", JobRow.Read, id) is [var job] ? job : null;

    /// <summary>All that ever became of a job, oldest first.</summary>
    public IReadOnlyList<HistoryLine> History(long id) => Query(
        "SELECT at, job, attempt, worker, state, why FROM history WHERE job = $1 ORDER BY number",
        row => new HistoryLine(
            JobRow.Time(row.GetInt64(0)), row.GetInt64(1), row.GetInt32(2), row.IsDBNull(3) ? null : row.GetString(3),
            JobRow.State(row.GetString(4)), row.GetString(5)),
        id);

    /// <summary>How many jobs are in each state; every state is there.</summary>
    public IReadOnlyDictionary<JobState, long> Counts()
    {
        var counts = Query("SELECT state, count(*) FROM job GROUP BY state",
            row => (State: JobRow.State(row.GetString(0)), Count: row.GetInt64(1)));
        return Enum.GetValues<JobState>()
            .ToDictionary(state => state, state => counts.Find(c => c.State == state).Count);
    }

    public void Dispose()
    {
        _connection.Dispose();
        _copy?.Dispose();
    }

    /// <summary>Written out for each case, since SQLite finds no index behind an OR of parameters.</summary>
    List<T> Query<T>(string sql, Func<SqliteDataReader, T> read, params object?[] values) =>
        LedgerFile.Guard(_path, () => LedgerFile.Select(_connection, sql, read, values));
}
