using System.Diagnostics;
using Decryptor.Benchmarks.Decode;
using Decryptor.Protocol;
using Decryptor.Supervisor.Scheduling;
using Decryptor.Supervisor.Storage;

namespace Decryptor.Benchmarks.Serve;

/// <summary>
/// What a ledger of many ended jobs costs: the queries behind <c>jobs</c> and <c>jobs show</c>, the writer's own
/// commit, and what a start reads. All medians.
/// </summary>
static class LedgerBench
{
    const int RowsAtOnce = 5000;

    const int Rounds = 21;

    const double Wanted = 10;

    public static int Run(IReadOnlyList<int> sizes) => Scratch.Use(folder =>
    {
        Rows.Head("the ledger: milliseconds a query, by jobs that have ended");
        var path = Path.Combine(folder, Spool.LedgerName);
        var filled = 0;
        foreach (var size in sizes)
        {
            using (var ledger = JobLedger.Open(path)) Fill(ledger, filled, size);
            filled = size;
            Tell(path, size);
        }
    });

    static void Tell(string path, int size)
    {
        using (var reader = JobLedger.OpenForReading(path))
        {
            Row(size, "jobs (the newest 100)", () => reader.List());
            Row(size, "jobs --state failed", () => reader.List(JobState.Failed));
            Row(size, "jobs --code DAMAGED", () => reader.List(code: "DAMAGED"));
            Row(size, "jobs --state failed --code DAMAGED", () => reader.List(JobState.Failed, "DAMAGED"));
            Row(size, "jobs --state completed --code DAMAGED", () => reader.List(JobState.Completed, "DAMAGED"));
            Row(size, "jobs --state undecrypted", () => reader.List(JobState.Undecrypted));
            Row(size, "jobs show", () => (reader.Find(size / 2), reader.History(size / 2), reader.Audit(size / 2)));
            Row(size, "a page of jobs that wait for a key", () => reader.Starved(0, 500));
        }

        Row(size, "jobs: opened, asked, closed", () =>
        {
            using var reader = JobLedger.OpenForReading(path);
            reader.List();
        });
        using var ledger = JobLedger.Open(path);
        Row(size, "what a start recalls", () => ledger.Recall());
        var next = size;
        Row(size, "a commit of one row, synced", () => ledger.Commit([Ended(++next % size + 1)]));
    }

    static void Row(int size, string what, Action ask) => Row(size, what, () =>
    {
        ask();
        return 0;
    });

    static void Row<T>(int size, string what, Func<T> ask)
    {
        var times = new List<double>();
        for (var round = -2; round < Rounds; round++)
        {
            var began = Stopwatch.GetTimestamp();
            _ = ask();
            if (round >= 0) times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }

        Rows.Row($"{size:N0}: {what}", times.Median(), $"{Wanted} wanted", $"{100 * times.Median() / Wanted:0} %");
    }

    static void Fill(JobLedger ledger, int from, int to)
    {
        foreach (var some in Enumerable.Range(from + 1, to - from).Chunk(RowsAtOnce))
            ledger.Commit([.. some.Select(Ended)]);
    }

    // One in a hundred has failed, half of those for want of a key.
    static Row.JobIs Ended(int number)
    {
        var at = DateTimeOffset.UnixEpoch.AddDays(20_000).AddSeconds(number);
        var (failed, starves) = (number % 100 == 0, number % 200 == 0);
        var job = new Job
        {
            Id = number,
            Source = $"phone-{number}.xlog",
            Tenant = number % 3 == 0 ? "acme" : "",
            Bytes = 4096,
            State = failed ? JobState.Failed : JobState.Completed,
            Outcome = failed ? Outcome.Failed : Outcome.Complete,
            Code = !failed ? "" : starves ? FailureCode.KeyNoMatch.Name : FailureCode.Damaged.Name,
            Text = failed ? "it is damaged" : "",
            Attempts = 1,
            Worker = new(1, 1),
            Arrived = at,
            Started = at,
            Ended = at,
        };
        return new(job, "w1.1 finished it");
    }
}
