using Decryptor.Protocol;

namespace Decryptor.Supervisor.Scheduling;

/// <summary>
/// All that a scheduler knows, as data: one that begins with it decides as the one that gave it away would have. The
/// flight recorder begins each segment with it, and the exhaustive search goes from state to state.
/// </summary>
sealed record SchedulerState
{
    public Policy Policy { get; init; } = new();

    public DateTimeOffset Now { get; init; }

    /// <summary>When the next turn was wanted.</summary>
    public DateTimeOffset? Promised { get; init; }

    /// <summary>When running jobs are given back; null unless a stop was asked.</summary>
    public DateTimeOffset? DrainBy { get; init; }

    public long LastJob { get; init; }

    public long LastWorker { get; init; }

    public int Target { get; init; }

    public long RollThrough { get; init; }

    public IReadOnlyList<WorkerSlot> Slots { get; init; } = [];

    public QueueRecord Queue { get; init; } = new();

    public BlameRecord Blame { get; init; } = new();

    public IReadOnlyList<Poison> Poison { get; init; } = [];

    public IReadOnlyList<Job> Starving { get; init; } = [];

    public DateTimeOffset KeysChangedAt { get; init; } = DateTimeOffset.MinValue;

    /// <summary>When the latest jobs ended, the oldest first.</summary>
    public IReadOnlyList<JobEnd> Ends { get; init; } = [];

    public Tally Tally { get; init; } = new();

    public long LawHeld { get; init; }

    /// <summary>How a supervisor begins.</summary>
    public static SchedulerState Of(Policy policy, Recovered recovered) => new()
    {
        Policy = policy,
        Target = policy.Workers,
        LastJob = recovered.LastJob,
        LastWorker = recovered.LastWorker,
        Queue = new() { Waiting = recovered.Waiting },
        Poison = recovered.Poison,
        Blame = new()
        {
            WantsProbe = recovered.Waiting.Any(job => BlameJudge.IsOnLastChance(job.Deaths, policy)),
        },
        Tally = new() { Accepted = recovered.Waiting.Count },
    };
}
