using Decryptor.Protocol;

namespace Decryptor.Supervisor.Scheduling;

/// <summary>What the ledger remembers of the time before.</summary>
/// <param name="Open">Jobs that were waiting or running.</param>
/// <param name="Workers">Workers that had started and not ended.</param>
/// <param name="LastJob">The highest job number ever used.</param>
/// <param name="LastWorker">The highest worker number ever used.</param>
/// <param name="CleanStop">Whether the supervisor before had stopped in order.</param>
sealed record LedgerMemory(
    IReadOnlyList<Job> Open, IReadOnlyList<Incarnation> Workers, long LastJob, long LastWorker, bool CleanStop)
{
    /// <summary>Bytes in quarantine, the newest last.</summary>
    public IReadOnlyList<Poison> Poison { get; init; } = [];
}

/// <summary>An input found in the spool: its name there says which job it is.</summary>
sealed record FoundInput(long Job, string Source, string Tenant, long Bytes);

/// <summary>What lies in the spool.</summary>
sealed record SpoolListing
{
    public IReadOnlyList<FoundInput> Queued { get; init; } = [];

    /// <summary>Every <c>work/</c> directory, with the inputs in it.</summary>
    public IReadOnlyDictionary<Incarnation, IReadOnlyList<FoundInput>> Work { get; init; } =
        new Dictionary<Incarnation, IReadOnlyList<FoundInput>>();

    /// <summary>The reports of open jobs that are already published, in <c>completed/</c> or <c>failed/</c>.</summary>
    public IReadOnlyDictionary<long, Report> Published { get; init; } = new Dictionary<long, Report>();

    /// <summary>The highest job number that any name in the spool carries.</summary>
    public long HighestJob { get; init; }
}

/// <summary>What the scheduler begins with.</summary>
sealed record Recovered
{
    public IReadOnlyList<Job> Waiting { get; init; } = [];

    public IReadOnlyList<Poison> Poison { get; init; } = [];

    public long LastJob { get; init; }

    public long LastWorker { get; init; }

    /// <summary>To be carried out, moves before rows, before the first step.</summary>
    public Turn Mending { get; init; } = new();
}

/// <summary>
/// Finds the truth after the supervisor ended between any two steps of a turn: a pure function of what the ledger
/// remembers and what lies in the spool. The spool is right about where a file is, the ledger about what it is. Running
/// it twice, or being killed within it, does no harm. Workers of the time before must be dead when it runs.
/// </summary>
static class Recovery
{
    public static Recovered Recover(LedgerMemory ledger, SpoolListing spool, DateTimeOffset now)
    {
        var draft = new TurnDraft(new());
        var waiting = new List<Job>();
        var queued = spool.Queued.ToDictionary(input => input.Job);
        var held = spool.Work.SelectMany(work => work.Value.Select(input => (input.Job, Worker: work.Key)))
            .ToDictionary(pair => pair.Job, pair => pair.Worker);

        foreach (var job in ledger.Open)
        {
            Incarnation? holder = held.TryGetValue(job.Id, out var worker) ? worker : null;
            if (spool.Published.TryGetValue(job.Id, out var report)) Conclude(draft, job, report, now);
            else if (job.IsCondemned) Cancel(draft, job, holder, now);
            else if (job.Outside is null && holder is null && !queued.ContainsKey(job.Id)) Lose(draft, job, now);
            else waiting.Add(Reopen(draft, job, holder, ledger.CleanStop));
        }

        Adopt(draft, ledger, spool, waiting, now);
        foreach (var worker in ledger.Workers)
            draft.Remember(new Row.WorkerEnded(worker, now, "the supervisor had ended", null));
        foreach (var worker in spool.Work.Keys) draft.Do(new Move.Discard(worker));
        waiting.Sort((a, b) => a.Id.CompareTo(b.Id));
        return new()
        {
            Waiting = waiting,
            Poison = ledger.Poison,
            LastJob = Math.Max(ledger.LastJob, spool.HighestJob),
            LastWorker = Math.Max(ledger.LastWorker, spool.Work.Keys.Select(w => w.Number).DefaultIfEmpty().Max()),
            Mending = draft.Done(null, false),
        };
    }

    // Published, and killed before the row was written.
    static void Conclude(TurnDraft draft, Job job, Report report, DateTimeOffset now)
    {
        var failed = report.State == nameof(JobState.Failed);
        var outcome = report.Outcome switch
        {
            "complete" => Outcome.Complete,
            "partial" => Outcome.Partial,
            _ => Outcome.Failed,
        };
        var ended = job with
        {
            State = failed ? JobState.Failed : JobState.Completed,
            Outcome = outcome,
            Code = report.Code ?? "",
            Text = report.Message ?? "",
            Hint = report.Hint ?? "",
            BytesOut = report.BytesOut,
            Ended = now,
        };
        draft.Do(new Move.Publish(ended, ended.Attempt));
        draft.Remember(new Row.JobIs(ended, "it had been published when the supervisor ended"));
    }

    // A graceful end is never held against a job; an outage is remembered, for a job may be what kills us.
    static Job Reopen(TurnDraft draft, Job job, Incarnation? holder, bool cleanStop)
    {
        var waiting = job with
        {
            State = JobState.Undecrypted,
            Outages = cleanStop || job.State != JobState.Decrypting ? 0 : job.Outages + 1,
        };
        if (holder is { } worker) draft.Do(new Move.GiveBack(waiting, worker));
        if (waiting != job) draft.Remember(new Row.JobIs(waiting, "the supervisor had ended"));
        return waiting;
    }

    // Its worker was to die before it could end, and we died first.
    static void Cancel(TurnDraft draft, Job job, Incarnation? holder, DateTimeOffset now) =>
        Refuse(draft, job with { Hint = Job.HintToRetry(job.Id), Ended = now }, holder);

    static void Lose(TurnDraft draft, Job job, DateTimeOffset now) => Refuse(draft, job with
    {
        Code = FailureCode.NoInput.Name,
        Text = "its input is no longer in the spool",
        Hint = "upload it again",
        Ended = now,
    }, null);

    static void Refuse(TurnDraft draft, Job job, Incarnation? holder)
    {
        var refused = job with { State = JobState.Failed, Outcome = Outcome.Failed };
        draft.Do(new Move.Refuse(refused, holder));
        draft.Remember(new Row.JobIs(refused, refused.Text));
    }

    // Accepted into the spool, and killed before the row was written: the file's own name says what it is.
    static void Adopt(TurnDraft draft, LedgerMemory ledger, SpoolListing spool, List<Job> waiting, DateTimeOffset now)
    {
        var known = ledger.Open.Select(job => job.Id).ToHashSet();
        foreach (var input in spool.Queued.Where(input => !known.Contains(input.Job)))
        {
            var job = Adopted(input, now);
            draft.Remember(new Row.JobIs(job, "it was found in the spool"));
            waiting.Add(job);
        }

        foreach (var (worker, inputs) in spool.Work)
        {
            foreach (var input in inputs.Where(input => !known.Contains(input.Job)))
            {
                var job = Adopted(input, now);
                draft.Do(new Move.GiveBack(job, worker));
                draft.Remember(new Row.JobIs(job, "it was found in the spool"));
                waiting.Add(job);
            }
        }
    }

    static Job Adopted(FoundInput input, DateTimeOffset now) => new()
    {
        Id = input.Job,
        Source = input.Source,
        Tenant = input.Tenant,
        Bytes = input.Bytes,
        Arrived = now,
    };
}
