using System.Diagnostics;
using Decryptor.Benchmarks.Decode;
using Decryptor.Supervisor.Storage;

namespace Decryptor.Benchmarks.Serve;

/// <summary>
/// How many small uploads a second go through the whole service: renamed into <c>incoming/</c>, decoded, synced, in
/// <c>completed/</c>; with more and more workers, which end more and more jobs in one turn. On the disk, where syncs
/// count, and in memory, where only the processor does. Beside it, in turns, the pool that one would write in Node.js.
/// </summary>
static class SmallJobsBench
{
    const int Warm = 100;

    const string Memory = "/dev/shm";

    static readonly int[] _workers = [2, 4, 8, 16];

    /// <param name="jobs">Uploads of a measurement.</param>
    /// <param name="rounds">How often each is measured.</param>
    public static int Run(int jobs, int rounds) => Scratch.Use(folder =>
    {
        var rival = NodePool.Find();
        On("the disk", folder, jobs, rounds, rival);
        if (!Directory.Exists(Memory)) return;
        Scratch.Use(memory => On($"memory ({Memory})", memory, jobs, rounds, rival), Memory);
    });

    static void On(string disk, string folder, int jobs, int rounds, NodePool? rival)
    {
        var (file, rename, place) = DiskSpeed.Of(folder);
        Rows.Head($"small jobs on {disk}: {jobs} uploads of 4 KiB, median of {rounds} rounds");
        Rows.Row("this disk: a file written and synced, ms", file);
        Rows.Row("this disk: a rename and its folder synced, ms", rename);
        Rows.Row("this disk: a write in place synced, ms", place);
        Kind("plain text", isSealed: false, folder, jobs, rounds, rival);
        Kind("sealed xlog", isSealed: true, folder, jobs, rounds, rival);
    }

    static void Kind(string name, bool isSealed, string folder, int jobs, int rounds, NodePool? rival)
    {
        var ours = _workers.ToDictionary(workers => workers, _ => new List<Spell>());
        var theirs = new List<Spell>();
        for (var round = 0; round < rounds; round++)
        {
            foreach (var workers in _workers)
                ours[workers].Add(Scratch.Use(place => Ours(place, isSealed, workers, jobs), folder));
            if (rival is not null)
                theirs.Add(Scratch.Use(place => rival.Decode(place, isSealed, 2, Warm, jobs), folder));
        }

        foreach (var (workers, spells) in ours) Tell($"{name}, {workers} workers", spells, workers == 2 ? theirs : []);
        if (theirs.Count > 0) Rows.Row($"{name}, Node.js: CPU µs a job", theirs.Select(spell => spell.Cpu).Median());
    }

    static void Tell(string name, List<Spell> ours, List<Spell> theirs)
    {
        var perSecond = ours.Select(spell => spell.PerSecond).Median();
        if (theirs.Count == 0) Rows.Row($"{name}: jobs/s", perSecond);
        else
        {
            var node = theirs.Select(spell => spell.PerSecond).Median();
            Rows.Row($"{name}: jobs/s", perSecond, $"{Rows.Number(node)} Node.js pool of 2",
                $"{Rows.Number(perSecond / node)} x");
        }

        Rows.Row($"{name}: jobs a commit", ours.Select(spell => spell.PerCommit).Median());
        Rows.Row($"{name}: supervisor CPU µs a job", ours.Select(spell => spell.Cpu).Median());
        Rows.Row($"{name}: workers CPU µs a job", ours.Select(spell => spell.WorkerCpu).Median());
    }

    static Spell Ours(string folder, bool isSealed, int workers, int jobs)
    {
        var keys = "";
        var uploads = isSealed
            ? Uploads.Sealed(Path.Combine(folder, "made"), out keys)
            : Uploads.Plain(Path.Combine(folder, "made"));
        uploads.Make(Warm + jobs);
        using var service = new RunningSupervisor(folder, workers, Ring(folder, keys));
        uploads.Send(Warm, service.Incoming);
        service.AwaitCompleted(Warm);
        var (own, others, began) = (service.OwnCpu, service.WorkersCpu, Stopwatch.GetTimestamp());
        uploads.Send(jobs, service.Incoming);
        service.AwaitCompleted(Warm + jobs);
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        return new(jobs / seconds, 1e6 * (service.OwnCpu - own) / jobs, 1e6 * (service.WorkersCpu - others) / jobs,
            JobsACommit(service, jobs));
    }

    /// <summary>A ring that holds one line, which only its owner may read.</summary>
    public static string Ring(string folder, string line)
    {
        var ring = Directory.CreateDirectory(Path.Combine(folder, "keys")).FullName;
        var path = Path.Combine(ring, "bench");
        File.WriteAllText(path, line + "\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead);
        return ring;
    }

    // The history of all jobs of one commit has one time, to some microseconds.
    static double JobsACommit(RunningSupervisor service, int jobs)
    {
        using var ledger = JobLedger.OpenForReading(Path.Combine(service.Spool, Spool.LedgerName));
        var ends = Enumerable.Range(Warm + 1, jobs).Select(job => ledger.Find(job)!.Ended).Distinct().Count();
        return (double)jobs / ends;
    }
}

/// <summary>What one measurement gave: jobs a second, processor µs a job, and jobs that ended together.</summary>
readonly record struct Spell(double PerSecond, double Cpu, double WorkerCpu, double PerCommit);
