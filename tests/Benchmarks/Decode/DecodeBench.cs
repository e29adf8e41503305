using Decryptor.Supervisor.Keys;

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

    /// <param name="rounds">How often everything is run.</param>
    /// <param name="only">A part of the names of the cases that are run; empty for all.</param>
    public static int Run(int rounds, string only) => Scratch.Use(folder =>
    {
        var cases = Cases.All(folder).Where(one => one.Name.Contains(only, StringComparison.OrdinalIgnoreCase));
        foreach (var one in cases) Measure(one, rounds, folder);
    });

    static void Measure(DecodeCase one, int rounds, string folder)
    {
        var keys = Directory.CreateDirectory(Path.Combine(folder, "keys")).FullName;
        WriteKeys(keys, one.KeyLines);
        var ring = KeyRing.Load(keys);
        var workers = WorkerPath.All.Select(path => (Name: Path.GetFileName(path), Path: path, Runs: new List<Spent>()))
            .ToList();
        var bench = new Bench(ring, folder);
        var parts = one.BareParts(bench).Select(part => new Timed(part)).ToList();
        var plain = one.Plain is null ? null : new Timed(one.Plain(bench));
        for (var round = -WarmRuns; round < rounds; round++)
        {
            foreach (var worker in workers)
            {
                var spent = WorkerRun.Of(worker.Path, one, ring, folder);
                if (round >= 0) worker.Runs.Add(spent);
            }

            foreach (var part in parts) part.Time(counts: round >= 0);
            plain?.Time(counts: round >= 0);
        }

        var table = new DecodeTable(one);
        foreach (var worker in workers) table.Worker(worker.Name, worker.Runs, parts.Sum(part => part.Cpu));
        table.Bound(parts.Select(part => (part.Name, part.Cpu)));
        foreach (var worker in workers) table.Rivals(worker.Name, worker.Runs, plain?.Cpu);
    }

    // The ring refuses files that others may read.
    static void WriteKeys(string folder, IEnumerable<string> lines)
    {
        var path = Path.Combine(folder, "bench");
        File.WriteAllLines(path, lines);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    sealed class Timed(Part part)
    {
        readonly List<double> _runs = [];

        internal string Name => part.Name;

        internal double Cpu => _runs.Median();

        internal void Time(bool counts)
        {
            var before = CpuClock.Own;
            part.Run();
            if (counts) _runs.Add(CpuClock.Own - before);
            part.After?.Invoke();
        }
    }
}
