using System.Collections.Immutable;

namespace Decryptor.Supervisor.Scheduling;

/// <summary>
/// Whose fault the end of a worker was. This one judgement stands in for restart, retry and refund policies.
/// </summary>
enum Blame
{
    /// <summary>The job that ran: charged to it.</summary>
    Job,

    /// <summary>The worker's: the next start waits, nobody is charged.</summary>
    Worker,

    /// <summary>Ours or the operator's: nobody is charged, nothing waits.</summary>
    Nobody,
}

/// <summary>What the judge remembers.</summary>
sealed record BlameRecord
{
    /// <summary>The jobs over which workers died since the last finished job.</summary>
    public ImmutableSortedSet<long> Victims { get; init; } = [];

    public int BusyDeaths { get; init; }

    /// <summary>
    /// Whether no job is given out before a worker has shown with an input of our own that it is none of the broken.
    /// </summary>
    public bool WantsProbe { get; init; }

    /// <summary>
    /// Failures of the worker itself since the last finished job; each doubles the pause before a start.
    /// </summary>
    public int WorkerFailures { get; init; }

    /// <summary>No start before this moment.</summary>
    public DateTimeOffset StartsFrom { get; init; }
}

/// <summary>
/// Tells a deadly job from a broken worker. A death while a job runs is the job's fault, until so many different jobs
/// have died in a row, with nothing finished between, that the worker itself may be broken. Then a probe decides, an
/// input of our own that harms no worker: if it ends well, the jobs were deadly after all.
/// </summary>
sealed class BlameJudge(TurnDraft turn, BlameRecord record)
{
    public BlameRecord Record { get; private set; } = record;

    /// <summary>Whether a worker may be started at this moment.</summary>
    public bool MayStart => turn.Now >= Record.StartsFrom;

    /// <summary>A worker that finishes a job is no broken worker.</summary>
    public void AfterFinished() => Record = new();

    /// <summary>A worker died over a job by its own doing or by our verdict.</summary>
    public Blame AfterBusyDeath(Job job)
    {
        Record = Record with { BusyDeaths = Record.BusyDeaths + 1, Victims = Record.Victims.Add(job.Id) };
        var (deaths, jobs) = (turn.Policy.BusyDeathsMax, turn.Policy.BusyDeathsJobsMin);
        if (Record.BusyDeaths < deaths || Record.Victims.Count < jobs)
        {
            // No job has its last chance with a worker that may be broken: something must end well before.
            if (IsOnLastChance(job.Deaths + 1, turn.Policy)) Record = Record with { WantsProbe = true };
            return Blame.Job;
        }

        Record = Record with { WantsProbe = true };
        AfterWorkerFailure();
        return Blame.Worker;
    }

    /// <summary>Whether one more death than so many quarantines a job.</summary>
    public static bool IsOnLastChance(int deaths, Policy policy) => deaths > 0 && deaths + 1 == policy.DeathsMax;

    /// <summary>A worker did not start, did not greet, or died with nothing to do.</summary>
    public void AfterWorkerFailure()
    {
        // Many that fall together are one failure: the pause is doubled once for all of them.
        if (!MayStart) return;
        Record = Record with { WorkerFailures = Record.WorkerFailures + 1 };
        Wait();
    }

    /// <summary>While workers fail, each start is a probe, and the next has to wait for it.</summary>
    public void AfterStart()
    {
        if (Record.WorkerFailures > 1) Wait();
    }

    void Wait() => Record = Record with
    {
        StartsFrom = turn.Now + turn.Policy.Backoff(Record.WorkerFailures, turn.Now.Ticks),
    };
}
