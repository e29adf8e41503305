using Decryptor.Protocol;
using Decryptor.Supervisor.Scheduling;

namespace Decryptor.Supervisor.Tests.Simulation;

/// <summary>
/// Something that can happen in a scene: news, or time that passes until the scheduler wants to be called.
/// </summary>
readonly record struct Possibility(Event? News, TimeSpan After)
{
    public const int JobsMax = 4;

    static readonly Event[] _ofPeople =
    [
        new Event.RollAsked(), new Event.ResizeAsked(1), new Event.ResizeAsked(-1), new Event.StopAsked(false),
        new Event.StopAsked(true), new Event.Overslept(TimeSpan.FromMinutes(1)),
    ];

    /// <summary>All that can happen, to each worker in each state, sensible or not.</summary>
    public static IEnumerable<Possibility> In(Scene scene)
    {
        var state = scene.State;
        foreach (var slot in state.Slots)
            foreach (var news in Of(slot, state)) yield return new(news, TimeSpan.Zero);
        foreach (var news in _ofPeople) yield return new(news, TimeSpan.Zero);
        if (state.LastJob < JobsMax)
        {
            var tenant = state.LastJob % 2 == 0 ? "" : "t";
            yield return new(new Event.JobArrived("a", "a", tenant, 1, false), TimeSpan.Zero);
        }

        foreach (var job in state.Queue.Waiting.Concat(state.Queue.Running)) yield return Ask(OperatorAct.Cancel, job);
        foreach (var job in state.Queue.Waiting) yield return new(new Event.InputGone(job.Id), TimeSpan.Zero);
        foreach (var job in scene.Ended.Values)
        {
            yield return Ask(OperatorAct.Retry, job);
            yield return Ask(OperatorAct.Release, job);
        }

        yield return new(new Event.KeysChanged([.. scene.Ended.Values.Where(job => job.WantsKey)]), TimeSpan.Zero);
        if (state.Promised is not { } at) yield break;
        var pause = at > state.Now ? at - state.Now : TimeSpan.Zero;
        yield return new(null, pause);
        yield return new(null, pause + TimeSpan.FromMinutes(1));
    }

    /// <summary>
    /// What honest workers, and a ring that answers, would do next; time where there is nothing of that.
    /// </summary>
    public static IReadOnlyList<Event> Friendly(SchedulerState state) =>
    [
        .. state.Slots.Select(Event? (slot) => slot switch
        {
            WorkerSlot.Starting => Said(slot, new Hello(Message.Version, slot.Worker, "", "", "")),
            WorkerSlot.Probing probing => Said(slot, Ended(probing.Attempt, Outcome.Complete, "")),
            WorkerSlot.Busy { AskedAt: not null } busy => new Event.KeysAnswered(busy.Job.Attempt),
            WorkerSlot.Busy busy => Said(slot, Ended(busy.Job.Attempt, Outcome.Complete, "")),
            WorkerSlot.Leaving => new Event.WorkerGone(slot.Worker, "exit 0"),
            _ => null,
        }).OfType<Event>(),
    ];

    static Possibility Ask(OperatorAct act, Job job) =>
        new(new Event.OperatorAsked(act, job, "eve (1001)", 1), TimeSpan.Zero);

    static IEnumerable<Event> Of(WorkerSlot slot, SchedulerState state)
    {
        var worker = slot.Worker;
        var attempt = (slot as WorkerSlot.Probing)?.Attempt ?? slot.Holds?.Attempt ?? new(1, 1, worker);
        var bytes = (slot as WorkerSlot.Busy)?.Latest?.BytesIn ?? 0;
        yield return new Event.WorkerGone(worker, "SIGKILL");
        yield return new Event.WorkerBroken(worker, "end of file");
        yield return new Event.KeysAnswered(attempt);
        yield return new Event.Measured([new(worker, state.Policy.MemoryMax)]);
        yield return Said(slot, new Hello(Message.Version, worker, "", "", ""));
        yield return Said(slot, new Hello(Message.Version + 1, default, "", "", ""));
        yield return Said(slot, new Progress(attempt, bytes, bytes, 0));
        yield return Said(slot, new Progress(attempt with { Number = 99 }, 1, 1, 0));
        yield return Said(slot, new Fingerprint(attempt, new byte[Frame.HashLength]));
        yield return Said(slot, new KeyRequest(attempt, 1, "xlog", new byte[64]));
        yield return Said(slot, Ended(attempt, Outcome.Complete, ""));
        yield return Said(slot, Ended(attempt, Outcome.Complete, ""), false);
        yield return Said(slot, Ended(attempt, Outcome.Failed, FailureCode.Internal.Name), false);
        yield return Said(slot, Ended(attempt, Outcome.Failed, FailureCode.KeyMissing.Name));
        yield return Said(slot, Ended(attempt, Outcome.Failed, FailureCode.Poison.Name));
    }

    static Event.WorkerSaid Said(WorkerSlot slot, Message message, bool hasReport = true) =>
        new(slot.Worker, message, hasReport);

    static Finished Ended(Attempt attempt, Outcome outcome, string code) =>
        new(attempt, outcome, code, "", "", 1, 1, default);
}
