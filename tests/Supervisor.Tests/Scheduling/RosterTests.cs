using Decryptor.Supervisor.Scheduling;

namespace Decryptor.Supervisor.Tests.Scheduling;

/// <summary>
/// Workers are relieved for their jobs, their age and their memory, a few at a time, and never just sent away.
/// </summary>
sealed class RosterTests
{
    const long Mebi = 1 << 20;

    static readonly Policy _policy = new() { Workers = 4, RecycleJobs = 2, RecycleMemory = 100 * Mebi };

    static House Greeted(Policy? policy = null)
    {
        var house = new House(policy ?? _policy);
        house.Step();
        house.Greet();
        return house;
    }

    static int Starts(Turn turn) => turn.Orders.Count(order => order is Order.Start);

    static int Dismissals(Turn turn) => turn.Orders.Count(order => order is Order.Dismiss);

    static House AllDue()
    {
        var house = Greeted();
        for (var round = 0; round < 2; round++)
        {
            house.Arrive(4);
            for (var slot = 1; slot <= 4; slot++) house.Finish(slot);
        }

        return house;
    }

    [Test]
    public void Of_four_that_are_due_together_one_is_relieved_at_a_time_and_after_its_relief_has_greeted()
    {
        var house = AllDue();
        Assert.That(house.State.Slots.Count(slot => slot is WorkerSlot.Starting { Relieves: not null }), Is.EqualTo(1));
        for (var relieved = 1; relieved <= 4; relieved++)
        {
            Assert.That(house.State.Slots.Count(slot => slot is WorkerSlot.Idle), Is.EqualTo(4));
            var greeted = house.Greet();
            Assert.That((Starts(greeted), Dismissals(greeted)), Is.EqualTo((0, 1)));
            var gone = house.Gone(house.State.Slots.Single(slot => slot is WorkerSlot.Leaving).Worker.Slot);
            Assert.That(Starts(gone), Is.EqualTo(relieved < 4 ? 1 : 0));
        }
    }

    [Test]
    public void A_relief_that_dies_costs_nobody_its_place()
    {
        var house = AllDue();
        var relief = house.State.Slots.OfType<WorkerSlot.Starting>().Single();
        house.Gone(relief.Worker.Slot);
        Assert.That(house.State.Slots.Count(slot => slot is WorkerSlot.Idle), Is.EqualTo(4));
        house.Pass(5);
        Assert.That(house.State.Slots.OfType<WorkerSlot.Starting>().Single().Relieves, Is.EqualTo(relief.Relieves));
    }

    [Test]
    public void Whom_it_was_to_relieve_may_die_first()
    {
        var house = AllDue();
        var relief = house.State.Slots.OfType<WorkerSlot.Starting>().Single();
        house.Gone(relief.Relieves!.Value.Slot);
        house.Greet();
        house.Pass(2);
        Assert.That(house.State.Slots.Count(slot => slot is WorkerSlot.Idle or WorkerSlot.Starting { Relieves: null }),
            Is.EqualTo(4));
    }

    [Test]
    public void A_worker_is_relieved_for_its_age()
    {
        var house = Greeted(_policy with { Workers = 1, RecycleAge = TimeSpan.FromSeconds(60) });
        house.Pass(59);
        Assert.That(house.State.Slots, Has.Count.EqualTo(1));
        house.Pass(2);
        Assert.That(house.State.Slots, Has.Count.EqualTo(2));
        Assert.That(house.State.RollThrough, Is.Zero);
    }

    [Test]
    public void A_worker_that_has_grown_is_relieved_and_one_that_was_always_large_is_not()
    {
        var house = Greeted(_policy with { Workers = 2 });
        house.Hold(1, 110 * Mebi);
        house.Hold(2, 10 * Mebi);
        house.Arrive(2);
        house.Finish(1);
        house.Finish(2);
        house.Hold(1, 120 * Mebi);
        Assert.That(house.State.Slots, Has.Count.EqualTo(2), "its successor would be no smaller");
        house.Hold(2, 101 * Mebi);
        var relief = house.State.Slots.OfType<WorkerSlot.Starting>().Single();
        Assert.That(relief.Relieves, Is.EqualTo(house.Slot(2).Worker));
    }

    [Test]
    public void A_worker_that_holds_far_too_much_is_killed_in_the_middle_of_its_job()
    {
        var house = Greeted(_policy with { Workers = 1 });
        house.Arrive();
        Assert.That(house.Hold(1, _policy.MemoryMax - 1).Orders, Is.Empty);
        Assert.That(house.Hold(1, _policy.MemoryMax).Orders.Single(), Is.InstanceOf<Order.Kill>());
    }

    [Test]
    public void Fewer_and_then_more_never_makes_too_many()
    {
        var house = Greeted();
        house.Arrive(4);
        for (var times = 0; times < 5; times++)
        {
            Assert.That(Starts(house.Step(new Event.ResizeAsked(-3))), Is.Zero);
            Assert.That(Starts(house.Step(new Event.ResizeAsked(3))), Is.Zero);
        }

        Assert.That(house.State.Slots.Count(slot => slot is WorkerSlot.Busy { Outgoing: false }), Is.EqualTo(4));
    }

    [Test]
    public void Those_who_leave_together_are_not_replaced_before_they_are_gone()
    {
        var house = Greeted();
        house.Arrive(4);
        house.Step(new Event.ResizeAsked(-3));
        house.Pass(20);
        var leaving = house.State.Slots.OfType<WorkerSlot.Leaving>().ToList();
        Assert.That(leaving, Has.Count.EqualTo(4), "all have frozen");
        house.Step(new Event.ResizeAsked(3));
        Assert.That(house.State.Slots, Has.Count.LessThanOrEqualTo(5));
        foreach (var slot in leaving) house.Gone(slot.Worker.Slot);
        house.Pass(3);
        house.Greet();
        Assert.That(house.State.Slots.Count(slot => slot is not WorkerSlot.Leaving), Is.EqualTo(4));
    }

    [Test]
    public void A_roll_replaces_each_worker_once_and_none_that_came_after_it()
    {
        var house = Greeted(_policy with { Workers = 2 });
        house.Step(new Event.RollAsked());
        for (var times = 0; times < 10; times++)
        {
            house.Greet();
            foreach (var slot in house.State.Slots.OfType<WorkerSlot.Leaving>()) house.Gone(slot.Worker.Slot);
        }

        Assert.That(house.State.Slots.Select(slot => slot.Worker.Number).Order(), Is.EqualTo(new[] { 3, 4 }));
    }
}
