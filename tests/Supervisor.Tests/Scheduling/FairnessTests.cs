using System.Diagnostics;
using Decryptor.Supervisor.Scheduling;

namespace Decryptor.Supervisor.Tests.Scheduling;

/// <summary>What tenants may expect of each other, and what a step costs when very many wait.</summary>
sealed class FairnessTests
{
    const int Workers = 4;

    // Every job takes one second: the workers finish in turn, a quarter of a second after each other.
    static House Flooded(Policy policy, params (string Tenant, int Jobs, long Bytes)[] floods)
    {
        var house = new House(policy);
        house.Step();
        house.Greet();
        foreach (var (tenant, jobs, bytes) in floods) house.Arrive(jobs, tenant, bytes);
        return house;
    }

    static void Serve(House house, int jobs)
    {
        for (var served = 0; served < jobs; served++)
        {
            house.Pass(1.0 / Workers);
            var oldest = house.State.Slots.OfType<WorkerSlot.Busy>().MinBy(busy => busy.Since);
            if (oldest is not null) house.Finish(oldest.Worker.Slot);
        }
    }

    [Test]
    public void Behind_a_flood_a_tenant_waits_two_service_times_at_most()
    {
        var house = Flooded(new() { Workers = Workers }, ("flood", 2000, 1));
        for (var times = 0; times < 20; times++)
        {
            Serve(house, 7);
            var since = house.Now;
            house.Arrive(1, "small");
            while (house.Assigned[^1].Tenant != "small") Serve(house, 1);
            Assert.That(house.Now - since, Is.LessThanOrEqualTo(TimeSpan.FromSeconds(2 + 1.0 / Workers)));
        }
    }

    [Test]
    public void Many_floods_share_by_weight_within_a_few_jobs()
    {
        var weights = new Dictionary<string, int> { ["b"] = 2, ["c"] = 5 };
        var policy = new Policy { Workers = Workers, Weights = weights };
        var house = Flooded(policy, ("a", 900, 1), ("b", 900, 1), ("c", 900, 1));
        Serve(house, 800);
        foreach (var (tenant, share) in new[] { ("a", 100), ("b", 200), ("c", 500) })
            Assert.That(house.Assigned.Count(job => job.Tenant == tenant), Is.EqualTo(share).Within(6));
    }

    [Test]
    public void Large_jobs_never_hold_more_than_half_and_small_ones_go_on_beside_them()
    {
        var policy = new Policy { Workers = Workers, LargeBytes = 1000 };
        var house = Flooded(policy, ("large", 200, 1000), ("small", 400, 1));
        for (var served = 0; served < 300; served++)
        {
            Serve(house, 1);
            Assert.That(house.Snapshot.Large.Running, Is.LessThanOrEqualTo(Workers / 2));
        }

        Assert.That(house.Assigned.Count(job => job.Bytes < 1000), Is.GreaterThan(140));
    }

    [Test]
    public void A_step_among_a_hundred_thousand_jobs_of_a_thousand_tenants_costs_about_what_one_among_few_does()
    {
        var few = CostOfStep(waiting: 2_000, tenants: 20);
        var many = CostOfStep(waiting: 100_000, tenants: 1_000);
        TestContext.Out.WriteLine(FormattableString.Invariant(
            $"a step: {few.Microseconds:0.0} µs with 2000 jobs of 20 tenants waiting, ")
            + FormattableString.Invariant($"{many.Microseconds:0.0} µs with 100000 of 1000"));
        Assert.That(many.Bytes, Is.LessThan(few.Bytes * 3), "what a step allocates does not grow with the queue");
    }

    static (double Microseconds, double Bytes) CostOfStep(int waiting, int tenants)
    {
        const int measured = 1000;
        var jobs = Enumerable.Range(1, waiting)
            .Select(id => new Job { Id = id, Source = "u", Tenant = $"t{id % tenants}", Bytes = 1 }).ToList();
        var scheduler = new Scheduler(new() { Workers = Workers }, new() { Waiting = jobs, LastJob = waiting });
        var now = new DateTimeOffset(2026, 11, 23, 9, 0, 0, TimeSpan.Zero);
        scheduler.Step(now, []);
        var state = scheduler.Save();
        scheduler.Step(now, [.. state.Slots.Select(slot => Hello(slot.Worker))]);
        var running = scheduler.Save().Slots.ToDictionary(slot => slot.Worker, slot => slot.Holds!);
        var (since, before) = (Stopwatch.GetTimestamp(), GC.GetAllocatedBytesForCurrentThread());
        for (var step = 0; step < measured; step++)
        {
            var (worker, job) = running.ElementAt(step % Workers);
            var turn = scheduler.Step(now = now.AddMilliseconds(10), [Finished(job)]);
            running[worker] = turn.Orders.OfType<Order.Assign>().Single().Job;
        }

        var bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        return (Stopwatch.GetElapsedTime(since).TotalMicroseconds / measured, (double)bytes / measured);
    }

    static Event.WorkerSaid Hello(Protocol.Incarnation worker) =>
        new(worker, new Protocol.Hello(Protocol.Message.Version, worker, "", "", ""));

    static Event.WorkerSaid Finished(Job job) => new(job.Attempt.Worker,
        new Protocol.Finished(job.Attempt, Protocol.Outcome.Complete, "", "", "", 1, 1, default), true);
}
