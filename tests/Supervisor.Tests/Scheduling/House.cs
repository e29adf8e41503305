using Decryptor.Protocol;
using Decryptor.Supervisor.Scheduling;

namespace Decryptor.Supervisor.Tests.Scheduling;

/// <summary>
/// A scheduler with its clock and words for what happens to it: the stage of tests that need many steps.
/// </summary>
sealed class House(Policy policy)
{
    readonly Scheduler _scheduler = new(policy, new());
    int _uploads;

    public DateTimeOffset Now { get; private set; } = new(2026, 11, 23, 9, 0, 0, TimeSpan.Zero);

    /// <summary>What was given out so far, in turn.</summary>
    public List<Job> Assigned { get; } = [];

    public SchedulerState State => _scheduler.Save();

    public Snapshot Snapshot => _scheduler.Snapshot();

    public Turn Step(params Event[] events)
    {
        var turn = _scheduler.Step(Now, events);
        Assigned.AddRange(turn.Orders.OfType<Order.Assign>().Select(order => order.Job));
        return turn;
    }

    /// <summary>Time passes in steps of the loop's beat, so that none is late.</summary>
    public void Pass(double seconds)
    {
        for (var end = Now.AddSeconds(seconds); Now < end;)
        {
            Now = Now.AddSeconds(Math.Min(1, (end - Now).TotalSeconds));
            Step();
        }
    }

    public Turn Arrive(int jobs = 1, string tenant = "", long bytes = 1) => Step(
        [.. Enumerable.Range(0, jobs).Select(_ => new Event.JobArrived($"u{++_uploads}", "u", tenant, bytes, false))]);

    /// <summary>All that have started say hello.</summary>
    public Turn Greet() => Step([.. State.Slots.OfType<WorkerSlot.Starting>().Select(Hello)]);

    /// <summary>The worker in that slot ends its job.</summary>
    public Turn Finish(int slot, Outcome outcome = Outcome.Complete)
    {
        var busy = (WorkerSlot.Busy)State.Slots.Single(each => each.Worker.Slot == slot);
        var code = outcome == Outcome.Failed ? FailureCode.Damaged.Name : "";
        return Step(Said(busy, new Finished(busy.Job.Attempt, outcome, code, "", "", 1, 1, default)));
    }

    /// <summary>The worker in that slot says a word about its job, and dies.</summary>
    public Turn Crash(int slot)
    {
        var busy = (WorkerSlot.Busy)State.Slots.Single(each => each.Worker.Slot == slot);
        return Step(Said(busy, new Progress(busy.Job.Attempt, 0, 0, 0)), new Event.WorkerGone(busy.Worker, "SIGKILL"));
    }

    /// <summary>The worker in that slot has read the probe, or could not.</summary>
    public Turn EndProbe(int slot, Outcome outcome)
    {
        var probing = (WorkerSlot.Probing)Slot(slot);
        return Step(Said(probing, new Finished(probing.Attempt, outcome, "", "", "", 1, 1, default)));
    }

    public Turn Gone(int slot) =>
        Step(new Event.WorkerGone(State.Slots.Single(each => each.Worker.Slot == slot).Worker, "SIGKILL"));

    public Turn Hold(int slot, long bytes) =>
        Step(new Event.Measured([new(State.Slots.Single(each => each.Worker.Slot == slot).Worker, bytes)]));

    public WorkerSlot Slot(int slot) => State.Slots.Single(each => each.Worker.Slot == slot);

    static Event.WorkerSaid Hello(WorkerSlot slot) =>
        Said(slot, new Hello(Message.Version, slot.Worker, "", "", ""));

    static Event.WorkerSaid Said(WorkerSlot slot, Message message) => new(slot.Worker, message, true);
}
