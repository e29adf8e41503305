using Decryptor.Supervisor.Intake;
using Decryptor.Supervisor.Scheduling;
using Decryptor.Supervisor.Storage;
using Serilog;

namespace Decryptor.Supervisor;

/// <summary>
/// Brings the jobs that wait for a key before the scheduler when the ring has changed: a page of them at a time, as
/// their tenants have room, so that a hundred thousand cost no more memory than a few. One thread; a ring that changes
/// meanwhile begins it anew.
/// </summary>
sealed class StarvedPages(Engine engine, IntakeRoom room, ILogger log)
{
    const int PageMax = 500;

    // News come by pulses; this is for those that were missed, and for a ledger that cannot be read at the moment.
    static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    readonly object _gate = new();
    DateTimeOffset? _changed;
    Thread? _thread;
    long _rings;
    long _turns;
    volatile bool _awaitsTurns;

    /// <summary>The ring has changed: what ended before that deserves another try.</summary>
    public void Begin(DateTimeOffset changed)
    {
        lock (_gate)
        {
            _changed = changed;
            _rings++;
            if (_thread is null) (_thread = new(Serve) { IsBackground = true, Name = "starved jobs" }).Start();
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Called after each turn, on the loop's thread: there may be room again.</summary>
    public void AfterTurn()
    {
        Interlocked.Increment(ref _turns);
        // To wake a thread costs more than most turns do, and between two changes of the ring nobody waits for one.
        if (!_awaitsTurns || !Monitor.TryEnter(_gate)) return;
        Monitor.Pulse(_gate);
        Monitor.Exit(_gate);
    }

    void Serve()
    {
        while (true)
        {
            DateTimeOffset changed;
            long ring;
            lock (_gate)
            {
                while (_changed is null) Monitor.Wait(_gate);
                (changed, ring, _changed) = (_changed.Value, _rings, null);
            }

            Bring(changed, ring);
        }
    }

    // That the ring has changed is told even if no row says that it matters: the scheduler knows of jobs whose rows are
    // not written yet.
    void Bring(DateTimeOffset changed, long ring)
    {
        var last = 0L;
        for (var first = true; !IsOver(ring); first = false)
        {
            if (Read(last) is not { } page)
            {
                AwaitTurns(1, ring);
                continue;
            }

            var starved = page.Where(job => job.Ended < changed).ToList();
            if (first) engine.Inbox.Post(new Event.KeysChanged([]));
            for (var rest = starved; rest.Count > 0 && !IsOver(ring);) rest = Post(rest, ring);
            if (page.Count < PageMax) return;
            last = page[^1].Id;
        }
    }

    IReadOnlyList<Job>? Read(long last)
    {
        try
        {
            using var ledger = JobLedger.OpenForReading(engine.Spool.Ledger);
            return ledger.Starved(last, PageMax);
        }
        catch (LedgerException e)
        {
            log.Warning("jobs that wait for a key cannot be looked up, which is tried again: {Why:l}", e.Message);
            return null;
        }
    }

    // As many from the beginning as there is room for; the rest.
    List<Job> Post(List<Job> jobs, long ring)
    {
        var fitting = Fitting(jobs);
        if (fitting > 0) engine.Inbox.Post(new Event.KeysChanged(jobs[..fitting], IsMore: true));
        // Before more are posted, these must have been counted: the turn that is under way may not know of them yet.
        AwaitTurns(2, ring);
        return jobs[fitting..];
    }

    int Fitting(List<Job> jobs)
    {
        var taken = new Dictionary<string, int>();
        for (var count = 0; count < jobs.Count; count++)
        {
            var tenant = jobs[count].Tenant;
            var before = taken.GetValueOrDefault(tenant);
            if (room.Of(tenant, before, count) <= 0) return count;
            taken[tenant] = before + 1;
        }

        return jobs.Count;
    }

    bool IsOver(long ring)
    {
        lock (_gate) return _rings != ring;
    }

    void AwaitTurns(int turns, long ring)
    {
        _awaitsTurns = true;
        var until = Interlocked.Read(ref _turns) + turns;
        lock (_gate)
        {
            while (_rings == ring && Interlocked.Read(ref _turns) < until)
            {
                if (!Monitor.Wait(_gate, Pause) && turns == 1) break;
            }
        }

        _awaitsTurns = false;
    }
}
