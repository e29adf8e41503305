using Decryptor.Protocol;
using Decryptor.Supervisor.Scheduling;
using Decryptor.Supervisor.Storage;

namespace Decryptor.Supervisor.Tests.Storage;

/// <summary>The end of the world, at one chosen change of the disk.</summary>
sealed class WorldEndedException : Exception;

/// <summary>
/// One life of a supervisor over a real spool and a real ledger, with the real scheduler and recovery, and workers that
/// are only played. It can end at any change of the disk and between any two parts of a turn; the next life goes on.
/// </summary>
sealed class World : IDisposable
{
    readonly Queue<Event> _events = new();
    readonly HashSet<long> _fed;
    readonly Spool _spool;
    readonly string _ledgerPath;
    readonly JobLedger _ledger;
    readonly Scheduler _scheduler;
    DateTimeOffset _now;
    int _changesLeft;

    /// <param name="scratch">Where the spool is.</param>
    /// <param name="changes">How many changes the world lives for.</param>
    /// <param name="fed">Jobs that have starved once already; kept over all lives.</param>
    public World(Scratch scratch, int changes, HashSet<long> fed)
    {
        (_changesLeft, _fed) = (changes, fed);
        _spool = scratch.OpenSpool(new() { Durable = false, BeforeChange = _ => Change() });
        _ledgerPath = $"{scratch.Path}/ledger.db";
        _ledger = JobLedger.Open(_ledgerPath);
        try
        {
            _now = new(2026, 11, 23, 8, 0, 0, TimeSpan.Zero);
            var memory = _ledger.Recall();
            _ledger.MarkRunning();
            var recovered = Recovery.Recover(memory, _spool.List(memory.Open.Select(job => job.Id)), _now);
            _scheduler = new(new() { Workers = 1, OutagesMax = 1_000_000 }, recovered);
            CarryOut(recovered.Mending);
        }
        catch (WorldEndedException)
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Lives until all that is in the spool has ended.</summary>
    public void Live()
    {
        foreach (var name in _spool.Incoming.Names()) _events.Enqueue(new Event.JobArrived(name, name, "", 3, false));
        using var reader = JobLedger.OpenForReading(_ledgerPath);
        var starved = reader.Starved();
        foreach (var job in starved) _fed.Add(job.Id);
        _events.Enqueue(new Event.KeysChanged(starved));
        for (var turns = 0; turns < 500; turns++)
        {
            Event[] events = _events.TryDequeue(out var next) ? [next] : [];
            var turn = _scheduler.Step(_now, events);
            CarryOut(turn);
            if (events.Length == 0 && _events.Count == 0 && _ledger.Recall().Open.Count == 0) return;
            _now = turn.WakeAt is { } at && _events.Count == 0 && at > _now ? at : _now.AddMilliseconds(1);
        }

        Assert.Fail("jobs were still open after 500 turns");
    }

    public void Dispose()
    {
        _spool.Dispose();
        _ledger.Dispose();
    }

    void Change()
    {
        if (_changesLeft-- <= 0) throw new WorldEndedException();
    }

    void CarryOut(Turn turn)
    {
        foreach (var fact in _spool.Carry(turn.Moves)) _events.Enqueue(fact);
        Change();
        _ledger.Commit(turn.Rows);
        Change();
        foreach (var order in turn.Orders) Obey(order);
    }

    void Obey(Order order)
    {
        switch (order)
        {
            case Order.Start start: Say(start.Worker, new Hello(Message.Version, start.Worker, "", "jit", "")); break;
            case Order.Assign assign: Work(assign.Job, assign.Attempt); break;
            case Order.Probe { Attempt: var attempt }:
                Assert.That(File.ReadAllBytes(_spool.ProbeOf(attempt.Worker)), Is.EqualTo(Probe.Bytes.ToArray()));
                Say(attempt.Worker, new Finished(attempt, Outcome.Complete, "", "", "", 1, 1, default));
                break;
            case Order.Kill kill: _events.Enqueue(new Event.WorkerGone(kill.Worker, "SIGKILL")); break;
            default: throw new UnknownCaseException(order);
        }
    }

    // The file's name says what happens to whoever works on it.
    void Work(Job job, Attempt attempt)
    {
        Assert.That(File.Exists(_spool.InputOf(job)), Is.True, $"{job.Source} was assigned without its input");
        var partial = job.Source.StartsWith("partial", StringComparison.Ordinal);
        var starving = job.Source.StartsWith("starving", StringComparison.Ordinal);
        Say(attempt.Worker, new Progress(attempt, 0, 0, 0));
        if (job.Source.StartsWith("deadly", StringComparison.Ordinal))
        {
            Directory.CreateDirectory(_spool.OutputOf(attempt));
            File.WriteAllText($"{_spool.Crashes}/{Spool.CrashName(job.Id, attempt.Number)}", "a card");
            _events.Enqueue(new Event.WorkerGone(attempt.Worker, "SIGSEGV"));
            return;
        }

        var fails = starving && !_fed.Contains(job.Id) || job.Source.StartsWith("bad", StringComparison.Ordinal);
        var code = starving ? FailureCode.KeyMissing : FailureCode.Damaged;
        var ended = job with
        {
            State = fails ? JobState.Failed : JobState.Completed,
            Outcome = fails ? Outcome.Failed : Outcome.Complete,
            Code = fails ? code.Name : "",
        };
        if (partial && !_fed.Contains(job.Id))
            ended = ended with { Outcome = Outcome.Partial, Code = FailureCode.KeyMissing.Name };
        var output = Directory.CreateDirectory(_spool.OutputOf(attempt)).FullName;
        File.WriteAllBytes($"{output}/report.json", JobReport.Of(ended).ToJson());
        _events.Enqueue(new Event.WorkerSaid(
            attempt.Worker, new Finished(attempt, ended.Outcome.Value, ended.Code, "", "", 3, 3, default),
                HasReport: true));
        if (ended.WantsKey && _fed.Add(job.Id)) _events.Enqueue(new Event.KeysChanged([]));
    }

    void Say(Incarnation worker, Message message) => _events.Enqueue(new Event.WorkerSaid(worker, message));
}
