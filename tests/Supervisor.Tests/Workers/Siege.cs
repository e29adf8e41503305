using System.Diagnostics;
using Decryptor.Supervisor.Keys;
using Decryptor.Supervisor.Scheduling;
using Decryptor.Supervisor.Workers;
using Serilog.Core;

namespace Decryptor.Supervisor.Tests.Workers;

/// <summary>
/// A whole supervisor, in a process of its own, whose workers misbehave one after the other: each job is done wrong in
/// its first attempt, and well in its second. Prints for each how many milliseconds passed from the verdict to the
/// offender's proved end, and what became of the job; last, by how many MiB its memory has grown.
/// </summary>
static class Siege
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    static readonly object Gate = new();
    static readonly Dictionary<long, Job> Jobs = [];
    static readonly Dictionary<long, long> Condemned = [];
    static readonly Dictionary<long, long> Dead = [];

    public static int Run(int mebibytes)
    {
        var folder = Directory.CreateTempSubdirectory("siege-").FullName;
        var settings = new Settings
        {
            Spool = Path.Combine(folder, "spool"),
            Worker = PoolBench.FakeProgram.File,
            Workers = 2,
            Durable = false,
            Deadlines = new() { FrozenSeconds = 3, StalledSeconds = 3 },
        };
        using (var engine = Engine.Open(settings, KeyRing.Load(null), Logger.None, Watch))
        {
            engine.Start();
            Besiege(engine, mebibytes);
            engine.Inbox.Post(new Event.StopAsked(true));
            engine.WaitForEnd();
        }

        Directory.Delete(folder, recursive: true);
        return 0;
    }

    static void Besiege(Engine engine, int mebibytes)
    {
        var id = 0L;
        for (var i = 0; i < 10; i++) Finish(engine, ++id, "ok");
        var before = Resident();
        using var peak = new Peak();
        foreach (var deed in (string[])
            [
                "slow-frame", "stale-attempt", "two-results", "stalled", "fork-sleeper", $"stderr-{mebibytes}",
                "babble", "flood", "garbage", "huge-length", "half-frame", "ask-unheard", "unread", "stop-self",
                "claims-unasked",
            ])
        {
            var job = Finish(engine, ++id, $"{deed}~1");
            var late = Condemned.TryGetValue(id, out var at) && Dead.TryGetValue(id, out var dead)
                ? Stopwatch.GetElapsedTime(at, dead).TotalMilliseconds : 0;
            Console.WriteLine($"{deed} {late:0} {job.State}, {job.Deaths} deaths");
        }

        Console.WriteLine($"memory {(peak.Bytes - before) >> 20} over {before >> 20} MiB");
    }

    static Job Finish(Engine engine, long id, string deed)
    {
        engine.Inbox.Post(new Event.JobArrived($"/nowhere/{id}", $"{deed}.log", "", 6, true));
        var until = Stopwatch.GetTimestamp();
        lock (Gate)
        {
            while (true)
            {
                if (Jobs.TryGetValue(id, out var job) && !job.IsOpen) return job;
                if (Stopwatch.GetElapsedTime(until) > Patience) throw new TimeoutException($"{deed} does not end");
                Monitor.Wait(Gate, TimeSpan.FromSeconds(1));
            }
        }
    }

    static void Watch(Turn turn)
    {
        lock (Gate)
        {
            var now = Stopwatch.GetTimestamp();
            foreach (var kill in turn.Orders.OfType<Order.Kill>())
                if (kill.Over is { } over) Condemned.TryAdd(over.Job, now);
            foreach (var ended in turn.Rows.OfType<Row.WorkerEnded>())
                if (ended.Charged is { } job) Dead.TryAdd(job, now);
            foreach (var row in turn.Rows.OfType<Row.JobIs>()) Jobs[row.Job.Id] = row.Job;
            Monitor.PulseAll(Gate);
        }
    }

    static long Resident() => ProcFolder.Sample(Environment.ProcessId)?.ResidentBytes ?? 0;

    /// <summary>The most memory that this process is seen to have while it is watched.</summary>
    sealed class Peak : IDisposable
    {
        readonly Timer _timer;
        long _bytes;

        internal Peak() => _timer = new(_ => _bytes = Math.Max(_bytes, Resident()), null, 0, 20);

        internal long Bytes => _bytes;

        public void Dispose() => _timer.Dispose();
    }
}
