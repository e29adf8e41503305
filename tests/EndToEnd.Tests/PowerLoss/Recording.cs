using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Decryptor.EndToEnd.Tests.PowerLoss;

/// <summary>
/// A real run under <c>strace</c>: two workers, fifty uploads, two of the workers killed, the keys that were missing
/// brought, and an end by SIGTERM. All uploads lie in <c>incoming/</c> before it and are on the disk: a sender has
/// synced them.
/// </summary>
sealed class Recording : IDisposable
{
    const int Workers = 2;
    const int Late = 15;

    readonly Scratch _scratch = new();
    readonly Process _strace;
    readonly StringBuilder _stderr = new();

    Recording(Uploads uploads)
    {
        foreach (var (place, bytes) in uploads.All) _scratch.Write($"spool/incoming/{place}", bytes);
        var ring = _scratch.Ring(uploads.EarlyKey);
        Trace = Trace.Of(Spool);
        foreach (var place in LateOf(uploads)) File.Move(Incoming(place), Aside(place));
        var start = new ProcessStartInfo("strace",
        [
            "-f", "-y", "-xx", "-s", "100000000", "-e", "trace=" + Trace.Calls, "-e", "signal=none",
            "-o", _scratch["trace"], Programs.Supervisor, "serve", "--spool", Spool, "--keys", ring,
            "--workers", Workers.ToString(CultureInfo.InvariantCulture),
        ])
        { RedirectStandardError = true };
        start.Environment.Remove("DECRYPTOR_KEYS");
        _strace = Process.Start(start)!;
        _strace.ErrorDataReceived += (_, line) =>
        {
            lock (_stderr) _stderr.AppendLine(line.Data);
        };
        _strace.BeginErrorReadLine();
    }

    public Trace Trace { get; }

    string Spool => _scratch["spool"];

    // On the disk they lie in incoming/ from the beginning; that the service sees these one by one, when it has nothing
    // else to do, makes turns in which an upload is accepted and given out at once.
    static IEnumerable<string> LateOf(Uploads uploads) => uploads.All.Keys.TakeLast(Late);

    string Said
    {
        get
        {
            lock (_stderr) return _stderr.ToString();
        }
    }

    int Supervisor => Proc.ChildrenOf(_strace.Id)[0].Pid;

    /// <summary>Ignores the test where no process may be traced.</summary>
    public static void NeedStrace()
    {
        if (Shell.Run("command -v strace").ExitCode != 0)
            Assert.Ignore("strace is not on this machine (Debian: apt-get install strace)");
        var tried = Shell.Run("strace -f -y -o /dev/null true");
        if (tried.ExitCode != 0) Assert.Ignore($"processes may not be traced here: {tried.Stderr.Trim()}");
    }

    public static Trace Of(Uploads uploads)
    {
        using var recording = new Recording(uploads);
        recording.Run(uploads);
        return recording.Trace.Read(File.ReadLines(recording._scratch["trace"]));
    }

    public void Dispose()
    {
        if (!_strace.HasExited)
        {
            foreach (var (pid, _) in Proc.ChildrenOf(_strace.Id)) Proc.Send(pid, Proc.SigKill);
            _strace.Kill();
            _strace.WaitForExit();
        }

        _strace.Dispose();
        _scratch.Dispose();
    }

    void Run(Uploads uploads)
    {
        Until(() => Ended() > 10, "ten jobs end");
        KillWorker();
        Until(() => Ended() > 20, "twenty jobs end");
        KillWorker();
        foreach (var (place, number) in LateOf(uploads).Select((place, i) => (place, i)))
        {
            Until(() => Ended() == uploads.All.Count - Late + number, $"{number} of the late ones end");
            File.Move(Aside(place), Incoming(place));
        }

        Until(() => Ended() == uploads.All.Count, "all jobs end");
        var waiting = Failed();
        File.AppendAllText(Path.Combine(_scratch["keys"], "ring"), uploads.LateKey + "\n");
        Proc.Send(Supervisor, Proc.SigHup);
        Until(() => Failed() < waiting && Ended() == uploads.All.Count, "the late keys have opened something");
        Proc.Send(Supervisor, Proc.SigTerm);
        Until(() => _strace.HasExited, "it stops in order");
        _strace.WaitForExit();
        Assert.That(_strace.ExitCode, Is.Zero, Said);
    }

    void KillWorker()
    {
        var workers = Proc.ChildrenOf(Supervisor).Where(child => child.State != 'Z').ToList();
        if (workers.Count > 0) Proc.Send(workers[0].Pid, Proc.SigKill);
    }

    string Incoming(string place) => Path.Combine(Spool, "incoming", place);

    string Aside(string place) => _scratch[place.Replace('/', '-')];

    int Ended() => Folders("completed") + Failed();

    int Failed() => Folders("failed");

    int Folders(string room) => Directory.Exists(Path.Combine(Spool, room))
        ? Directory.GetDirectories(Path.Combine(Spool, room)).Count(path => Path.GetFileName(path)[0] != '.') : 0;

    void Until(Func<bool> holds, string what)
    {
        const int seconds = 60;
        var watch = Stopwatch.StartNew();
        while (!holds())
        {
            if (watch.Elapsed.TotalSeconds > seconds || _strace.HasExited && !holds())
                throw new AssertionException($"waited in vain until {what}:\n{Said}");
            Thread.Sleep(5);
        }
    }
}
