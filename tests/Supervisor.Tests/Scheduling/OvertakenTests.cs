using Decryptor.Protocol;
using Decryptor.Supervisor.Scheduling;

namespace Decryptor.Supervisor.Tests.Scheduling;

/// <summary>Requests that were overtaken: by the job's next end, by a sleep of ours, by a change of the ring.</summary>
sealed class OvertakenTests
{
    static readonly DateTimeOffset _now = new(2026, 11, 23, 9, 0, 0, TimeSpan.Zero);

    static House Working()
    {
        var house = new House(new() { Workers = 1 });
        house.Step();
        house.Greet();
        house.Arrive();
        return house;
    }

    static Job Ended(Turn turn) => turn.Rows.OfType<Row.JobIs>().Single(row => !row.Job.IsOpen).Job;

    [Test]
    public void A_job_that_was_tried_again_meanwhile_is_not_reopened_by_its_old_row()
    {
        var house = Working();
        var failed = Ended(house.Finish(1, Outcome.Failed));
        house.Step(new Event.OperatorAsked(OperatorAct.Retry, failed, "eve", 1));
        house.Pass(1);
        house.Finish(1);
        var turn = house.Step(new Event.OperatorAsked(OperatorAct.Retry, failed, "eve", 2));
        Assert.That(turn.Moves, Is.Empty);
        Assert.That(turn.Orders.OfType<Order.Reply>().Single().Result, Is.EqualTo(ActResult.Stale));
        Assert.That(turn.Rows, Is.Empty);
        Assert.That(house.Step(new Event.KeysChanged([failed])).Moves, Is.Empty);
    }

    [Test]
    public void Only_the_latest_ends_are_remembered()
    {
        var ends = new LatestEnds([]);
        var job = new Job { Id = 1, Source = "a", State = JobState.Failed, Ended = _now };
        ends.Add(job);
        ends.Add(job with { Ended = _now.AddSeconds(1) });
        Assert.That(ends.IsStale(job));
        Assert.That(ends.IsStale(job with { Ended = _now.AddSeconds(1) }), Is.False);
        for (var id = 2; id <= 1026; id++) ends.Add(job with { Id = id });
        Assert.That(ends.IsStale(job), Is.False);
        Assert.That(ends.All, Has.Count.EqualTo(1024));
    }

    [TestCase(12, false)]
    [TestCase(0.5, true)]
    public void A_worker_is_not_judged_by_a_loop_that_was_not_there(double overslept, bool isKilled)
    {
        // The deadline passed while we slept, a moment before we woke: that we are late for it is hardly to be seen.
        var house = Working();
        var wakeAt = house.Step().WakeAt!.Value;
        house.Pass((wakeAt - house.Now).TotalSeconds - 1);
        var scheduler = new Scheduler(house.State);
        var turn = scheduler.Step(wakeAt.AddSeconds(0.1), [new Event.Overslept(TimeSpan.FromSeconds(overslept))]);
        Assert.That(turn.Orders.Any(order => order is Order.Kill), Is.EqualTo(isKilled));
    }

    [Test]
    public void A_job_that_was_cancelled_after_it_starved_is_left_alone_by_new_keys()
    {
        var starving = new Starving([], DateTimeOffset.MinValue);
        var job = new Job { Id = 1, Source = "a", State = JobState.Failed, Code = FailureCode.KeyMissing.Name };
        starving.Ended(job);
        starving.Ended(job with { Code = FailureCode.Cancelled.Name });
        Assert.That(starving.Again(new([]), _now), Is.Empty);
    }
}
