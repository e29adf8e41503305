using System.Globalization;
using Decryptor.Supervisor.Scheduling;

namespace Decryptor.Supervisor.Observability.Systemd;

/// <summary>
/// Tells systemd each second how things stand, on a thread of its own that touches no disk. The watchdog is fed while
/// the event loop turns, or stands for a reason that a restart would not mend; a wedged loop starves it.
/// </summary>
sealed class Heartbeat : IDisposable
{
    static readonly TimeSpan _pause = TimeSpan.FromSeconds(1);

    // After the drain, workers are ended and the ledger is closed.
    static readonly TimeSpan _stopMargin = TimeSpan.FromSeconds(15);

    readonly NotifySocket _manager;
    readonly StatusSources _sources;
    readonly DateTimeOffset _start;
    readonly ManualResetEventSlim _stopped = new();
    readonly Thread _thread;
    string _said = "";

    public Heartbeat(NotifySocket manager, StatusSources sources)
    {
        (_manager, _sources, _start) = (manager, sources, sources.Now());
        _thread = new(Beat) { IsBackground = true, Name = "systemd" };
    }

    public void Start() => _thread.Start();

    public void Dispose()
    {
        _stopped.Set();
        if (_thread.IsAlive) _thread.Join();
        _stopped.Dispose();
    }

    /// <summary><c>2 workers, 1 busy · 12 waiting, oldest 38 s · 1204 complete, 9 partial, 3 failed · ok</c></summary>
    public static string Line(Snapshot now, DateTimeOffset at, string verdict, IReadOnlyList<string> reasons)
    {
        var busy = now.Workers.Count(worker => worker.State == "busy");
        var oldest = now.Oldest is { } since
            ? string.Create(CultureInfo.InvariantCulture, $", oldest {(at - since).TotalSeconds:0} s")
            : "";
        var tally = now.Tally;
        return string.Create(CultureInfo.InvariantCulture,
            $"{now.Target} workers, {busy} busy · {now.Waiting} waiting{oldest} · {tally.Complete} complete, "
            + $"{tally.Partial} partial, {tally.Failed} failed · {verdict}")
            + (verdict == "ok" ? "" : $": {Harmless.Text(reasons[0])}");
    }

    void Beat()
    {
        do Tell();
        while (!_stopped.Wait(_pause));
    }

    void Tell()
    {
        var now = _sources.Now();
        var (snapshot, verdict, reasons) = StatusSurvey.Judge(_sources, _start, now);
        if (verdict != StatusVerdict.Wedged) _manager.Alive();
        if (snapshot.DrainBy is { } by) _manager.Stopping(by - now + _stopMargin);
        var line = Line(snapshot, now, verdict, reasons);
        if (line == _said) return;
        _manager.Status(line);
        _said = line;
    }
}
