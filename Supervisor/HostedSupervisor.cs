using System.Collections.Concurrent;
using Decryptor.Protocol;
using Decryptor.Supervisor.Intake;
using Decryptor.Supervisor.Keys;
using Decryptor.Supervisor.Observability;
using Decryptor.Supervisor.Observability.Systemd;
using Decryptor.Supervisor.Scheduling;
using Decryptor.Supervisor.Storage;
using Microsoft.Extensions.Hosting;
using Serilog;

namespace Decryptor.Supervisor;

/// <summary>
/// The one service that the host gets: it starts the loop and everything that reports to it, and ends the host when the
/// loop has ended. Signals come to it; the host itself listens to none.
/// </summary>
sealed class HostedSupervisor : IHostedService, IDisposable
{
    static readonly string _version = typeof(HostedSupervisor).Assembly.GetName().Version?.ToString(3) ?? "0";
    readonly Engine _engine;
    readonly Settings _settings;
    readonly ILogger _log;
    readonly Action<string, string> _dump;
    readonly NotifySocket? _manager = NotifySocket.OfEnvironment();
    readonly Heartbeat? _heartbeat;
    readonly IntakeRoom _room;
    readonly SpoolWatcher _watcher;
    readonly StarvedPages _starved;
    readonly Reloading _reloading;
    readonly ControlSocket _control;
    readonly StatusFile _status;
    // More signals than that, of which not one has come to the loop, say nothing new.
    readonly BlockingCollection<Event> _heard = new(1024);
    IHostApplicationLifetime? _host;

    /// <param name="engine">What it serves with.</param>
    /// <param name="settings">Those of the start.</param>
    /// <param name="reload">Reads them anew.</param>
    /// <param name="log">Is told what happens.</param>
    /// <param name="dump">Shows a status that was asked for by a signal: its text, and the verdict in it.</param>
    public HostedSupervisor(
        Engine engine, Settings settings, Func<Settings> reload, ILogger log, Action<string, string> dump)
    {
        (_engine, _settings, _log, _dump) = (engine, settings, log, dump);
        _room = new(() => engine.Latest, settings.Fairness.WaitingMax);
        _watcher = new(
            engine.Spool, _room, engine.Inbox.Post, warning => log.Warning("{Warning:l}", warning),
            new() { Rescan = TimeSpan.FromSeconds(settings.RescanSeconds) });
        _starved = new(engine, _room, log);
        _reloading = new(engine, settings, reload, log);
        _control = new(engine.Spool.Run, engine.Control, Find)
        {
            Submit = new(engine.Spool.Incoming, engine.Control, _room),
        };
        var sources = new StatusSources(
            engine.Spool.Run, _version, () => engine.Clock.Now, () => engine.Latest,
            worker => engine.Pool.Look(worker) is { } view ? (view.Pid, view.ResidentBytes) : default,
            () => engine.Pool.Confinements,
            () => [.. engine.Desk.Ring.Views.Select(key => key.ToString())])
        {
            Ends = engine.Ends,
            Remains = () => (engine.Pool.CardsLost, engine.Pool.OrphansEnded),
            Flight = () => engine.Recorder?.View,
            HeldBack = () => _watcher.HeldBack.ByTenant,
            ReloadRefused = () => _reloading.Refused,
            Trouble = () => engine.Trouble?.ToString() ?? _watcher.Trouble,
        };
        _status = new(sources);
        _heartbeat = _manager is null ? null : new(_manager, sources);
    }

    /// <summary>0 after a stop in order, else what ended us.</summary>
    public int ExitCode { get; private set; }

    public HostedSupervisor Under(IHostApplicationLifetime host)
    {
        _host = host;
        return this;
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _status.Start();
        new Thread(Pass) { Name = "what signals say", IsBackground = true }.Start();
        SignalListener.Start(Hear);
        _starved.Begin(KeyRing.ChangedAt(_settings.Keys) ?? DateTimeOffset.MinValue);
        _engine.Start();
        _watcher.Start();
        StartControl();
        new Thread(AwaitEnd) { Name = "end of the loop", IsBackground = true }.Start();
        _manager?.Ready();
        _heartbeat?.Start();
        _log.Information(
            "decryptor {Version} serves {Spool} with {Workers} workers",
            _version, _engine.Spool.Root, _settings.Workers);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _watcher.Stop();
        _control.Dispose();
        _status.Stop();
        return Task.CompletedTask;
    }

    /// <summary>Called after each turn, on the loop's thread: there may be room for what is held back.</summary>
    public void AfterTurn()
    {
        _watcher.AfterTurn();
        _starved.AfterTurn();
    }

    public void Dispose()
    {
        _heartbeat?.Dispose();
        _watcher.Dispose();
        _control.Dispose();
    }

    void StartControl()
    {
        try
        {
            _control.Start();
        }
        catch (IOException e)
        {
            _log.Warning("jobs cannot be retried, cancelled or released by command: {Why:l}", e.Message);
        }
    }

    // On the thread of a connection.
    (Job Job, bool HasInput)? Find(long id)
    {
        using var ledger = JobLedger.OpenForReading(_engine.Spool.Ledger);
        return ledger.Find(id) is { } job ? (job, _engine.Spool.KeepsInput(job)) : null;
    }

    void AwaitEnd()
    {
        var death = _engine.WaitForEnd();
        if (death is null)
        {
            _log.Information("stopped in order");
        }
        else
        {
            ExitCode = DiskTrouble.ExitCodeOf(death);
            // What the world refuses is told in its one line; where we are wrong ourselves, the place is needed too.
            _log.Fatal(
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
            case Signal.Usr1: Dump(NameOf(received)); break;
            case Signal.Usr2: Post(new Event.RollAsked()); break;
            case Signal.Ttin: Post(new Event.ResizeAsked(1)); break;
            case Signal.Ttou: Post(new Event.ResizeAsked(-1)); break;
        }
    }

    void Dump(string trigger)
    {
        var (text, verdict) = _status.Write(trigger);
        _dump(text, verdict);
    }

    static string NameOf(ReceivedSignal received) =>
        $"SIG{received.Signal.ToString().ToUpperInvariant()} from pid {received.SenderPid} (uid {received.SenderUser})";

    // A full inbox makes the caller wait; the listener must be free to dump the status of just that.
    void Post(Event happened) => _heard.TryAdd(happened);

    void Pass()
    {
        foreach (var happened in _heard.GetConsumingEnumerable()) _engine.Inbox.Post(happened);
    }

    void Reload()
    {
        _manager?.Reloading();
        Exchange();
        _manager?.Ready();
    }

    void Exchange()
    {
        var now = _engine.Clock.Now;
        if (_reloading.Reload() is not var (settings, ringChanged)) return;
        _engine.RetentionDays = settings.RetentionDays;
        _room.WaitingMax = settings.Fairness.WaitingMax;
        _watcher.Rescan(TimeSpan.FromSeconds(settings.RescanSeconds));
        Post(new Event.PolicyChanged(settings.Policy()));
        // What ended later has had its try with the new ring, or the scheduler knows that it had not.
        if (ringChanged) _starved.Begin(now);
    }
}

/// <summary>A host lifetime that listens to no signal: ours are heard by one thread that nothing can starve.</summary>
sealed class QuietLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
