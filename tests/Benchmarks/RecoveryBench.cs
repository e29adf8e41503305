using System.Diagnostics;
using System.Text;
using Decryptor.Supervisor;
using Decryptor.Supervisor.Keys;
using Decryptor.Supervisor.Scheduling;
using Serilog.Core;

namespace Decryptor.Benchmarks;

/// <summary>
/// How long a worker's death lasts: from SIGKILL of a busy worker to the committed decision that its job is requeued,
/// and to a fresh worker that has greeted. Real workers, a real spool, synced to disk, in the order of a service.
/// </summary>
static class RecoveryBench
{
    public static int Run(int cycles) => Scratch.Use(folder => Measure(folder, cycles));

    static void Measure(string folder, int cycles)
    {
        var input = MakeText(Path.Combine(folder, "big.txt"), 192 << 20);
        var decided = new Figures("SIGKILL to requeue decided and committed", "ms");
        var ready = new Figures("SIGKILL to a fresh worker ready", "ms");
        using var watch = new Watch();
        var spool = Path.Combine(folder, "spool");
        var settings = new Settings { Spool = spool, Workers = 1, Worker = WorkerPath.Built };
        using var engine = Engine.Open(settings, KeyRing.Load(null), Logger.None, turn => watch.See(turn), [input]);
        watch.Latest = () => engine.Latest;
        engine.Start();
        for (var job = 1; job <= cycles; job++)
        {
            engine.Inbox.Post(new Event.JobArrived(input, "big.txt", "", new FileInfo(input).Length, true));
            var victim = watch.AwaitBusy(job);
            if (engine.Pool.Look(victim)?.Pid is not { } pid) continue;
            var killed = Stopwatch.GetTimestamp();
            Process.GetProcessById(pid).Kill();
            decided.Add(Stopwatch.GetElapsedTime(killed, watch.AwaitRequeue(job)).TotalMilliseconds);
            ready.Add(Stopwatch.GetElapsedTime(killed, watch.AwaitFresh(victim)).TotalMilliseconds);
            watch.AwaitEnd(job);
        }

        engine.Inbox.Post(new Event.StopAsked(true));
        engine.WaitForEnd();
        Figures.Head();
        Console.WriteLine(decided);
        Console.WriteLine(ready);
    }

    static string MakeText(string path, long length)
    {
        var line = Encoding.UTF8.GetBytes(
            "[I][2026-11-23 +8.0 09:12:59.120][2211, 2230*][net][net.cc:88, Send][sent 512 bytes\n");
        using var file = File.Create(path);
        while (file.Length < length) file.Write(line);
        return path;
    }
}
