using System.Globalization;
using Decryptor.Protocol;

namespace Decryptor.Supervisor.Tests.Workers;

[CancelAfter(300_000)]
sealed class LeakTests
{
    const int Cycles = 1000;
    const int Warmup = 40;

    // What breathes by itself: the runtime's pool of threads, and the descriptors that it waits with.
    const int Breath = 16;

    [Test]
    public async Task Lore_24_a_thousand_workers_killed_leave_no_descriptor_no_thread_and_no_zombie()
    {
        await using var bench = new PoolBench();
        await KillSome(bench, 0, Warmup);
        var (descriptors, threads) = Count();
        await KillSome(bench, Warmup, Cycles);
        await Settle(() => Count().Descriptors <= descriptors && Count().Threads <= threads + Breath);
        var after = Count();

        TestContext.Out.WriteLine(
            $"MEASURED over {Cycles} respawns: descriptors {descriptors} to {after.Descriptors}, threads {threads} to "
            + $"{after.Threads}");
        Assert.That(after.Descriptors, Is.LessThanOrEqualTo(descriptors + Breath));
        Assert.That(after.Threads, Is.LessThanOrEqualTo(threads + Breath));
        Assert.That(Zombies(), Is.Zero);
    }

    [Test]
    public async Task Lore_24_a_worker_has_no_descriptor_that_is_not_its_own()
    {
        // What this process itself was started with is passed on to everybody, and is not ours to close.
        var inherited = PipesOf(Environment.ProcessId).ToHashSet();
        await using var bench = new PoolBench();
        var workers = Enumerable.Range(1, 4).Select(number => bench.Start(number)).ToList();
        foreach (var worker in workers) await bench.Heard<Hello>(worker);

        // A pipe that two of them hold would hide the end of one behind the life of the other.
        var pipes = workers.ConvertAll(worker => bench.Pool.Look(worker)!.Pid!.Value)
            .SelectMany(pid => PipesOf(pid).Except(inherited)).ToList();
        Assert.That(pipes, Has.Count.GreaterThanOrEqualTo(3 * workers.Count));
        Assert.That(pipes, Is.Unique);
    }

    static IEnumerable<string> PipesOf(int pid) =>
        Directory.GetFileSystemEntries(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/fd"))
            .Select(entry => new FileInfo(entry).LinkTarget ?? "")
            .Where(target => target.StartsWith("pipe:", StringComparison.Ordinal)
                || target.StartsWith("socket:", StringComparison.Ordinal))
            .Distinct();

    static async Task Settle(Func<bool> holds)
    {
        var patience = TimeSpan.FromSeconds(10);
        var since = System.Diagnostics.Stopwatch.GetTimestamp();
        while (!holds() && System.Diagnostics.Stopwatch.GetElapsedTime(since) < patience)
        {
            GC.Collect();
            await Task.Delay(100);
        }
    }

    static async Task KillSome(PoolBench bench, int first, int count)
    {
        for (var number = first + 1; number <= first + count; number++)
        {
            var worker = bench.Start(number);
            bench.Pool.Kill(worker);
            await bench.Gone(worker);
        }
    }

    static (int Descriptors, int Threads) Count() =>
        (Directory.GetFileSystemEntries("/proc/self/fd").Length, Directory.GetDirectories("/proc/self/task").Length);

    static int Zombies() => Directory.GetDirectories("/proc").Count(IsOurZombie);

    static bool IsOurZombie(string folder)
    {
        var stat = Path.Combine(folder, "stat");
        if (!char.IsAsciiDigit(Path.GetFileName(folder)[0]) || !File.Exists(stat)) return false;
        try
        {
            var text = File.ReadAllText(stat);
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] == "Z" && fields[1] == $"{Environment.ProcessId}";
        }
        catch (IOException)
        {
            return false;
        }
    }
}
