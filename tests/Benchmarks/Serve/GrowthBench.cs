using System.Diagnostics;
using Decryptor.Benchmarks.Decode;

namespace Decryptor.Benchmarks.Serve;

/// <summary>
/// Whether a service with a million uploads before it is as fast, and as small, as one with a thousand: jobs a second
/// at the beginning of the flood, and the supervisor's memory. On a disk of memory where there is one, since the
/// disk's speed is not asked for; a run ends after <see cref="Counted"/> jobs, and the others stay in
/// <c>incoming/</c>.
/// </summary>
static class GrowthBench
{
    const int Counted = 3000;

    const int Warm = 500;

    const int Workers = 2;

    const double MemoryMax = 100;

    /// <param name="waiting">How many uploads lie in <c>incoming/</c>, for each run.</param>
    public static int Run(IReadOnlyList<int> waiting)
    {
        var parent = Directory.Exists("/dev/shm") ? "/dev/shm" : null;
        Rows.Head($"growth: the first {Counted} of so many uploads, {Workers} workers, spool in {parent ?? "temp"}");
        var first = 0.0;
        foreach (var count in waiting)
        {
            var (perSecond, memory) = Scratch.Use(folder => Measure(folder, count), parent);
            if (first == 0) first = perSecond;
            Rows.Row($"{count:N0} waiting: jobs/s", perSecond, $"{Rows.Number(first)} with {waiting[0]:N0}",
                $"{100 * perSecond / first:0} %");
            Rows.Row($"{count:N0} waiting: supervisor's peak memory, MiB", memory, $"{MemoryMax} allowed",
                $"{100 * memory / MemoryMax:0} %");
        }

        return 0;
    }

    static (double PerSecond, double Memory) Measure(string folder, int count)
    {
        var incoming = Directory.CreateDirectory(Path.Combine(folder, "spool", "incoming")).FullName;
        // One file under many names would be one upload to a file system: each is its own, if a short one.
        for (var i = 0; i < count + Warm + Counted; i++)
            File.WriteAllText(Path.Combine(incoming, $"{i}.log"), $"the log of phone {i}\n");
        using var service = new RunningSupervisor(folder, Workers);
        service.AwaitCompleted(Warm);
        var began = Stopwatch.GetTimestamp();
        service.AwaitCompleted(Warm + Counted);
        return (Counted / Stopwatch.GetElapsedTime(began).TotalSeconds, service.Memory.Peak);
    }
}
