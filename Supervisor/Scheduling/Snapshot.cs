using Decryptor.Protocol;

namespace Decryptor.Supervisor.Scheduling;

/// <summary>What the scheduler shows of himself: immutable, taken after each turn, read by whoever likes.</summary>
sealed record Snapshot
{
    public required DateTimeOffset At { get; init; }

    public required IReadOnlyList<SlotView> Workers { get; init; }

    /// <summary>How many workers are wanted.</summary>
    public int Target { get; init; }

    /// <summary>Jobs in state Undecrypted.</summary>
    public int Waiting { get; init; }

    /// <summary>How many of those are suspects.</summary>
    public int Suspects { get; init; }

    /// <summary>When the job that waits longest had arrived; null when none waits.</summary>
    public DateTimeOffset? Oldest => Tenants.Select(tenant => tenant.Oldest).Min();

    /// <summary>Jobs in state Decrypting.</summary>
    public int Running { get; init; }

    /// <summary>Who has jobs here, or has had a penalty lately, the one with most waiting first; at most 100.</summary>
    public IReadOnlyList<TenantView> Tenants { get; init; } = [];

    /// <summary>Jobs waiting for each tenant that has any.</summary>
    public IReadOnlyDictionary<string, int> WaitingOf { get; init; } = new Dictionary<string, int>();

    /// <summary>Large jobs that run, and how many may.</summary>
    public (int Running, int Max) Large { get; init; }

    /// <summary>Bytes in quarantine, counted by their hashes.</summary>
    public int Poison { get; init; }

    /// <summary>
    /// Turns after which accepted = undecrypted + decrypting + completed + failed was checked, and held: the first that
    /// does not hold ends the process.
    /// </summary>
    public long LawHeld { get; init; }

    public required Tally Tally { get; init; }

    /// <summary>Failures of workers themselves since the last finished job.</summary>
    public int WorkerFailures { get; init; }

    public DateTimeOffset StartsFrom { get; init; }

    /// <summary>When running jobs are given back; null unless a stop was asked.</summary>
    public DateTimeOffset? DrainBy { get; init; }
}

/// <summary>One tenant's part of the queue.</summary>
/// <param name="Name">Empty for uploads of no tenant.</param>
/// <param name="Waiting">Jobs in state Undecrypted.</param>
/// <param name="Running">Jobs in state Decrypting.</param>
/// <param name="Weight">Its share beside the others'.</param>
/// <param name="Penalties">How many times the share is halved at this moment.</param>
/// <param name="Oldest">When the one that waits longest had arrived.</param>
sealed record TenantView(
    string Name, int Waiting, int Running, int Weight, int Penalties, DateTimeOffset? Oldest);

/// <summary>One line of the worker table.</summary>
/// <param name="Slot">The slot's number.</param>
/// <param name="Worker">Who fills it; null for nobody.</param>
/// <param name="State"><c>vacant</c>, <c>starting</c>, <c>idle</c>, <c>busy</c> or <c>leaving</c>.</param>
/// <param name="Job">What it works on.</param>
/// <param name="Latest">Its last progress.</param>
/// <param name="Since">Since when it is in that state, where that is known.</param>
/// <param name="LastWork">When a byte moved last.</param>
/// <param name="Next">What happens to it at <paramref name="NextAt"/> if nothing changes.</param>
/// <param name="NextAt">When.</param>
/// <param name="JobsDone">Jobs it has finished.</param>
sealed record SlotView(
    int Slot, Incarnation? Worker, string State, Job? Job, Progress? Latest, DateTimeOffset? Since,
    DateTimeOffset? LastWork, string Next, DateTimeOffset? NextAt, int JobsDone)
{
    /// <summary>The workers by slot, then the places that nobody fills.</summary>
    public static IReadOnlyList<SlotView> Of(Roster roster, Policy policy, DateTimeOffset startsFrom)
    {
        var views = roster.All.Select(slot => Of(slot, policy)).ToList();
        var free = Enumerable.Range(1, int.MaxValue).Where(number => views.TrueForAll(view => view.Slot != number));
        views.AddRange(free.Take(roster.Missing).ToList().Select(number =>
            new SlotView(number, null, "vacant", null, null, null, null, "start", startsFrom, 0)));
        return views;
    }

    static SlotView Of(WorkerSlot slot, Policy policy)
    {
        var view = new SlotView(
            slot.Worker.Slot, slot.Worker, "", null, null, null, null, "", slot.Deadline(policy), slot.JobsDone);
        return slot switch
        {
            WorkerSlot.Starting starting =>
                view with { State = "starting", Since = starting.Born, Next = "kill unless it greets" },
            WorkerSlot.Idle idle => view with { State = "idle", Since = idle.Since },
            WorkerSlot.Busy busy => view with
            {
                State = "busy",
                Job = busy.Job,
                Latest = busy.Latest,
                Since = busy.Since,
                LastWork = busy.LastWork,
                Next = busy.AskedAt is null ? "kill unless it moves" : "waits for a key",
            },
            WorkerSlot.Probing => view with { State = "probing", Next = "kill unless it ends well" },
            WorkerSlot.Leaving leaving => view with { State = "leaving", Job = leaving.Job, Next = leaving.Why },
            _ => throw new UnknownCaseException(slot),
        };
    }
}
