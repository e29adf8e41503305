using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace Decryptor.Supervisor.Tests.Simulation;

/// <summary>
/// Seeds: workers that crash, hang, lie and speak after death, a supervisor that sleeps, stops and is killed between
/// any two changes, and people who ask for everything. <c>scripts/simulate</c> runs many of them.
/// </summary>
sealed class SimulationTests
{
    const int LinesOfTrace = 60;

    static int Seeds => Setting("DECRYPTOR_SEEDS", 400);

    static int First => Setting("DECRYPTOR_FIRST_SEED", 0);

    [Test]
    public void Nothing_is_lost_twice_stuck_or_charged_unjustly_whatever_dies()
    {
        var sum = new SimulationSum();
        var broken = new ConcurrentBag<(int Seed, string How)>();
        var since = Stopwatch.GetTimestamp();
        // Left to itself it takes a thread more each half second, for as long as it runs.
        var everyCore = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount };
        Parallel.For(First, First + Seeds, everyCore, (seed, loop) =>
        {
            var world = new World(seed);
            try
            {
                sum.Add(world, world.Run());
            }
            catch (Exception e)
            {
                broken.Add((seed, e.ToString()));
                loop.Stop();
            }
        });
        TestContext.Out.WriteLine(sum.Figures(Stopwatch.GetElapsedTime(since)));
        if (!broken.IsEmpty) Assert.Fail(Story(broken.Min(each => each.Seed)));
        // One seed that is run again has a story of its own; only many must have it all.
        if (Seeds < 10) return;
        Assert.That(sum.Outages, Is.GreaterThan(Seeds), "the simulation must kill supervisors, or it proves nothing");
        Assert.That(sum.Charged, Is.GreaterThan(Seeds), "jobs must be charged with deaths, or it proves nothing");
        Assert.That(sum.FaultsInAnHour, Is.GreaterThan(200));
    }

    [Test]
    public void A_seed_goes_the_same_way_each_time([Values(0, 7, 1234)] int seed)
    {
        ulong Trace()
        {
            var world = new World(seed);
            world.Run();
            return world.Trace;
        }

        var first = Trace();
        Assert.That(Trace(), Is.EqualTo(first));
        Assert.That(first, Is.Not.EqualTo(new World(seed).Trace), "a world that was not run has no trace");
    }

    static string Story(int seed)
    {
        var trace = new Queue<string>();
        try
        {
            new World(seed, line =>
            {
                trace.Enqueue(line);
                if (trace.Count > LinesOfTrace) trace.Dequeue();
            }).Run();
            return $"seed {seed} failed, and does not fail again: something is not drawn from the seed";
        }
        catch (Exception e)
        {
            return $"seed {seed}: scripts/simulate 1 {seed} runs it again\n{string.Join('\n', trace)}\n{e}";
        }
    }

    static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var n) ? n : otherwise;
}
