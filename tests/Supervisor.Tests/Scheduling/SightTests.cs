using Decryptor.Protocol;
using Decryptor.Supervisor.Scheduling;

namespace Decryptor.Supervisor.Tests.Scheduling;

/// <summary>What the snapshot says of workers and tenants, in each state that there is.</summary>
sealed class SightTests
{
    static string[] StatesOf(House house) => [.. house.Snapshot.Workers.Select(view => view.State)];

    [Test]
    public void Each_state_of_a_worker_is_seen_with_what_comes_next()
    {
        var house = new House(new() { Workers = 2, BusyDeathsMax = 1, BusyDeathsJobsMin = 1 });
        house.Arrive(2);
        Assert.That(StatesOf(house), Is.EqualTo(new[] { "starting", "starting" }));
        house.Greet();
        Assert.That(StatesOf(house), Is.EqualTo(new[] { "busy", "busy" }));
        var attempt = house.Snapshot.Workers[0].Job!.Attempt;
        house.Step(new Event.WorkerSaid(attempt.Worker, new KeyRequest(attempt, 1, "xlog", new byte[64])));
        var asking = house.Snapshot.Workers[0];
        Assert.That((asking.Next, asking.NextAt), Is.EqualTo(("waits for a key", (DateTimeOffset?)null)));
        Assert.That(house.Snapshot.Workers[1].Next, Is.EqualTo("kill unless it moves"));
        house.Crash(2);
        house.Greet();
        Assert.That(StatesOf(house), Does.Contain("probing"));
        house.Step(new Event.StopAsked(true));
        Assert.That(StatesOf(house), Is.EqualTo(new[] { "leaving", "leaving" }));
        Assert.That(house.Snapshot.Workers[0].Next, Is.EqualTo("we are stopping"));
    }

    [Test]
    public void A_place_that_nobody_fills_is_seen_with_the_time_of_the_next_start()
    {
        var house = new House(new() { Workers = 1 });
        for (var death = 0; death < 3; death++)
        {
            house.Step();
            if (house.State.Slots is [var born]) house.Step(new Event.WorkerGone(born.Worker, "exit 1"));
        }

        var vacant = house.Snapshot.Workers.Single();
        Assert.That((vacant.State, vacant.Worker, vacant.Next), Is.EqualTo(("vacant", (Incarnation?)null, "start")));
        Assert.That(vacant.NextAt, Is.GreaterThan(house.Now));
    }

    [Test]
    public void Tenants_are_seen_with_their_oldest_job_a_suspect_included_and_as_of_a_moment_ago()
    {
        var house = new House(new() { Workers = 1 });
        Assert.That(house.Snapshot.Oldest, Is.Null);
        var begin = house.Now;
        house.Arrive(1, "shop");
        house.Greet();
        house.Pass(2);
        Assert.That(house.Snapshot.Tenants.Single().Running, Is.EqualTo(1));
        house.Crash(1);
        Assert.That(house.Snapshot.Tenants.Single().Waiting, Is.Zero, "as it was a moment ago");
        house.Pass(0.5);
        var shop = house.Snapshot.Tenants.Single();
        Assert.That((shop.Name, shop.Waiting, shop.Penalties), Is.EqualTo(("shop", 1, 1)));
        Assert.That(house.Snapshot.Oldest, Is.EqualTo(begin));
    }

    [Test]
    public void A_file_that_stays_where_it_is_is_never_moved()
    {
        var house = new House(new() { Workers = 1 });
        var arrived = house.Step(new Event.JobArrived("/srv/a.xlog", "a.xlog", "", 1, Outside: true));
        Assert.That(arrived.Moves.OfType<Move.Accept>(), Is.Empty);
        Assert.That(house.Greet().Moves, Is.Empty);
        Assert.That(house.Assigned.Single().Outside, Is.EqualTo("/srv/a.xlog"));
        Assert.That(house.Crash(1).Moves.OfType<Move.GiveBack>(), Is.Empty);
        Assert.That(house.Snapshot.Waiting, Is.EqualTo(1));
    }

    [Test]
    public void More_of_a_ring_that_was_told_before_reopens_what_is_named_and_nothing_else()
    {
        var starving = new Starving([], DateTimeOffset.MinValue);
        for (var id = 1; id <= 1025; id++) starving.Ended(Starved(id));
        Assert.That(starving.Latest, Has.Count.EqualTo(1024), "the oldest is in the ledger by then");
        Assert.That(starving.Again(new([Starved(9999)], IsMore: true), default), Has.Count.EqualTo(1));
        Assert.That(starving.Latest, Has.Count.EqualTo(1024));
        Assert.That(starving.Again(new([Starved(9999)]), default), Has.Count.EqualTo(1025));
        Assert.That(starving.Latest, Is.Empty);
    }

    [Test]
    public void Of_the_latest_ends_the_oldest_are_forgotten_and_a_job_without_one_is_no_end()
    {
        var ends = new LatestEnds([]);
        ends.Add(new Job { Id = 1, Source = "open" });
        Assert.That(ends.All, Is.Empty);
        var at = new DateTimeOffset(2026, 11, 23, 9, 0, 0, TimeSpan.Zero);
        for (var id = 1; id <= 1025; id++) ends.Add(Starved(id) with { Ended = at });
        ends.Add(Starved(2) with { Ended = at.AddSeconds(1) });
        Assert.That(ends.All, Has.Count.EqualTo(1024));
        Assert.That(ends.IsStale(Starved(1) with { Ended = at.AddSeconds(-1) }), Is.False, "it is forgotten");
        Assert.That(ends.IsStale(Starved(2) with { Ended = at }), "it has ended again since");
        Assert.That(ends.IsStale(Starved(3) with { Ended = at }), Is.False);
    }

    [TestCase(0, 108), TestCase(262_144_000, 900), TestCase(long.MaxValue, 900_000_000)]
    public void A_worker_is_given_nine_tenths_of_the_time_that_we_have(long bytes, int seconds) =>
        Assert.That(new Policy().LimitsFor(bytes).Seconds, Is.EqualTo(seconds));

    static Job Starved(long id) =>
        new() { Id = id, Source = "a", State = JobState.Failed, Code = FailureCode.KeyMissing.Name };
}
