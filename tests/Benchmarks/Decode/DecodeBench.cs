using System.Diagnostics;

namespace Decryptor.Benchmarks.Decode;

/// <summary>
/// How fast one file becomes text, through a worker as it is shipped, held against the sum of the steps that nobody can
/// leave out and against plain .NET, both measured in this process (JIT, Release) in the same run. Everything is run in
/// turns, so that the machine's moods fall on all alike, and the medians are told.
/// </summary>
static class DecodeBench
{
    /// <summary>What is run before anything counts, so that the JIT has settled and the file is in memory.</summary>
    const int WarmRuns = 2;

    const int ThreadsAbreast = 2;

    /// <param name="rounds">How often everything is run.</param>
    /// <param name="only">A part of the names of the cases that are run; empty for all.</param>
    public static int Run(int rounds, string only) => Scratch.Use(folder =>
    {
        var cases = Cases.All(folder).Where(one => one.Name.Contains(only, StringComparison.OrdinalIgnoreCase));
        foreach (var one in cases) Measure(one, rounds, folder);
    });

    static void Measure(DecodeCase one, int rounds, string folder)
    {
        var ring = Rings.Of(one.KeyLines, folder);
        TimedWorker[] workers =
        [
            new(WorkerPath.All[0], new(1, Durable: false)), new(WorkerPath.All[0], new(ThreadsAbreast, Durable: false)),
            .. WorkerPath.All.Select(path => new TimedWorker(path, new(1, Durable: true))),
        ];
        var bench = new Bench(ring, folder);
        var parts = one.BareParts(bench).Select(part => new Timed(part)).ToList();
        var rivals = Rivals(one, bench).Select(part => new Timed(part)).ToList();
        for (var round = -WarmRuns; round < rounds; round++)
        {
            foreach (var worker in workers)
            {
                var spent = WorkerRun.Of(worker.Path, one, ring, folder, worker.Manner);
                if (round >= 0) worker.Runs.Add(spent);
            }

            foreach (var part in parts.Concat(rivals)) part.Time(counts: round >= 0);
        }

        var table = new DecodeTable(one);
        var bound = parts.Where(part => part.Counts).Sum(part => part.Cpu);
        foreach (var worker in workers) table.Worker(worker.Name, worker.Runs, bound);
        var alone = workers[0].Runs.Select(run => run.Wall).Median();
        DecodeTable.Abreast(workers[1].Name, alone, workers[1].Runs.Select(run => run.Wall).Median());
        table.Bound(parts.Select(part => (part.Name, part.Cpu, part.Counts)));
        foreach (var worker in workers.Where(worker => worker.Manner.Threads == 1))
            table.Rivals(worker.Name, worker.Runs, rivals.Select(rival => (rival.Name, rival.Cpu, rival.Wall)));
    }

    static IEnumerable<Part> Rivals(DecodeCase one, Bench bench)
    {
        if (one.Plain is not null) yield return one.Plain(bench);
        foreach (var program in one.Programs(bench)) yield return program;
    }

    sealed record TimedWorker(string Path, Manner Manner)
    {
        internal List<Spent> Runs { get; } = [];

        internal string Name => System.IO.Path.GetFileName(Path)["decryptor-".Length..]
            + (Manner.Durable ? ", synced" : "") + (Manner.Threads > 1 ? $", {Manner.Threads} threads" : "");
    }

    sealed class Timed(Part part)
    {
        readonly List<double> _cpu = [];
        readonly List<double> _wall = [];

        internal string Name => part.Name;

        internal bool Counts => part.Counts;

        internal double Cpu => _cpu.Median();

        internal double Wall => _wall.Median();

        internal void Time(bool counts)
        {
            var (cpu, began) = (Clock, Stopwatch.GetTimestamp());
            part.Run();
            var (spent, took) = (Clock - cpu, Stopwatch.GetElapsedTime(began).TotalSeconds);
            part.After?.Invoke();
            if (!counts) return;
            _cpu.Add(spent);
            _wall.Add(took);
        }

        double Clock => part.IsProgram ? CpuClock.Children : CpuClock.Own;
    }
}
