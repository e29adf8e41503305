using System.Globalization;
using Decryptor.Protocol;
using Decryptor.Supervisor.Scheduling;
using Microsoft.Data.Sqlite;

namespace Decryptor.Supervisor.Storage;

/// <summary>A job as a row: the one place that knows the columns and how each field stands in them.</summary>
static class JobRow
{
    public const string Columns =
        "id, source, tenant, outside, bytes, state, attempts, deaths, outages, worker, arrived, started, ended, "
        + "outcome, code, text, hint, bytes_out, blocks_total, blocks_ok, blocks_bad, sha256";

    static readonly string[] Names = Columns.Split(", ");

    /// <summary>Writes a job, new or known.</summary>
    public static readonly string Upsert =
        $"INSERT INTO job ({Columns}) VALUES ({string.Join(", ", Names.Select(name => "$" + name))}) "
        + "ON CONFLICT (id) DO UPDATE SET "
        + string.Join(", ", Names.Skip(1).Select(name => $"{name} = excluded.{name}"));

    /// <summary>Gives a command its parameters, once.</summary>
    public static void Declare(SqliteCommand command)
    {
        foreach (var name in Names) command.Parameters.Add(new SqliteParameter("$" + name, null));
    }

    /// <summary>Fills a declared command.</summary>
    public static void Fill(SqliteCommand command, Job job)
    {
        object?[] values =
        [
            job.Id, Text(job.Source), Text(job.Tenant), job.Outside is null ? null : Text(job.Outside), job.Bytes,
            job.State.ToString(), job.Attempts, job.Deaths, job.Outages, job.Worker?.ToString(),
            job.Arrived.UtcTicks, job.Started?.UtcTicks, job.Ended?.UtcTicks,
            job.Outcome is { } outcome ? Report.Word(outcome) : null,
            job.Code, Text(job.Text), Text(job.Hint), job.BytesOut, job.Blocks.Total, job.Blocks.Ok, job.Blocks.Bad,
            job.Sha256,
        ];
        for (var i = 0; i < values.Length; i++) command.Parameters[i].Value = values[i] ?? DBNull.Value;
    }

    /// <summary>Reads a row of <see cref="Columns"/>.</summary>
    public static Job Read(SqliteDataReader row) => new()
    {
        Id = row.GetInt64(0),
        Source = row.GetString(1),
        Tenant = row.GetString(2),
        Outside = row.IsDBNull(3) ? null : row.GetString(3),
        Bytes = row.GetInt64(4),
        State = State(row.GetString(5)),
        Attempts = row.GetInt32(6),
        Deaths = row.GetInt32(7),
        Outages = row.GetInt32(8),
        Worker = row.IsDBNull(9) ? null : Worker(row.GetString(9)),
        Arrived = Time(row.GetInt64(10)),
        Started = row.IsDBNull(11) ? null : Time(row.GetInt64(11)),
        Ended = row.IsDBNull(12) ? null : Time(row.GetInt64(12)),
        Outcome = row.IsDBNull(13) ? null : OutcomeOf(row.GetString(13)),
        Code = row.GetString(14),
        Text = row.GetString(15),
        Hint = row.GetString(16),
        BytesOut = row.GetInt64(17),
        Blocks = new(row.GetInt64(18), row.GetInt64(19), row.GetInt64(20)),
        Sha256 = row.GetString(21),
    };

    public static DateTimeOffset Time(long ticks) => new(ticks, TimeSpan.Zero);

    public static JobState State(string word) =>
        Enum.TryParse<JobState>(word, out var state) ? state : throw Unknown(word);

    public static Incarnation Worker(string name) =>
        Incarnation.TryParse(name, out var worker) ? worker : default;

    /// <summary>
    /// A text as a row can hold it: SQLite ends one at a zero character, and half of a surrogate pair is none at all.
    /// </summary>
    public static string Text(string text)
    {
        var clean = text.Replace('\0', '\uFFFD');
        return System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(clean));
    }

    static Outcome OutcomeOf(string word) =>
        Enum.TryParse<Outcome>(word, ignoreCase: true, out var outcome) ? outcome : throw Unknown(word);

    static LedgerException Unknown(string word) => new(
        string.Create(CultureInfo.InvariantCulture, $"the ledger holds the word {word}, which is none of ours"),
        "somebody has written to it by hand: move it away");
}
