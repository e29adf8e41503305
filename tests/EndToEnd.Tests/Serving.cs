using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Decryptor.Protocol;

namespace Decryptor.EndToEnd.Tests;

/// <summary>A real <c>decryptor serve</c> over a spool in a scratch folder.</summary>
sealed class Serving : IDisposable
{
    readonly Process _process;
    readonly StringBuilder _stderr = new();

    public Serving(
        Scratch scratch, string[]? options = null, Dictionary<string, string>? environment = null,
        object? config = null)
    {
        Spool = scratch["spool"];
        Directory.CreateDirectory(Spool);
        List<string> arguments = ["serve", "--spool", Spool];
        if (config is not null)
        {
            File.WriteAllText(scratch["config.json"], JsonSerializer.Serialize(config));
            arguments.AddRange(["--config", scratch["config.json"]]);
        }

        arguments.AddRange(options ?? []);
        _process = Programs.Start(environment ?? [], [.. arguments]);
        Listen();
    }

    Serving(Scratch scratch, Process process)
    {
        Spool = scratch["spool"];
        _process = process;
        Listen();
    }

    /// <summary>The same under another user's number; only root may do that.</summary>
    public static Serving As(int user, Scratch scratch, params string[] options) => new(
        scratch,
        Programs.StartOther(
            "setpriv", [$"--reuid={user}", $"--regid={user}", "--clear-groups", Programs.Supervisor, "serve",
                "--spool", scratch["spool"], .. options]));

    /// <summary>The same with two fake workers and a wall clock that can be stepped.</summary>
    public static Serving UnderClock(Scratch scratch, out WallClock clock)
    {
        clock = new(scratch);
        return new(
            scratch, ["--worker-program", Programs.FakeWorker, "--workers", "2"], environment: clock.Environment);
    }

    void Listen()
    {
        _process.ErrorDataReceived += (_, line) =>
        {
            lock (_stderr) _stderr.AppendLine(line.Data);
        };
        _process.BeginErrorReadLine();
    }

    public string Spool { get; }

    public int Pid => _process.Id;

    public bool HasExited => _process.HasExited;

    public string Stderr
    {
        get
        {
            lock (_stderr) return _stderr.ToString();
        }
    }

    /// <summary>Puts a whole file into <c>incoming/</c> by rename, as an uploader should.</summary>
    public static void Drop(Scratch scratch, string name, byte[] content)
    {
        var incoming = Path.Combine(scratch["spool"], "incoming");
        Directory.CreateDirectory(incoming);
        File.Move(scratch.Write("uploads/" + Path.GetFileName(name), content), Path.Combine(incoming, name));
    }

    public void AwaitReady() =>
        Until(() => Directory.Exists(Path.Combine(Spool, "run")) && Workers().Count > 0, "the service is ready");

    /// <summary>Waits until it has said that it serves, and has just so many workers.</summary>
    public void AwaitServing(int workers) =>
        Until(() => Workers().Count == workers && Says("serves"), $"it serves with {workers} workers");

    public bool Says(string words) => Stderr.Contains(words, StringComparison.Ordinal);

    /// <summary>The files in the workers' folders whose names fit.</summary>
    public string[] InWork(string pattern) =>
        Directory.GetFiles(Path.Combine(Spool, "work"), pattern, SearchOption.AllDirectories);

    /// <summary>The ended jobs' reports by source, once there are <paramref name="count"/> of them.</summary>
    public IReadOnlyDictionary<string, (string Folder, Report Report)> AwaitEnded(int count, int seconds = 60)
    {
        // Counted by their folders: to read every report again and again would cost more than the jobs.
        Until(() => CountEnded() >= count, $"{count} jobs end", seconds);
        return Ended();
    }

    /// <summary>How many jobs have ended.</summary>
    public int CountEnded() => EndedFolders().Count();

    public Dictionary<string, (string Folder, Report Report)> Ended()
    {
        var ended = new Dictionary<string, (string, Report)>();
        foreach (var folder in EndedFolders().Where(folder => File.Exists(Path.Combine(folder, Report.FileName))))
        {
            var report = ReadReport(folder);
            var taken = ended.ContainsKey(report.Source);
            ended.Add(taken ? $"{report.Source} ({Path.GetFileName(folder)})" : report.Source, (folder, report));
        }

        return ended;
    }

    IEnumerable<string> EndedFolders() =>
        from room in new[] { "completed", "failed" }
        let jobs = Path.Combine(Spool, room)
        where Directory.Exists(jobs)
        from job in Directory.GetDirectories(jobs)
        where Path.GetFileName(job)[0] != '.'
        select job;

    public static Report ReadReport(string folder) =>
        Report.FromJson(File.ReadAllBytes(Path.Combine(folder, Report.FileName)));

    /// <summary>Worker processes that live, by pid.</summary>
    public IReadOnlyList<int> Workers() =>
        [.. Proc.ChildrenOf(Pid).Where(child => child.State is not ('Z' or 'X')).Select(child => child.Pid)];

    /// <summary>What <c>jobs --json</c> prints of it.</summary>
    public IEnumerable<JsonElement> Jobs() =>
        Programs.Run("jobs", "--spool", Spool, "--json").Text
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement);

    public void Send(int signal) => Proc.Send(Pid, signal);

    public int AwaitExit(int seconds = 30)
    {
        if (!_process.WaitForExit(TimeSpan.FromSeconds(seconds)))
            throw new AssertionException($"the service did not end:\n{Stderr}");
        _process.WaitForExit();
        return _process.ExitCode;
    }

    /// <summary>Waits for a fact; fails with the service's own words when it does not come.</summary>
    public void Until(Func<bool> holds, string what, int seconds = 30, bool afterItsEnd = false)
    {
        var watch = Stopwatch.StartNew();
        while (!holds())
        {
            if (!afterItsEnd && HasExited && !holds())
                throw new AssertionException($"the service ended before {what}\n{Stderr}");
            if (watch.Elapsed.TotalSeconds > seconds)
                throw new AssertionException($"waited {seconds} s in vain until {what}\n{Stderr}");
            Thread.Sleep(5);
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Proc.Send(Pid, Proc.SigCont);
            Proc.Send(Pid, Proc.SigKill);
            _process.WaitForExit();
        }

        _process.Dispose();
    }
}
