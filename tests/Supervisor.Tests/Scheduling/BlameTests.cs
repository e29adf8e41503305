using Decryptor.Protocol;
using Decryptor.Supervisor.Scheduling;

namespace Decryptor.Supervisor.Tests.Scheduling;

/// <summary>Deadly jobs and broken workers are told apart, however few of either there are.</summary>
sealed class BlameTests
{
    static House Working(int workers, int jobs)
    {
        var house = new House(new() { Workers = workers });
        house.Step();
        house.Greet();
        house.Arrive(jobs);
        return house;
    }

    /// <summary>Every worker of this build dies over whatever it is given, the probe included.</summary>
    static void DieOver(House house)
    {
        house.Greet();
        foreach (var slot in house.State.Slots)
        {
            if (slot is WorkerSlot.Busy) house.Crash(slot.Worker.Slot);
            else if (slot is WorkerSlot.Probing) house.Gone(slot.Worker.Slot);
        }

        house.Pass(3);
    }

    /// <summary>The build is mended: whatever workers are given ends well.</summary>
    static void WorkWell(House house)
    {
        house.Greet();
        foreach (var slot in house.State.Slots)
        {
            if (slot is WorkerSlot.Busy) house.Finish(slot.Worker.Slot);
            else if (slot is WorkerSlot.Probing) house.EndProbe(slot.Worker.Slot, Outcome.Complete);
        }

        house.Pass(3);
    }

    [TestCase(1, 1)]
    [TestCase(1, 2)]
    [TestCase(2, 3)]
    [TestCase(4, 9)]
    public void A_broken_build_quarantines_nobody(int workers, int jobs)
    {
        var house = Working(workers, jobs);
        for (var round = 0; round < 60; round++) DieOver(house);
        Assert.That(house.Snapshot.Tally.Failed, Is.Zero);
        Assert.That(house.State.Blame.WantsProbe);
        for (var round = 0; round < 60; round++) WorkWell(house);
        Assert.That(house.Snapshot.Tally.Complete, Is.EqualTo(jobs), "mended, it opens them all");
    }

    [Test]
    public void Of_eight_deaths_in_a_row_over_eight_jobs_the_last_is_the_workers()
    {
        var house = Working(8, 9);
        for (var slot = 1; slot <= 7; slot++) house.Crash(slot);
        Assert.That(house.State.Blame.WantsProbe, Is.False);
        var turn = house.Crash(8);
        Assert.That(turn.Rows.OfType<Row.WorkerEnded>().Single().Charged, Is.Null);
        Assert.That(house.State.Blame.WantsProbe);
        house.Pass(5);
        Assert.That(house.Greet().Orders.Single(), Is.InstanceOf<Order.Probe>(), "no job is given out before");
    }

    [Test]
    public void A_deadly_job_alone_in_the_house_has_its_three_deaths_and_no_more()
    {
        var house = Working(1, 1);
        for (var death = 1; death <= 3; death++)
        {
            house.Crash(1);
            Assert.That(house.Snapshot.Tally.Failed, Is.EqualTo(death == 3 ? 1 : 0));
            house.Pass(1);
            house.Greet();
            if (death == 2) house.EndProbe(1, Outcome.Complete);
        }

        Assert.That(house.Snapshot.Tally.Failures.Keys, Is.EqualTo(new[] { FailureCode.Poison.Name }));
    }

    [Test]
    public void A_job_on_its_last_chance_waits_for_a_probe_after_a_restart_too()
    {
        static bool WantsProbe(int deaths, int deathsMax)
        {
            var job = new Job { Id = 1, Source = "a", Deaths = deaths };
            return SchedulerState.Of(new() { DeathsMax = deathsMax }, new() { Waiting = [job] }).Blame.WantsProbe;
        }

        Assert.That(WantsProbe(2, 3));
        Assert.That(WantsProbe(1, 3), Is.False);
        Assert.That(WantsProbe(0, 1), Is.False, "the first death is the last: there is nothing to wait for");
    }

    [Test]
    public void A_probe_that_ends_badly_or_not_at_all_costs_the_worker_its_life()
    {
        var house = Working(1, 1);
        house.Crash(1);
        house.Greet();
        house.Crash(1);
        house.Greet();
        Assert.That(house.EndProbe(1, Outcome.Failed).Orders.Single(), Is.InstanceOf<Order.Kill>());
        house.Gone(1);
        house.Pass(2);
        house.Greet();
        Assert.That(house.Slot(1), Is.InstanceOf<WorkerSlot.Probing>());
        house.Pass(11);
        Assert.That(house.Slot(1), Is.InstanceOf<WorkerSlot.Leaving>());
        Assert.That(house.State.Blame.WorkerFailures, Is.Positive);
    }
}
