using System.Diagnostics;

namespace Decryptor.Benchmarks.Serve;

/// <summary>
/// From the rename of a single small upload into <c>incoming/</c> to its folder, report and all, in <c>completed/</c>,
/// at a service that has nothing else to do.
/// </summary>
static class LatencyBench
{
    const int Workers = 2;

    const int Warm = 20;

    public static int Run(int uploads) => Scratch.Use(folder =>
    {
        var (file, rename, place) = DiskSpeed.Of(folder);
        Rows.Head($"upload to text: {uploads} single uploads of 4 KiB, {Workers} workers");
        Rows.Row("this disk: a file written and synced, ms", file);
        Rows.Row("this disk: a rename and its folder synced, ms", rename);
        Rows.Row("this disk: a write in place synced, ms", place);
        var keys = "";
        Kind("plain text", Uploads.Plain(Path.Combine(folder, "plain")), folder, keys, uploads);
        Kind("sealed xlog", Uploads.Sealed(Path.Combine(folder, "sealed"), out keys), folder, keys, uploads);
    });

    static void Kind(string name, Uploads made, string folder, string keys, int uploads)
    {
        made.Make(Warm + uploads);
        var times = Scratch.Use(place => Measure(place, made, keys, uploads), folder);
        Rows.Row($"{name}: p50 ms", times.At(0.5), "5 wanted");
        Rows.Row($"{name}: p99 ms", times.At(0.99), "25 wanted");
        Rows.Row($"{name}: longest ms", times.Max());
    }

    static List<double> Measure(string folder, Uploads made, string keys, int uploads)
    {
        var times = new List<double>();
        using var service = new RunningSupervisor(folder, Workers, SmallJobsBench.Ring(folder, keys));
        using var seen = new AutoResetEvent(false);
        var at = 0L;
        using var watcher = new FileSystemWatcher(Path.GetDirectoryName(service.Completed(1))!)
        {
            NotifyFilter = NotifyFilters.DirectoryName,
        };
        watcher.Created += (_, _) => See();
        watcher.Renamed += (_, _) => See();
        watcher.EnableRaisingEvents = true;
        for (var job = 1; job <= Warm + uploads; job++)
        {
            var began = Stopwatch.GetTimestamp();
            made.Send(1, service.Incoming);
            while (!service.HasCompleted(job)) seen.WaitOne(TimeSpan.FromSeconds(1));
            if (job > Warm) times.Add(Stopwatch.GetElapsedTime(began, Interlocked.Read(ref at)).TotalMilliseconds);
            Thread.Sleep(5);
        }

        return times;

        void See()
        {
            Interlocked.Exchange(ref at, Stopwatch.GetTimestamp());
            seen.Set();
        }
    }
}
