using Decryptor.Supervisor.Intake;
using Decryptor.Supervisor.Keys;
using Decryptor.Supervisor.Observability;
using Decryptor.Supervisor.Scheduling;
using Decryptor.Supervisor.Storage;
using Decryptor.Supervisor.Workers;
using Serilog;

namespace Decryptor.Supervisor;

/// <summary>
/// A spool with everything that works on it, built by hand in reading order: the service runs one over its spool, the
/// command line one over a private spool of its own. Opening it mends what an earlier end has left.
/// </summary>
sealed class Engine : IDisposable
{
    readonly EventLoop _loop;
    readonly Thread _thread;
    readonly Insistence? _insistence;
    readonly Retention? _retention;
    volatile Exception? _death;

    Engine(Settings settings, KeyRing ring, ILogger log, Action<Turn> watch, IReadOnlyList<string> inputs)
    {
        Clock = new();
        Inbox = new(Clock);
        Spool = Spool.Open(settings.Spool, new()
        {
            Group = settings.Group,
            KeepInputs = settings.KeepInputs,
            Durable = settings.Durable,
            BeforeChange = FailPoint.Armed ? _ => FailPoint.Reached("move") : null,
        });
        Ledger = settings.Durable ? TakeOver(log) : JobLedger.OpenPrivate(Spool.Ledger);
        Desk = new(ring);
        var program = settings.Worker is { } path
            ? WorkerProgram.At(path)
            : WorkerProgram.Beside(AppContext.BaseDirectory);
        program = program with
        {
            Inputs = inputs,
            Confinement = new(settings.Confinement, what => log.Warning("{What:l}", Harmless.Text(what))),
        };
        Pool = new(
            program, Spool.Work, Inbox.Post, new(Path.Combine(Spool.Run, "crashes")), Orphans.Adopt(Spool.Work));
        var policy = settings.Policy();
        Control = new(Inbox.TryPost);
        Orders = new(Pool, Desk, Spool, policy, Inbox.Post) { Replied = Control.Answer, Hours = settings.Hours };
        // At the start a refusal ends us with its number, and a run of one command ends with it at any time.
        var scheduler = new Scheduler(policy, Mend(new(Spool, Ledger, Orders), log));
        if (settings.Durable)
        {
            _insistence = new(Clock, () => Inbox.StopAsked, log);
            _retention = new(Spool, Ledger, () => Clock.Now, what => log.Warning("{What:l}", what));
            RetentionDays = settings.RetentionDays;
        }

        var carrier = new TurnCarrier(Spool, Ledger, Orders, _insistence, _retention);
        Ledger.MarkRunning();
        var journal = new EventJournal(log);
        // A spool that dies with its command has no later in which anybody could ask.
        Recorder = settings.Durable ? new($"{Spool.Run}/flight", () => Noted(scheduler.Save())) : null;
        _loop = new(Clock, Inbox, scheduler, carrier, new((now, events) => Recorder?.Take(now, events), turn =>
        {
            journal.Watch(turn);
            Ends.Watch(turn);
            watch(turn);
        }));
        _thread = new(Turn) { Name = "event loop" };
    }

    public Clock Clock { get; }

    public Inbox Inbox { get; }

    public Spool Spool { get; }

    public JobLedger Ledger { get; }

    public KeyDesk Desk { get; }

    public WorkerPool Pool { get; }

    public OrderDesk Orders { get; }

    /// <summary>Where operators' questions are brought.</summary>
    public ControlDesk Control { get; }

    /// <summary>What the world refuses while the loop stands and tries again; null for nothing.</summary>
    public Refusal? Trouble => _insistence?.Trouble;

    /// <summary>For how many days ended jobs are kept; 0 for ever.</summary>
    public double RetentionDays
    {
        set
        {
            if (_retention is not null) _retention.Days = value;
        }
    }

    /// <summary>How workers have ended lately.</summary>
    public WorkerEnds Ends { get; } = new();

    /// <summary>Keeps every step; null for a private spool.</summary>
    public FlightRecorder? Recorder { get; }

    public Snapshot Latest => _loop.Latest;

    /// <summary>True once the loop has ended, in order or not.</summary>
    public bool HasEnded => _death is not null || !_thread.IsAlive;

    /// <summary>
    /// Takes the spool, kills the survivors of a dead supervisor, and recovers. Of the files outside of the spool
    /// workers may read <paramref name="inputs"/>, absolute paths, and no other.
    /// </summary>
    public static Engine Open(
        Settings settings, KeyRing ring, ILogger log, Action<Turn> watch, IReadOnlyList<string>? inputs = null) =>
        new(settings, ring, log, watch, inputs ?? []);

    public void Start() => _thread.Start();

    /// <summary>Waits for the loop's end; what killed it, or null when it had stopped in order.</summary>
    public Exception? WaitForEnd()
    {
        _thread.Join();
        return _death;
    }

    public void Dispose()
    {
        _retention?.Dispose();
        Recorder?.Dispose();
        Pool.Dispose();
        if (_death is null) Ledger.MarkStopped();
        Ledger.Dispose();
        Spool.Dispose();
    }

    // A private spool is made for its command: nobody has worked on it before.
    JobLedger TakeOver(ILogger log)
    {
        var survivors = Survivors.KillAll(Spool.Work);
        if (survivors > 0) log.Warning("killed {Survivors} workers that an earlier supervisor had left", survivors);
        return LedgerRebuild.Open(Spool, what => log.Error("{What:l}", what), Clock.Now);
    }

    // Taken on the loop's thread, and written out on the recorder's.
    static Action<Stream> Noted(SchedulerState state) => output => NotedJson.Write(output, state);

    Recovered Mend(TurnCarrier carrier, ILogger log)
    {
        var memory = Ledger.Recall();
        var listing = Spool.List(memory.Open.Select(job => job.Id));
        foreach (var warning in Spool.Warnings) log.Warning("{Warning:l}", warning);
        var recovered = Recovery.Recover(memory, listing, Clock.Now);
        carrier.Carry(recovered.Mending);
        if (recovered.Waiting.Count > 0) log.Information("{Waiting} jobs wait from before", recovered.Waiting.Count);
        return recovered;
    }

    void Turn()
    {
        try
        {
            _loop.Run();
        }
        catch (Exception e)
        {
            // Whatever it was, the loop cannot go on: a move or a row may be half done, and only recovery knows.
            _death = e;
        }
    }
}
