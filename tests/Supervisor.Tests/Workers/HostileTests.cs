using System.Globalization;
using Decryptor.FakeWorker;
using Decryptor.Protocol;
using Decryptor.Supervisor.Scheduling;

namespace Decryptor.Supervisor.Tests.Workers;

/// <summary>
/// Workers that mean harm. Short here; <c>scripts/hostile</c> runs the long form, whose sizes it gives in the
/// environment.
/// </summary>
sealed class HostileTests
{
    // What a hang or a leak would exceed by far; the figures themselves are printed.
    const int DeadWithin = 20_000;
    const int MemoryMax = 256;

    [Test]
    public void Of_hostile_frames_the_parser_refuses_some_and_the_scheduler_survives_the_rest()
    {
        var frames = Size("DECRYPTOR_HOSTILE_FRAMES", 20_000);
        var seed = Size("DECRYPTOR_HOSTILE_SEED", 1);
        for (var sent = 0; sent < frames; sent += 10_000, seed++)
        {
            var storm = new SchedulerStorm(seed);
            storm.Run(10_000);
            Assert.That(storm.Words, Is.GreaterThan(1_000), $"seed {seed}");
            Assert.That(storm.Refused, Is.GreaterThan(100), $"seed {seed}");
            Assert.That(storm.Ended, Is.Positive, $"seed {seed}");
        }

        TestContext.Out.WriteLine($"MEASURED {frames} hostile frames in process: no mistake of ours");
    }

    [Test]
    public async Task Of_hostile_frames_over_real_pipes_just_the_readable_ones_are_heard()
    {
        var frames = Size("DECRYPTOR_HOSTILE_PIPED", 300);
        await using var bench = new PoolBench();
        var (sent, seed) = (0, 0);
        while (sent < frames)
        {
            var batch = Enumerable.Range(0, 4).Select(_ => Besiege(bench, ++seed)).ToList();
            foreach (var (worker, words, isBroken) in batch)
            {
                sent += words.Count + 1;
                await bench.Until(
                    () => bench.SaidBy(worker).Count() >= words.Count, $"all words of seed {worker.Number}");
                if (isBroken) await bench.Next<Event.WorkerBroken>(worker);
                // Before it is killed: then a machine that is busy may see its pipe end long before the process does.
                Assert.That(bench.Of(worker).OfType<Event.WorkerBroken>().Any(), Is.EqualTo(isBroken));
                bench.Pool.Kill(worker);
                await bench.Gone(worker);
                Assert.That(bench.SaidBy(worker).Select(word => word.GetType()),
                    Is.EqualTo(words.Select(word => word.GetType())), $"seed {worker.Number}");
            }

            bench.Forget();
        }

        TestContext.Out.WriteLine($"MEASURED {sent} hostile frames over real pipes, from {seed} workers");
    }

    [Test, CancelAfter(300_000)]
    public void Every_misdeed_of_the_list_ends_its_worker_or_nothing_at_all_and_costs_no_memory()
    {
        var mebibytes = Size("DECRYPTOR_HOSTILE_STDERR", 64).ToString(CultureInfo.InvariantCulture);
        var seen = Spoiled.InProcess("siege", mebibytes);
        foreach (var (deed, (milliseconds, words)) in seen)
            TestContext.Out.WriteLine($"MEASURED {deed}: {milliseconds}, {words}");

        var (grown, _) = seen["memory"];
        Assert.That(grown, Is.LessThan(MemoryMax));
        seen.Remove("memory");
        Assert.That(seen, Has.Count.EqualTo(15));
        Assert.That(seen.Values.Select(each => each.Milliseconds), Has.All.LessThan(DeadWithin));
        Assert.That(seen.Values.Select(each => each.Words), Has.All.StartsWith("Completed"));
        foreach (var harmless in new[] { "stale-attempt", "two-results" })
            Assert.That(seen[harmless].Words, Is.EqualTo("Completed, 0 deaths"), harmless);
        foreach (var deadly in new[] { "slow-frame", "stalled", "babble", "flood", "garbage", "unread", "stop-self" })
            Assert.That(seen[deadly].Words, Is.EqualTo("Completed, 1 deaths"), deadly);
    }

    [Test, CancelAfter(60_000)]
    public async Task Signs_of_life_without_end_run_out_of_credit()
    {
        await using var bench = new PoolBench();
        var worker = bench.Start();
        bench.Assign(worker, "flood");

        Assert.That((await bench.Next<Event.WorkerBroken>(worker)).Why,
            Does.StartWith("sent garbage: more frames than it had credit for"));
        Assert.That(bench.SaidBy(worker).Count(), Is.LessThan(2 * Supervisor.Workers.FrameCredit.Most));
    }

    static (Incarnation Worker, IReadOnlyList<Message> Words, bool IsBroken) Besiege(PoolBench bench, int seed)
    {
        var worker = bench.Start(seed, $"starting fuzz-{seed}");
        var (_, words, isBroken) = HostileFrames.Batch(seed, worker);
        return (worker, words, isBroken);
    }

    static int Size(string name, int usual) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var size)
            ? size : usual;
}
