using System.Collections.Immutable;
using Decryptor.Protocol;
using Decryptor.Supervisor.Scheduling;

namespace Decryptor.Supervisor.Tests.Simulation;

/// <summary>
/// Where an exploration stands: all that the scheduler knows, and the jobs that have ended. <see cref="Name"/> is the
/// same for scenes that differ only in what nothing depends on: the hour, counters that only grow, and which worker is
/// called what.
/// </summary>
sealed record Scene(SchedulerState State, ImmutableSortedDictionary<long, Job> Ended, int Depth)
{
    const ulong Offset = 14695981039346656037;

    /// <summary>A number for the scene; that two different ones have the same is as good as impossible.</summary>
    public ulong Name()
    {
        var slots = State.Slots.OrderBy(slot => NameOf(slot, 0)).ThenBy(slot => slot.Worker.Number).ToList();
        var name = Mix(Offset, State.Target, State.Blame.BusyDeaths, State.Blame.WorkerFailures);
        name = Mix(name, State.Blame.WantsProbe ? 1 : 0, Seconds(State.Blame.StartsFrom), Seconds(State.DrainBy));
        foreach (var victim in State.Blame.Victims) name = Mix(name, victim, 1, 1);
        foreach (var slot in slots) name = Mix(name, (long)NameOf(slot, RankOfRelieved(slot, slots)), 0, 0);
        foreach (var job in State.Queue.Waiting) name = Mix(name, (long)NameOf(job), 3, 0);
        foreach (var job in Ended.Values) name = Mix(name, (long)NameOf(job), 4, 0);
        foreach (var tenant in State.Queue.Tenants.OrderBy(tenant => tenant.Name, StringComparer.Ordinal))
            name = Mix(name, tenant.Pass - State.Queue.Pass, tenant.Penalties, tenant.Name.Length);
        foreach (var job in State.Starving) name = Mix(name, job.Id, job.Started < State.KeysChangedAt ? 1 : 0, 5);
        return Mix(name, State.Queue.RunningSuspect ?? 0, State.Queue.SuspectsTurn ? 1 : 0, State.Poison.Count);
    }

    ulong NameOf(WorkerSlot slot, int relieved)
    {
        var isDue = slot.Worker.Number <= State.RollThrough || slot.JobsDone >= State.Policy.RecycleJobs;
        var name = Mix(Offset, slot.GetType().Name[0], (slot.Outgoing ? 1 : 0) + (isDue ? 2 : 0), relieved);
        name = Mix(name, Seconds(slot.Deadline(State.Policy)), slot.Holds is { } job ? (long)NameOf(job) : 0, 0);
        return slot switch
        {
            WorkerSlot.Busy busy => Mix(name, busy.HasBegun ? 1 : 0, Seconds(busy.AskedAt), busy.Questions),
            WorkerSlot.Leaving leaving => Mix(name, (int)leaving.Blame, leaving.CancelledBy is null ? 0 : 1, 1),
            _ => name,
        };
    }

    static ulong NameOf(Job job) => Mix(
        Mix(Offset, job.Id, (int)job.State, job.Deaths), job.Code.Length, job.Sha256.Length, (int?)job.Outcome ?? -1);

    static int RankOfRelieved(WorkerSlot slot, List<WorkerSlot> slots) =>
        slot is WorkerSlot.Starting { Relieves: { } relieved }
            ? 2 + slots.FindIndex(each => each.Worker == relieved) : 0;

    // What lies in the past is all the same.
    long Seconds(DateTimeOffset? at) =>
        at is not { } when ? -2 : when <= State.Now ? -1 : (long)Math.Ceiling((when - State.Now).TotalSeconds);

    static ulong Mix(ulong name, long a, long b, long c)
    {
        foreach (var value in (ReadOnlySpan<long>)[a, b, c])
        {
            name = (name ^ (ulong)value) * 1099511628211;
            name ^= name >> 29;
        }

        return name;
    }
}
