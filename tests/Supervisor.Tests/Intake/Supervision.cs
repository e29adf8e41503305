using Decryptor.Supervisor.Intake;
using Decryptor.Supervisor.Scheduling;
using Decryptor.Supervisor.Storage;

namespace Decryptor.Supervisor.Tests.Intake;

/// <summary>
/// The rest of a supervisor as the watcher sees it: each turn takes in what was reported, ends so many of the jobs that
/// wait, and shows how things stand. The test says when.
/// </summary>
sealed class Supervision : IDisposable
{
    readonly Spool _spool;
    readonly Lock _gate = new();
    readonly Queue<string> _waiting = new();
    readonly Dictionary<string, int> _waitingOf = [];
    List<Event.JobArrived> _reported = [];
    volatile Snapshot _latest = Snapshots.Waiting();

    public Supervision(Spool spool, int waitingMax, WatchPace pace)
    {
        _spool = spool;
        Watcher = new(spool, new IntakeRoom(() => _latest, waitingMax), Report, Warnings.Add, pace);
    }

    public SpoolWatcher Watcher { get; }

    public List<string> Warnings { get; } = [];

    /// <summary>Everything that was taken in, in order, by place.</summary>
    public List<string> Taken { get; } = [];

    /// <summary>The most jobs that ever waited, with those reported.</summary>
    public int Most { get; private set; }

    /// <summary>Reported and not taken in.</summary>
    public string[] Reported
    {
        get
        {
            lock (_gate) return [.. _reported.Select(arrived => arrived.Place)];
        }
    }

    /// <summary>Takes in what was reported, then ends so many jobs.</summary>
    public void Turn(int ended)
    {
        List<Event.JobArrived> reported;
        lock (_gate) (reported, _reported) = (_reported, []);
        foreach (var arrived in reported)
        {
            File.Delete($"{_spool.Incoming.Path}/{arrived.Place}");
            Taken.Add(arrived.Place);
            _waiting.Enqueue(arrived.Tenant);
            _waitingOf[arrived.Tenant] = _waitingOf.GetValueOrDefault(arrived.Tenant) + 1;
        }

        Most = Math.Max(Most, _waiting.Count);
        while (ended-- > 0 && _waiting.TryDequeue(out var tenant)) _waitingOf[tenant]--;
        _latest = _latest with { Waiting = _waiting.Count, WaitingOf = new Dictionary<string, int>(_waitingOf) };
        Watcher.AfterTurn();
    }

    public void Dispose() => Watcher.Dispose();

    void Report(Event happened)
    {
        lock (_gate) _reported.Add((Event.JobArrived)happened);
    }
}
