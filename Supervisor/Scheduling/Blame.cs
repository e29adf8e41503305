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

/// <summary>
/// Tells a deadly job from a broken worker. A death while a job runs is the job's fault, until so many different jobs
/// have died in a row, with nothing finished between, that the worker itself must be broken.
/// </summary>
sealed class BlameJudge(Policy policy)
{
    readonly HashSet<long> _victims = [];
    int _busyDeaths;

    /// <summary>
    /// Failures of the worker itself since the last finished job; each doubles the pause before a start.
    /// </summary>
    public int WorkerFailures { get; private set; }

    /// <summary>No start before this moment.</summary>
    public DateTimeOffset StartsFrom { get; private set; }

    /// <summary>A worker that finishes a job is no broken worker.</summary>
    public void AfterFinished()
    {
        _victims.Clear();
        _busyDeaths = 0;
        WorkerFailures = 0;
        StartsFrom = default;
    }

    /// <summary>A worker died over a job by its own doing or by our verdict.</summary>
    public Blame AfterBusyDeath(long job, DateTimeOffset now)
    {
        _busyDeaths++;
        _victims.Add(job);
        if (_busyDeaths < policy.BusyDeathsMax || _victims.Count < policy.BusyDeathsJobsMin) return Blame.Job;
        AfterWorkerFailure(now);
        return Blame.Worker;
    }

    /// <summary>A worker did not start, did not greet, or died with nothing to do.</summary>
    public void AfterWorkerFailure(DateTimeOffset now)
    {
        // Many that fall together are one failure: the pause is doubled once for all of them.
        if (now < StartsFrom) return;
        WorkerFailures++;
        StartsFrom = now + policy.Backoff(WorkerFailures, now.Ticks);
    }

    /// <summary>While workers fail, each start is a probe, and the next has to wait for it.</summary>
    public void AfterStart(DateTimeOffset now)
    {
        if (WorkerFailures > 1) StartsFrom = now + policy.Backoff(WorkerFailures, now.Ticks);
    }
}
