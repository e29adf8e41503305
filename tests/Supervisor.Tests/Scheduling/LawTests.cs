using Decryptor.Supervisor.Scheduling;

namespace Decryptor.Supervisor.Tests.Scheduling;

/// <summary>A scheduler that has lost count of a log ends there and then.</summary>
sealed class LawTests
{
    static readonly DateTimeOffset _now = new(2026, 11, 23, 9, 0, 0, TimeSpan.Zero);

    static readonly Job _job = new() { Id = 1, Source = "a", State = JobState.Decrypting, Worker = new(1, 1) };

    static SchedulerState State => new() { Now = _now, Target = 1, LastJob = 1, LastWorker = 1 };

    static WorkerSlot.Busy Busy(int slot) => new WorkerSlot.Idle(new(slot, slot), _now, _now).Work(_job, _now, new());

    static TestCaseData[] Crimes() =>
    [
        new TestCaseData(State with { Tally = new() { Accepted = 1 } }).SetName("An accepted job that is nowhere"),
        new TestCaseData(State with { Queue = new() { Waiting = [_job] } }).SetName("A job that nobody accepted"),
        new TestCaseData(State with { Tally = new() { Accepted = 1 }, Queue = new() { Running = [_job] } })
            .SetName("A job that runs and is held by nobody"),
        new TestCaseData(State with { Slots = [Busy(1)] }).SetName("A worker that holds what does not run"),
        new TestCaseData(State with
        {
            Target = 2,
            Slots = [Busy(1), Busy(2)],
            Tally = new() { Accepted = 1 },
            Queue = new() { Running = [_job] },
        }).SetName("A job that two workers hold"),
    ];

    [TestCaseSource(nameof(Crimes))]
    public void Whoever_has_lost_count_may_not_go_on(object state) => Assert.That(
        () => new Scheduler((SchedulerState)state).Step(_now, []),
        Throws.InvalidOperationException.With.Message.Contains("the conservation law is broken"));

    [Test]
    public void Turns_after_which_it_held_are_counted()
    {
        var scheduler = new Scheduler(State with
        {
            Slots = [Busy(1)],
            Tally = new() { Accepted = 1 },
            Queue = new() { Running = [_job] },
            LawHeld = 7,
        });
        scheduler.Step(_now, []);
        Assert.That(scheduler.Snapshot().LawHeld, Is.EqualTo(8));
    }
}
