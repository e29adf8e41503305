using System.Collections.Immutable;
using Decryptor.Supervisor.Scheduling;

namespace Decryptor.Supervisor.Tests.Simulation;

/// <summary>
/// Where explorations begin: an empty house, a full one, one with suspects, and one that mistrusts workers.
/// </summary>
static class Scenes
{
    static readonly Policy _policy = new()
    {
        Workers = 3,
        WorkersMax = 3,
        RecycleJobs = 2,
        BusyDeathsMax = 4,
        BusyDeathsJobsMin = 2,
        BackoffMin = TimeSpan.FromSeconds(4),
        Limits = new Policy().Limits with { Questions = 1 },
    };

    public static IEnumerable<Scene> Roots()
    {
        yield return Begun(_policy with { Workers = 1 }, []);
        yield return Begun(_policy, [Job(1), Job(2) with { Tenant = "t" }, Job(3), Job(4) with { Bytes = 1L << 30 }]);
        yield return Begun(_policy, [Job(1) with { Deaths = 2, Sha256 = "00" }, Job(2) with { Deaths = 1 }, Job(3)]);
        var doubtful = new BlameRecord { BusyDeaths = 4, Victims = [1, 2], WantsProbe = true, WorkerFailures = 1 };
        yield return Begun(_policy with { Workers = 2 }, [Job(1), Job(2)], doubtful);
    }

    static Job Job(long id) => new() { Id = id, Source = $"u{id}", Bytes = 1 };

    // All workers have started and greeted, so that no depth is spent on it.
    static Scene Begun(Policy policy, IReadOnlyList<Job> waiting, BlameRecord? blame = null)
    {
        var recovered = new Recovered { Waiting = waiting, LastJob = waiting.Count };
        var state = SchedulerState.Of(policy, recovered) with
        {
            Now = new(2026, 11, 23, 9, 0, 0, TimeSpan.Zero),
            Blame = blame ?? new(),
        };
        var scheduler = new Scheduler(state);
        scheduler.Step(state.Now, []);
        scheduler.Step(state.Now, Possibility.Friendly(scheduler.Save()));
        return new(scheduler.Save(), ImmutableSortedDictionary<long, Job>.Empty, 0);
    }
}
