using Decryptor.Protocol;
using Decryptor.Supervisor.Intake;
using Decryptor.Supervisor.Keys;
using Decryptor.Supervisor.Observability;
using Decryptor.Supervisor.Scheduling;
using Decryptor.Supervisor.Storage;
using Microsoft.Extensions.Hosting;
using Serilog;

namespace Decryptor.Supervisor;

/// <summary>
/// The one service that the host gets: it starts the loop and everything that reports to it, and ends the host when the
/// loop has ended. Signals come to it; the host itself listens to none.
/// </summary>
sealed class HostedSupervisor(Engine engine, Settings settings, Func<Settings> reload, ILogger log)
    : IHostedService, IDisposable
{
    static readonly string _version = typeof(HostedSupervisor).Assembly.GetName().Version?.ToString(3) ?? "0";
    IHostApplicationLifetime? _host;
    SpoolWatcher? _watcher;
    StatusFile? _status;
    Settings _settings = settings;

    /// <summary>0 after a stop in order, else what ended us.</summary>
    public int ExitCode { get; private set; }

    public HostedSupervisor Under(IHostApplicationLifetime host)
    {
        _host = host;
        return this;
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _status = new(new(
            engine.Spool.Run, _version, () => engine.Clock.Now, () => engine.Latest,
            worker => engine.Pool.Look(worker) is { } view ? (view.Pid, view.ResidentBytes) : default,
            () => engine.Pool.Confinements,
            () => [.. engine.Desk.Ring.Views.Select(key => key.ToString())])
        {
            Ends = engine.Ends,
            Flight = () => engine.Recorder?.View,
        });
        _status.Start();
        SignalListener.Start(Hear);
        PostStarved(KeyRing.ChangedAt(_settings.Keys) ?? DateTimeOffset.MinValue);
        engine.Start();
        _watcher = new(
            engine.Spool, engine.Inbox.Post, warning => log.Warning("{Warning:l}", warning),
            new() { Rescan = TimeSpan.FromSeconds(_settings.RescanSeconds) });
        _watcher.Start();
        new Thread(AwaitEnd) { Name = "end of the loop", IsBackground = true }.Start();
        log.Information(
            "decryptor {Version} serves {Spool} with {Workers} workers",
            _version, engine.Spool.Root, _settings.Workers);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _watcher?.Stop();
        _status?.Stop();
        return Task.CompletedTask;
    }

    public void Dispose() => _watcher?.Dispose();

    void AwaitEnd()
    {
        var death = engine.WaitForEnd();
        if (death is null)
        {
            log.Information("stopped in order");
        }
        else
        {
            ExitCode = DiskTrouble.ExitCodeOf(death);
            // What the world refuses is told in its one line; where we are wrong ourselves, the place is needed too.
            log.Fatal(
                death is LedgerException or IOException ? null : death,
                "the turn could not be carried out, and the process ends; the next start recovers: {Why:l}",
                death.Message);
        }

        _host!.StopApplication();
    }

    // On the listener's own thread: nothing here may wait for the thread pool, or for the loop.
    void Hear(ReceivedSignal received)
    {
        switch (received.Signal)
        {
            case Signal.Term or Signal.Int: Post(new Event.StopAsked(false)); break;
            case Signal.Hup: Reload(); break;
            case Signal.Usr1: Console.Error.Write(_status!.Write(NameOf(received))); break;
            case Signal.Usr2: Post(new Event.RollAsked()); break;
            case Signal.Ttin: Post(new Event.ResizeAsked(1)); break;
            case Signal.Ttou: Post(new Event.ResizeAsked(-1)); break;
        }
    }

    static string NameOf(ReceivedSignal received) =>
        $"SIG{received.Signal.ToString().ToUpperInvariant()} from pid {received.SenderPid} (uid {received.SenderUser})";

    // A full inbox makes the caller wait; the listener must be free to dump the status of just that.
    void Post(Event happened) => new Thread(() => engine.Inbox.Post(happened)) { IsBackground = true }.Start();

    void Reload()
    {
        try
        {
            var fresh = reload();
            var ring = KeyRing.Load(fresh.Keys);
            foreach (var warning in ring.Warnings) log.Warning("{Warning:l}", warning);
            if (fresh.Workers != _settings.Workers) Post(new Event.ResizeAsked(fresh.Workers - _settings.Workers));
            _settings = fresh;
            engine.RetentionDays = fresh.RetentionDays;
            var changed = !ring.Equals(engine.Desk.Ring);
            engine.Desk.Ring = ring;
            log.Information("reloaded: {Keys} keys{Changed:l}", ring.Views.Count, changed ? ", changed" : "");
            if (changed) PostStarved(DateTimeOffset.MaxValue);
        }
        catch (Exception e) when (e is UsageException or KeyRingException)
        {
            log.Error("reload refused, all stays as it was: {Why:l}", e.Message);
        }
    }

    // What failed for want of a key with another ring deserves another try; the rest had it. The event is posted even
    // for none: the scheduler knows of jobs whose rows are not written yet.
    void PostStarved(DateTimeOffset changed)
    {
        using var ledger = JobLedger.OpenForReading(engine.Spool.Ledger);
        Post(new Event.KeysChanged([.. ledger.Starved().Where(job => job.Ended < changed)]));
    }
}

/// <summary>A host lifetime that listens to no signal: ours are heard by one thread that nothing can starve.</summary>
sealed class QuietLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
