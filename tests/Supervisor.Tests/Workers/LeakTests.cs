namespace Decryptor.Supervisor.Tests.Workers;

[CancelAfter(60_000)]
sealed class LeakTests
{
    const int Cycles = 200;
    const int Warmup = 40;

    [Test]
    public async Task Two_hundred_workers_killed_leave_no_descriptor_no_thread_and_no_zombie()
    {
        await using var bench = new PoolBench();
        await KillSome(bench, 0, Warmup);
        var (descriptors, threads) = Count();
        await KillSome(bench, Warmup, Cycles);
        var after = Count();

        // The pool of threads breathes; what leaks does so once a cycle.
        Assert.That(after.Descriptors, Is.LessThan(descriptors + Cycles / 8));
        Assert.That(after.Threads, Is.LessThan(threads + Cycles / 8));
        Assert.That(Zombies(), Is.Zero);
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
