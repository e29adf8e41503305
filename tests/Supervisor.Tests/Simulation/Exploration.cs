using System.Collections.Immutable;
using Decryptor.Supervisor.Observability;
using Decryptor.Supervisor.Scheduling;

namespace Decryptor.Supervisor.Tests.Simulation;

/// <summary>
/// Goes through everything that can happen to a few workers and jobs, in every order, to some depth. Each scene is
/// looked at once. From any of them, honest workers must be able to bring all to its end.
/// </summary>
sealed class Exploration
{
    const int Portion = 2048;

    const int FriendlyStepsMax = 200;

    readonly HashSet<ulong> _seen = [];
    readonly HashSet<string> _cells = [];

    public long Scenes => _seen.Count;

    public long Transitions { get; private set; }

    /// <summary>Every pair of a slot's state and what happened to a worker in it.</summary>
    public IReadOnlyCollection<string> Cells => _cells;

    /// <summary>Depth by depth. What is found at the last is looked at, and not gone on from.</summary>
    public void Explore(IEnumerable<Scene> roots, int depth)
    {
        var level = roots.Where(root => _seen.Add(root.Name())).ToList();
        for (; depth > 0 && level.Count > 0; depth--)
        {
            var next = new List<Scene>();
            foreach (var portion in level.Chunk(Portion))
            {
                var found = portion.AsParallel().AsOrdered().Select(scene => Follow(scene).ToList()).ToList();
                foreach (var (scene, cell) in found.SelectMany(each => each))
                {
                    Transitions++;
                    if (cell.Length > 0) _cells.Add(cell);
                    if (_seen.Add(scene.Name()) && depth > 1) next.Add(scene);
                }
            }

            level = next;
        }
    }

    static IEnumerable<(Scene Scene, string Cell)> Follow(Scene scene)
    {
        if (scene.State.Slots.Count > 0) FollowFriends(scene);
        foreach (var possible in Possibility.In(scene))
        {
            var (next, turn) = Step(scene, possible);
            if (!turn.Stopped) yield return (next, CellOf(scene.State, possible.News));
        }
    }

    static (Scene Scene, Turn Turn) Step(Scene scene, Possibility possible)
    {
        var scheduler = new Scheduler(scene.State);
        IReadOnlyList<Event> events = possible.News is { } news ? [news] : [];
        try
        {
            var turn = scheduler.Step(scene.State.Now + possible.After, events);
            var next = new Scene(scheduler.Save(), After(scene, turn), scene.Depth + 1);
            Check(scene, next, turn);
            return (next, turn);
        }
        catch (Exception e)
        {
            var what = possible.News is { } happened ? Notation.Of(happened) : $"{possible.After} pass";
            throw new BrokenLawException($"{e.Message}\nafter {what} in\n{Describe(scene.State)}");
        }
    }

    static ImmutableSortedDictionary<long, Job> After(Scene scene, Turn turn)
    {
        var ended = scene.Ended;
        foreach (var row in turn.Rows)
        {
            if (row is not Row.JobIs { Job: var job }) continue;
            if (job.IsOpen && ended.ContainsKey(job.Id))
            {
                var isReopened = turn.Moves.Any(move => move is Move.Reopen reopen && reopen.Job.Id == job.Id);
                Demand(isReopened, $"job {job.Id} had ended, and is open");
            }

            ended = job.IsOpen ? ended.Remove(job.Id) : ended.SetItem(job.Id, job);
        }

        return ended;
    }

    static void Check(Scene before, Scene after, Turn turn)
    {
        var state = after.State;
        var open = state.Queue.Waiting.Concat(state.Queue.Running);
        var all = open.Select(job => job.Id).Concat(after.Ended.Keys).ToList();
        Demand(all.Count == state.LastJob && all.Distinct().Count() == all.Count,
            $"of {state.LastJob} jobs there are {string.Join(' ', all)}");
        Demand(state.Queue.Running.Count(job => job.Deaths > 0) <= 1, "two suspects run");
        var most = state.Target + Policy.ReplacedAtOnce(state.Target);
        foreach (var order in turn.Orders)
        {
            if (order is Order.Start start)
            {
                Demand(state.Slots.Count <= most, $"{state.Slots.Count} workers, and {most} may be");
                Demand(start.Worker.Number > before.State.LastWorker, $"{start.Worker} was there before");
            }

            if (order is Order.Assign assign)
            {
                var holders = state.Slots.Count(slot => slot.Holds?.Id == assign.Job.Id);
                Demand(holders == 1, $"{assign.Attempt} is held by {holders}");
            }
        }

        foreach (var row in turn.Rows)
        {
            if (row is not Row.WorkerEnded { Charged: { } charged } ended) continue;
            var slot = before.State.Slots.Single(each => each.Worker == ended.Worker);
            Demand(slot is WorkerSlot.Busy { HasBegun: true } or WorkerSlot.Leaving { Blame: Blame.Job },
                $"{charged} is charged with a worker that was {slot.GetType().Name}");
        }

        var waitsForNobody = state.Slots.Count == 0 && state.DrainBy is null;
        Demand(!waitsForNobody || state.Promised is not null, "nobody lives, and nobody will be started");
    }

    static void FollowFriends(Scene scene)
    {
        for (var step = 0; step < FriendlyStepsMax; step++)
        {
            var events = Possibility.Friendly(scene.State);
            var scheduler = new Scheduler(scene.State);
            var later = events.Count == 0 && scene.State.Promised > scene.State.Now
                ? scene.State.Promised.Value : scene.State.Now;
            var turn = scheduler.Step(later, events);
            scene = scene with { State = scheduler.Save(), Ended = After(scene, turn) };
            if (turn.Stopped || scene.State.Queue.Waiting.Count + scene.State.Queue.Running.Count == 0) return;
        }

        throw new BrokenLawException($"honest workers cannot bring it to an end:\n{Describe(scene.State)}");
    }

    static string CellOf(SchedulerState state, Event? news)
    {
        var (worker, kind) = news switch
        {
            Event.WorkerSaid said => (said.Worker, said.Message.GetType().Name),
            Event.WorkerGone gone => (gone.Worker, "gone"),
            Event.WorkerBroken broken => (broken.Worker, "broken"),
            Event.KeysAnswered answered => (answered.Attempt.Worker, "answered"),
            Event.Measured measured => (measured.Sizes[0].Worker, "measured"),
            _ => (default, ""),
        };
        var slot = state.Slots.FirstOrDefault(each => each.Worker == worker);
        if (slot is null) return "";
        return slot is WorkerSlot.Busy { AskedAt: not null } ? $"Asking {kind}" : $"{slot.GetType().Name} {kind}";
    }

    static string Describe(SchedulerState state) => string.Join('\n',
        state.Slots.Select(slot => slot.ToString()).Concat(state.Queue.Waiting.Select(job => $"waits: {job}")));

    static void Demand(bool holds, string complaint)
    {
        if (!holds) throw new BrokenLawException(complaint);
    }
}
