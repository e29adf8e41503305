using Decryptor.Supervisor.Scheduling;

namespace Decryptor.Supervisor.Tests.Scheduling;

/// <summary>Who is next: shares by weight, a lane for large jobs, a line for suspects.</summary>
sealed class JobQueueTests
{
    static readonly DateTimeOffset _now = new(2026, 11, 23, 9, 0, 0, TimeSpan.Zero);
    static readonly Policy _policy = new() { LargeBytes = 1000, PenaltyTime = TimeSpan.FromSeconds(10) };

    static TurnDraft Turn(Policy? policy = null)
    {
        var turn = new TurnDraft(policy ?? _policy);
        turn.Begin(_now);
        return turn;
    }

    static JobQueue Queue(TurnDraft? turn = null) => new(turn ?? Turn(), new());

    static Job Job(long id, string tenant = "", long bytes = 1) =>
        new() { Id = id, Source = $"u{id}", Tenant = tenant, Bytes = bytes, Arrived = _now.AddSeconds(id) };

    /// <summary>Gives out so many jobs, each ended before the next, and says whose they were.</summary>
    static Dictionary<string, int> Shares(JobQueue queue, int jobs)
    {
        var shares = new Dictionary<string, int>();
        for (; jobs > 0 && queue.Take(4) is { } job; jobs--)
        {
            shares[job.Tenant] = shares.GetValueOrDefault(job.Tenant) + 1;
            queue.Ended(job.Id);
        }

        return shares;
    }

    static void Flood(JobQueue queue, string tenant, int jobs, long from)
    {
        for (var id = from; id < from + jobs; id++) queue.Add(Job(id, tenant));
    }

    [Test]
    public void Tenants_share_by_weight()
    {
        var weights = new Dictionary<string, int> { ["b"] = 3 };
        var queue = Queue(Turn(_policy with { Weights = weights }));
        Flood(queue, "a", 400, 1);
        Flood(queue, "b", 400, 1001);
        var shares = Shares(queue, 400);
        Assert.That(shares["b"], Is.InRange(298, 302));
        Assert.That(shares["a"], Is.InRange(98, 102));
    }

    [Test]
    public void Who_comes_back_gets_nothing_for_the_time_away()
    {
        var queue = Queue();
        Flood(queue, "a", 1000, 1);
        Shares(queue, 500);
        Flood(queue, "b", 500, 2001);
        Assert.That(Shares(queue, 100)["b"], Is.InRange(49, 51));
    }

    [Test]
    public void A_death_halves_the_share_and_is_forgiven_in_time()
    {
        var turn = Turn();
        var queue = Queue(turn);
        Flood(queue, "a", 2000, 1);
        Flood(queue, "b", 2000, 3001);
        queue.Punish("b");
        Assert.That(Shares(queue, 300)["b"], Is.InRange(98, 102));
        turn.Begin(_now.AddSeconds(9));
        queue.Forgive();
        Assert.That(queue.Views.Single(view => view.Name == "b").Penalties, Is.EqualTo(1));
        turn.Begin(_now.AddSeconds(10));
        queue.Forgive();
        Assert.That(queue.Views.Single(view => view.Name == "b").Penalties, Is.Zero);
        Assert.That(Shares(queue, 300)["b"], Is.InRange(148, 152));
    }

    [Test]
    public void No_more_than_three_penalties_count_and_they_go_one_after_the_other()
    {
        var tenant = new Tenant("a", 0);
        for (var death = 0; death < 9; death++) tenant.Punish(_now, _policy.PenaltyTime);
        Assert.That(tenant.Penalties, Is.EqualTo(3));
        Assert.That(tenant.Forgive(_now.AddSeconds(10), _policy.PenaltyTime), Is.EqualTo(2));
        Assert.That(tenant.Forgive(_now.AddSeconds(10), _policy.PenaltyTime), Is.EqualTo(2));
        Assert.That(tenant.Forgive(_now.AddSeconds(30), _policy.PenaltyTime), Is.Zero);
    }

    [Test]
    public void Large_jobs_fill_half_of_the_workers_and_small_ones_pass_them()
    {
        var queue = Queue();
        for (var id = 1; id <= 4; id++) queue.Add(Job(id, bytes: 1000));
        queue.Add(Job(5));
        var taken = Enumerable.Range(0, 4).Select(_ => queue.Take(4)?.Id).ToList();
        Assert.That(taken, Is.EqualTo(new long?[] { 1, 2, 5, null }));
        queue.Ended(1);
        Assert.That(queue.Take(4)!.Id, Is.EqualTo(3));
        Assert.That(queue.LargeRunning, Is.EqualTo(2));
    }

    [Test]
    public void A_large_suspect_keeps_to_the_lane_of_the_large()
    {
        var queue = Queue();
        queue.Add(Job(1, bytes: 1000));
        Assert.That(queue.Take(2)!.Id, Is.EqualTo(1));
        queue.Add(Job(2, bytes: 1000) with { Deaths = 1 });
        Assert.That(queue.Take(2), Is.Null);
        queue.Add(Job(3) with { Deaths = 1 });
        Assert.That(queue.Take(2)!.Id, Is.EqualTo(3), "a small suspect need not wait for it");
        queue.Ended(3);
        queue.Ended(1);
        Assert.That(queue.Take(2)!.Id, Is.EqualTo(2));
    }

    [Test]
    public void A_tenant_that_waited_for_the_lane_takes_nothing_from_those_who_come_new()
    {
        var queue = Queue();
        for (var id = 1; id <= 3; id++) queue.Add(Job(id, "large", 1 << 20));
        Assert.That(new[] { queue.Take(4)!.Id, queue.Take(4)!.Id }, Is.EqualTo(new[] { 1L, 2L }));
        Flood(queue, "a", 400, 101);
        Shares(queue, 200);
        queue.Ended(1);
        while (queue.Take(4) is { Id: not 3 } job) queue.Ended(job.Id);
        Flood(queue, "b", 400, 1001);
        Flood(queue, "a", 400, 2001);
        var shares = Shares(queue, 100);
        Assert.That(shares["a"], Is.InRange(45, 55));
        Assert.That(shares["b"], Is.InRange(45, 55));
    }

    [Test]
    public void Suspects_and_others_take_turns_and_only_one_suspect_runs()
    {
        var queue = Queue();
        queue.Add(Job(1) with { Deaths = 1 });
        queue.Add(Job(2) with { Outages = 3 });
        queue.Add(Job(3));
        queue.Add(Job(4));
        Assert.That(queue.Suspects, Is.EqualTo(2));
        var first = queue.Take(4)!;
        Assert.That(new[] { first.Id, queue.Take(4)!.Id }, Is.EqualTo(new[] { 1L, 3L }));
        queue.Ended(first.Id);
        Assert.That(new[] { queue.Take(4)!.Id, queue.Take(4)!.Id }, Is.EqualTo(new[] { 2L, 4L }));
        Assert.That(queue.Take(4), Is.Null);
    }

    [Test]
    public void Other_settings_draw_the_lines_anew()
    {
        var turn = Turn();
        var queue = Queue(turn);
        queue.Add(Job(1) with { Outages = 1 });
        for (var id = 2; id <= 4; id++) queue.Add(Job(id, bytes: 500));
        turn.Policy = _policy with { LargeBytes = 100, OutagesMax = 1 };
        queue.Resort();
        Assert.That((queue.Suspects, queue.Count), Is.EqualTo((1, 4)));
        var taken = Enumerable.Range(0, 3).Select(_ => queue.Take(2)?.Id);
        Assert.That(taken, Is.EqualTo(new long?[] { 1, 2, null }));
    }

    [Test]
    public void Counting_begins_anew_before_it_overflows_and_nobody_loses_by_it()
    {
        var far = (1L << 55) - 1000;
        var record = new QueueRecord { Pass = far, Tenants = [new("a", far, 0, _now), new("b", far, 0, _now)] };
        var queue = new JobQueue(Turn(), record);
        Flood(queue, "a", 300, 1);
        Flood(queue, "b", 300, 1001);
        var shares = Shares(queue, 200);
        Assert.That(shares["a"], Is.InRange(99, 101));
        Assert.That(queue.Record.Pass, Is.LessThan(1L << 40));
    }

    [Test]
    public void Tenants_without_jobs_are_forgotten_once_there_are_many_unless_they_owe()
    {
        var queue = Queue();
        queue.Punish("owes");
        queue.Add(Job(9000, "waits") with { Deaths = 1 });
        queue.Add(Job(9001, "waits"));
        var suspect = queue.Take(4)!;
        for (var id = 1; id <= 1200; id++)
        {
            queue.Add(Job(id, $"t{id}"));
            while (queue.Take(4) is { } job) queue.Ended(job.Id);
        }

        var names = queue.Record.Tenants.Select(tenant => tenant.Name).ToList();
        Assert.That(names, Has.Count.LessThan(1100));
        Assert.That(names, Does.Contain("owes"));
        Assert.That(names, Does.Contain("waits"));
        queue.Ended(suspect.Id);
    }

    [Test]
    public void What_was_saved_goes_on_as_it_would_have()
    {
        var queue = Queue();
        for (var id = 1; id <= 60; id++) queue.Add(Job(id, $"t{id % 7}", id % 5 == 0 ? 2000 : 10));
        queue.Add(Job(99, "t1") with { Deaths = 1 });
        for (var taken = 0; taken < 9; taken++) queue.Take(8);
        var twin = new JobQueue(Turn(), queue.Record);
        for (var taken = 0; taken < 60; taken++) Assert.That(twin.Take(8)?.Id, Is.EqualTo(queue.Take(8)?.Id));
    }
}
