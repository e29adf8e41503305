using System.Diagnostics;
using System.Text;
using Decryptor.Supervisor;
using Decryptor.Supervisor.Keys;
using Decryptor.Supervisor.Scheduling;
using Serilog.Core;

namespace Decryptor.Benchmarks;

/// <summary>
/// What the death of workers costs: jobs a second in calm and with one worker killed every five seconds, in turns, so
/// that the machine's own moods fall on both. Real workers, a real spool, synced to disk.
/// </summary>
static class ThroughputBench
{
    const int Workers = 8;

    const int Outstanding = 64;

    static readonly TimeSpan _turn = TimeSpan.FromSeconds(10.5);

    static readonly TimeSpan _betweenKills = TimeSpan.FromSeconds(5);

    public static int Run(int rounds) => Scratch.Use(folder => Measure(folder, rounds));

    static void Measure(string folder, int rounds)
    {
        var input = Path.Combine(folder, "log.txt");
        File.WriteAllText(input, string.Concat(Enumerable.Repeat("a line of a log that is sent by a phone\n", 5000)));
        var ended = 0L;
        var settings = new Settings
        {
            Spool = Path.Combine(folder, "spool"),
            Workers = Workers,
            Worker = WorkerPath.Built,
        };
        using var engine = Engine.Open(settings, KeyRing.Load(null), Logger.None, turn =>
            Interlocked.Add(ref ended, turn.Rows.OfType<Row.JobIs>().Count(row => !row.Job.IsOpen)), [input]);
        engine.Start();
        var (calm, storm, ratio) = (new Figures("calm", "jobs/s"), new Figures("one kill in 5 s", "jobs/s"),
            new Figures("kept", "share"));
        var length = Encoding.UTF8.GetByteCount(File.ReadAllText(input));
        var posted = 0L;
        double Spell(bool kills)
        {
            var (watch, before, killed) = (Stopwatch.StartNew(), Interlocked.Read(ref ended), 0);
            while (watch.Elapsed < _turn)
            {
                while (posted - Interlocked.Read(ref ended) < Outstanding)
                {
                    engine.Inbox.Post(new Event.JobArrived(input, "log.txt", "", length, true));
                    posted++;
                }

                if (kills && watch.Elapsed > killed * _betweenKills && Kill(engine)) killed++;
                Thread.Sleep(1);
            }

            return (Interlocked.Read(ref ended) - before) / watch.Elapsed.TotalSeconds;
        }

        _ = Spell(kills: false);
        for (var round = 0; round < rounds; round++)
        {
            var (quiet, wild) = (Spell(kills: false), Spell(kills: true));
            calm.Add(quiet);
            storm.Add(wild);
            ratio.Add(wild / quiet);
        }

        engine.Inbox.Post(new Event.StopAsked(true));
        engine.WaitForEnd();
        Figures.Head();
        foreach (var figure in new[] { calm, storm, ratio }) Console.WriteLine(figure);
    }

    static bool Kill(Engine engine)
    {
        var busy = engine.Latest.Workers.FirstOrDefault(worker => worker.State == "busy")?.Worker;
        if (busy is not { } victim || engine.Pool.Look(victim)?.Pid is not { } pid) return false;
        try
        {
            Process.GetProcessById(pid).Kill();
            return true;
        }
        catch (ArgumentException)
        {
            // It has gone by itself meanwhile.
            return false;
        }
    }
}
