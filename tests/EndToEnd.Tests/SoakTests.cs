using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Decryptor.EndToEnd.Tests;

/// <summary>
/// Small jobs for a long time, a worker killed now and then, reloads, and rows that grow old: nothing may grow but the
/// count of jobs. DECRYPTOR_SOAK_SECONDS makes it longer; only a long run tells a slope from noise, so the short one
/// demands no more than that it does not run away.
/// </summary>
[NonParallelizable]
sealed class SoakTests
{
    const int JobsASecond = 20;

    static double Seconds =>
        double.TryParse(
            Environment.GetEnvironmentVariable("DECRYPTOR_SOAK_SECONDS"), CultureInfo.InvariantCulture, out var set)
            ? set : 25;

    [Test, CancelAfter(8_000_000)]
    public void Nothing_grows_but_the_count_of_jobs()
    {
        using var scratch = new Scratch();
        // What has ended leaves after a tenth of the time: the ledger must then stay as large as it is.
        var config = new { workers = 4, retentionDays = Seconds / 10 / 86_400 };
        using var service = new Serving(scratch, config: config);
        service.AwaitServing(workers: 4);
        var slopes = new Slopes();
        var done = Run(scratch, service, slopes);
        service.Until(
            () => Directory.GetFileSystemEntries(scratch["spool/incoming"]).Length == 0
                && Directory.GetFileSystemEntries(scratch["spool/queue"]).Length == 0,
            "all jobs are taken", 60);
        slopes.Tell(done);
        service.Until(() => service.Workers().Count == 4, "the pool is whole");
        Assert.That(slopes.Files.Last, Is.LessThan(300), "descriptors");
        Assert.That(slopes.Threads.Last, Is.LessThan(100), "threads");
        Assert.That(slopes.Memory.Last, Is.LessThan(200), "MiB");
        var ended = Directory.GetDirectories(scratch["spool/completed"]).Length;
        Assert.That(ended, Is.LessThan(done * 2 / 3 + 200), "old jobs leave the spool");
        service.Send(Proc.SigTerm);
        Assert.That(service.AwaitExit(60), Is.Zero, service.Stderr);
    }

    static int Run(Scratch scratch, Serving service, Slopes slopes)
    {
        var watch = Stopwatch.StartNew();
        var (done, kills, reloads) = (0, 0, 0);
        while (watch.Elapsed.TotalSeconds < Seconds)
        {
            Serving.Drop(scratch, $"{done++}.txt", Encoding.UTF8.GetBytes($"line of job {done}\n"));
            var passed = watch.Elapsed.TotalSeconds;
            if (passed > (kills + 1) * Math.Min(30, Seconds / 8))
            {
                kills++;
                if (service.Workers() is { Count: > 0 } workers) Proc.Send(workers[done % workers.Count], Proc.SigKill);
            }

            if (passed > (reloads + 1) * Math.Min(600, Seconds / 5))
            {
                reloads++;
                service.Send(Proc.SigHup);
            }

            if (done % (JobsASecond * 2) == 0) slopes.Look(passed, service);
            var ahead = done / (double)JobsASecond - watch.Elapsed.TotalSeconds;
            if (ahead > 0) Thread.Sleep(TimeSpan.FromSeconds(ahead));
        }

        return done;
    }

    sealed class Slopes
    {
        public Slope Memory { get; } = new("resident memory of the supervisor, MiB", 1 << 20);

        public Slope Files { get; } = new("open descriptors", 1);

        public Slope Threads { get; } = new("threads", 1);

        Slope Ledger { get; } = new("ledger with its log, KiB", 1024);

        public void Look(double seconds, Serving service)
        {
            Memory.Look(seconds, Proc.ResidentMemory(service.Pid));
            Files.Look(seconds, Proc.OpenFiles(service.Pid));
            Threads.Look(seconds, Proc.Threads(service.Pid));
            var ledger = Directory.GetFiles(service.Spool, "ledger.db*");
            Ledger.Look(seconds, ledger.Sum(file => new FileInfo(file).Length));
        }

        public void Tell(int done)
        {
            TestContext.Out.WriteLine($"{done} jobs");
            foreach (var slope in new[] { Memory, Files, Threads, Ledger }) TestContext.Out.WriteLine(slope);
        }
    }
}
