using System.Globalization;
using Decryptor.Protocol;
using Decryptor.Supervisor.Scheduling;

namespace Decryptor.Supervisor.Storage;

/// <summary>
/// Opens the ledger for its one writer. One that is damaged is moved aside, and a new one is made from what lies in the
/// spool: ended jobs from their reports, open ones from the names of their inputs. What only the ledger knew is lost:
/// history, deaths, quarantine, and the reports of all but the newest jobs.
/// </summary>
static class LedgerRebuild
{
    const int JobsMax = 10_000, RowsAtOnce = 500;

    // Reading it all takes a second for each few hundred MiB; a start must not take that long.
    const long CheckedBytesMax = 64L << 20;

    /// <summary>Opens the ledger of a spool whose lock is held and whose workers are dead.</summary>
    /// <param name="spool">Whose.</param>
    /// <param name="tell">Is told of damage, in words for a person.</param>
    /// <param name="now">Dates what nothing else does.</param>
    public static JobLedger Open(Spool spool, Action<string> tell, DateTimeOffset now)
    {
        FinishEarlier(spool.Ledger);
        try
        {
            return OpenWhole(spool.Ledger);
        }
        catch (LedgerException e) when (e.IsDamaged)
        {
            Build(spool, now);
            var aside = MoveAside(spool.Ledger, now);
            File.Move(New(spool.Ledger), spool.Ledger);
            tell($"{e.Message}; it is kept as {aside}, and a new one has been made from what lies in the spool");
            return JobLedger.Open(spool.Ledger);
        }
    }

    static string New(string ledger) => $"{ledger}.new";

    // A new one stands alone only once it was whole: the old one goes aside after that.
    static void FinishEarlier(string ledger)
    {
        if (!File.Exists(New(ledger))) return;
        if (!File.Exists(ledger)) File.Move(New(ledger), ledger);
        else foreach (var companion in Files(New(ledger))) File.Delete(companion);
    }

    // The companions first: beside another ledger they would be taken for its own.
    static string[] Files(string ledger) => [$"{ledger}-wal", $"{ledger}-shm", ledger];

    static string MoveAside(string ledger, DateTimeOffset now)
    {
        var stamp = now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var aside = $"{ledger}.damaged-{stamp}";
        for (var more = 2; File.Exists(aside); more++) aside = $"{ledger}.damaged-{stamp}-{more}";
        foreach (var (from, to) in Files(ledger).Zip(Files(aside)))
        {
            if (File.Exists(from)) File.Move(from, to);
        }

        return aside;
    }

    static JobLedger OpenWhole(string path)
    {
        var ledger = JobLedger.Open(path);
        try
        {
            var stoppedInOrder = ledger.Recall().CleanStop;
            if (!stoppedInOrder && new FileInfo(path).Length <= CheckedBytesMax) ledger.Check();
            return ledger;
        }
        catch
        {
            ledger.Dispose();
            throw;
        }
    }

    static void Build(Spool spool, DateTimeOffset now)
    {
        var listing = spool.List([]);
        var holders = listing.Work
            .SelectMany(work => work.Value.Select(input => (Input: input, Holder: (Incarnation?)work.Key)))
            .Concat(listing.Queued.Select(input => (Input: input, Holder: (Incarnation?)null)))
            .ToDictionary(found => found.Input.Job);
        var ended = spool.ReadBack(JobsMax);
        using var ledger = JobLedger.Open(New(spool.Ledger));
        foreach (var some in ended.Chunk(RowsAtOnce))
        {
            ledger.Commit([.. some.Select(job => new Row.JobIs(
                holders.TryGetValue(job.Id, out var found) ? Reopened(job, found.Input, found.Holder, now) : job,
                "its report was read back into a new ledger"))]);
        }

        var workers = ended.Select(job => job.Worker).OfType<Incarnation>().Concat(listing.Work.Keys);
        if (workers.OrderBy(worker => worker.Number).LastOrDefault() is { Number: > 0 } last)
            ledger.Commit([new Row.WorkerStarts(last, now), new Row.WorkerEnded(last, now, "a new ledger", null)]);
    }

    // Its report is out and its input is still on the way: as at any start, Recovery ends it.
    static Job Reopened(Job job, FoundInput input, Incarnation? holder, DateTimeOffset now) => new()
    {
        Id = job.Id,
        Source = input.Source,
        Tenant = input.Tenant,
        Bytes = input.Bytes,
        State = JobState.Decrypting,
        Attempts = job.Attempts,
        Worker = holder ?? job.Worker,
        Arrived = now,
    };
}
