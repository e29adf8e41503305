using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Decryptor.Benchmarks.Decode;

namespace Decryptor.Benchmarks.Serve;

/// <summary>
/// <c>out/decryptor serve</c> as it is shipped, over a spool of its own. It ends with this object.
/// </summary>
sealed partial class RunningSupervisor : IDisposable
{
    const int Terminate = 15;

    readonly Process _process;
    readonly string _talk;

    /// <param name="folder">Gets the spool.</param>
    /// <param name="workers">How many.</param>
    /// <param name="keys">The key ring; null for none.</param>
    public RunningSupervisor(string folder, int workers, string? keys = null)
    {
        Spool = Path.Combine(folder, "spool");
        _talk = Path.Combine(folder, "talk");
        Directory.CreateDirectory(Incoming);
        var ring = keys is null ? "" : $" --keys '{keys}'";
        var count = workers.ToString(CultureInfo.InvariantCulture);
        _process = Process.Start("/bin/sh", ["-c",
            $"exec '{WorkerPath.Supervisor}' serve --spool '{Spool}' --workers {count}{ring} 2> '{_talk}'"]);
        Await(() => File.Exists(_talk) && File.ReadAllText(_talk).Contains(" serves ", StringComparison.Ordinal));
        Await(() => Children().Count >= workers);
    }

    public string Spool { get; }

    public string Incoming => Path.Combine(Spool, "incoming");

    public int Pid => _process.Id;

    /// <summary>Seconds of processor time of the supervisor.</summary>
    public double OwnCpu => CpuClock.Of(Pid);

    /// <summary>Seconds of processor time of the workers that live.</summary>
    public double WorkersCpu => Children().Sum(CpuClock.Of);

    /// <summary>The supervisor's memory in MiB: what it holds now, and the most that it ever held.</summary>
    public (double Now, double Peak) Memory => (Status("VmRSS:") / 1024, Status("VmHWM:") / 1024);

    public bool HasCompleted(long job) => Directory.Exists(Completed(job));

    public string Completed(long job) =>
        Path.Combine(Spool, "completed", job.ToString(CultureInfo.InvariantCulture));

    /// <summary>Waits for the first so many jobs, all of which must be completed.</summary>
    /// <exception cref="InvalidOperationException">The service has ended.</exception>
    public void AwaitCompleted(int jobs)
    {
        // They do not end in their order: the last is asked for, and then all.
        Await(() => HasCompleted(jobs));
        Await(() => Enumerable.Range(1, jobs).All(job => HasCompleted(job)));
    }

    public void Dispose()
    {
        _ = Kill(Pid, Terminate);
        _process.WaitForExit();
        _process.Dispose();
    }

    List<int> Children() => [.. Directory.GetDirectories($"/proc/{Pid}/task")
        .SelectMany(thread => File.ReadAllText(Path.Combine(thread, "children")).Split(' '))
        .Where(word => word.Length > 0).Select(word => int.Parse(word, CultureInfo.InvariantCulture))];

    double Status(string field)
    {
        var line = File.ReadLines($"/proc/{Pid}/status")
            .First(line => line.StartsWith(field, StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture);
    }

    void Await(Func<bool> holds)
    {
        while (!holds())
        {
            if (_process.HasExited)
                throw new InvalidOperationException($"the service ended: {File.ReadAllText(_talk)}");
            Thread.Sleep(2);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);
}
