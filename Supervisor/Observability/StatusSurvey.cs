using System.Globalization;
using Decryptor.Protocol;
using Decryptor.Supervisor.Scheduling;

namespace Decryptor.Supervisor.Observability;

/// <summary>Looks at all that the status tells, and says how it is.</summary>
static class StatusSurvey
{
    public static StatusView Make(StatusSources sources, DateTimeOffset start, string trigger)
    {
        var now = sources.Now();
        var (snapshot, verdict, reasons) = Judge(sources, start, now);
        var tally = snapshot.Tally;
        var (cardsLost, orphansEnded) = sources.Remains();
        return new()
        {
            At = now,
            Verdict = verdict,
            Reasons = reasons,
            Trigger = trigger,
            Version = sources.Version,
            Pid = Environment.ProcessId,
            Start = start,
            Spool = Path.GetDirectoryName(sources.Folder) ?? "",
            LoopSilentSeconds = (now - snapshot.At).TotalSeconds,
            LoopTurnedAt = snapshot.At,
            Law = new(
                tally.Accepted, snapshot.Waiting, snapshot.Running, tally.Complete + tally.Partial, tally.Failed,
                snapshot.LawHeld),
            WorkersWanted = snapshot.Target,
            WorkersGoneLately = sources.Ends.CountLately(now),
            LastCrash = sources.Ends.LastCrash is { } crash ? CrashOf(crash, now, sources.Folder) : null,
            CardsLost = cardsLost,
            OrphansEnded = orphansEnded,
            Workers = [.. snapshot.Workers.Select(slot => WorkerOf(slot, now, sources))],
            Queue = QueueOf(snapshot, now),
            Tenants = TenantsOf(snapshot, now, sources.HeldBack()),
            TenantsUnseen = Math.Max(0, snapshot.WaitingOf.Count - snapshot.Tenants.Count),
            Totals = TotalsOf(tally),
            Failures = [.. tally.Failures.Select(failed =>
                new StatusFailure(failed.Key, failed.Value.Count, failed.Value.LastJob))],
            Confinements = sources.Confinements(),
            Keys = sources.Keys(),
            ReloadRefused = sources.ReloadRefused(),
            Trouble = sources.Trouble(),
            Flight = sources.Flight(),
        };
    }

    /// <summary>How it is, and why; looks at nothing but memory.</summary>
    public static (Snapshot Snapshot, string Verdict, IReadOnlyList<string> Reasons) Judge(
        StatusSources sources, DateTimeOffset start, DateTimeOffset now)
    {
        var snapshot = sources.Latest();
        // Before its first turn a loop has been silent for no longer than we are here.
        if (snapshot.At < start) snapshot = snapshot with { At = start };
        var (verdict, reasons) = StatusVerdict.Of(snapshot, now, sources.Trouble(), sources.ReloadRefused());
        return (snapshot, verdict, reasons);
    }

    static StatusTotals TotalsOf(Tally tally) => new(
        tally.Complete, tally.Partial, tally.Failed, tally.BytesIn, tally.BytesOut,
        tally.Starts, tally.Exits, tally.StaleWords,
        tally.Failures.ToDictionary(failed => failed.Key, failed => failed.Value.Count));

    static StatusQueue QueueOf(Snapshot snapshot, DateTimeOffset now) => new(
        snapshot.Waiting, snapshot.Suspects, snapshot.Running, (now - snapshot.Oldest)?.TotalSeconds)
    {
        LargeRunning = snapshot.Large.Running,
        LargeMax = snapshot.Large.Max,
        Quarantined = snapshot.Poison,
    };

    // Who is punished first, then who waits most. Somebody may have nothing here but uploads that are held back.
    static IReadOnlyList<StatusTenant> TenantsOf(
        Snapshot snapshot, DateTimeOffset now, IReadOnlyDictionary<string, long> heldBack)
    {
        var here = snapshot.Tenants.Select(tenant => new StatusTenant(
            tenant.Name, tenant.Waiting, tenant.Running, tenant.Weight, tenant.Penalties,
            (now - tenant.Oldest)?.TotalSeconds, heldBack.GetValueOrDefault(tenant.Name)));
        var names = snapshot.Tenants.Select(tenant => tenant.Name).ToHashSet();
        var outside = heldBack.Where(held => held.Value > 0 && !names.Contains(held.Key))
            .Select(held => new StatusTenant(held.Key, 0, 0, null, 0, null, held.Value));
        return [.. here.Concat(outside)
            .OrderByDescending(tenant => tenant.Penalties)
            .ThenByDescending(tenant => tenant.Waiting + tenant.HeldBack)
            .ThenBy(tenant => tenant.Name, StringComparer.Ordinal)];
    }

    static StatusCrash CrashOf(WorkerCrash crash, DateTimeOffset now, string run) => new(
        crash.Worker.ToString(), crash.At, (now - crash.At).TotalSeconds, crash.How,
        crash.Over?.Job, crash.Over?.Number, crash.Charged, CardOf(crash, Path.GetDirectoryName(run) ?? ""));

    // A card lies in run/crashes/ until its job ends, and moves into the job's folder then.
    static string? CardOf(WorkerCrash crash, string spool)
    {
        string[] places = crash.Over is { } over
            ?
            [
                $"run/crashes/{over.Folder}.json",
                string.Create(CultureInfo.InvariantCulture, $"failed/{over.Job}/crash-{over.Number}.json"),
                string.Create(CultureInfo.InvariantCulture, $"completed/{over.Job}/crash-{over.Number}.json"),
            ]
            : [$"run/crashes/worker-{crash.Worker}.json"];
        return Array.Find(places, place => File.Exists(Path.Combine(spool, place)));
    }

    static StatusWorker WorkerOf(SlotView slot, DateTimeOffset now, StatusSources sources)
    {
        var process = slot.Worker is { } worker ? sources.Look(worker) : default;
        return new()
        {
            Slot = slot.Slot,
            Worker = slot.Worker?.ToString(),
            Pid = process.Pid,
            Rss = process.Rss,
            State = slot.State,
            Job = slot.Job?.Id,
            Source = slot.Job?.Source,
            Attempt = slot.Job?.Attempts,
            Bytes = slot.Job?.Bytes,
            BytesIn = slot.Job is null ? null : slot.Latest?.BytesIn ?? 0,
            BytesOut = slot.Job is null ? null : slot.Latest?.BytesOut ?? 0,
            ForSeconds = (now - slot.Since)?.TotalSeconds,
            QuietSeconds = (now - slot.LastWork)?.TotalSeconds,
            JobsDone = slot.JobsDone,
            Next = slot.Next,
            NextInSeconds = (slot.NextAt - now)?.TotalSeconds,
        };
    }
}
