using Decryptor.Protocol;
using Decryptor.Supervisor.Scheduling;

namespace Decryptor.Supervisor.Observability;

/// <summary>An end of a worker that nobody had wanted.</summary>
/// <param name="Worker">Which.</param>
/// <param name="At">When.</param>
/// <param name="How">In words.</param>
/// <param name="Over">The attempt that it was at; null for none.</param>
/// <param name="Charged">Whether the job was charged with it.</param>
sealed record WorkerCrash(Incarnation Worker, DateTimeOffset At, string How, Attempt? Over, bool Charged);

/// <summary>Remembers from the turns how workers have ended. Any thread may ask.</summary>
sealed class WorkerEnds
{
    /// <summary>How long an end counts as late.</summary>
    public static readonly TimeSpan Lately = TimeSpan.FromMinutes(10);

    const int RememberedMax = 100_000;

    readonly object _gate = new();
    readonly Queue<DateTimeOffset> _ends = new();
    volatile WorkerCrash? _lastCrash;

    /// <summary>The last that crashed or was killed; null if none has.</summary>
    public WorkerCrash? LastCrash => _lastCrash;

    public void Watch(Turn turn)
    {
        foreach (var ended in turn.Rows.OfType<Row.WorkerEnded>()) Remember(ended, turn);
    }

    /// <summary>Workers that have ended in the time before <paramref name="now"/> that is called late.</summary>
    public int CountLately(DateTimeOffset now)
    {
        lock (_gate)
        {
            while (_ends.TryPeek(out var first) && first < now - Lately) _ends.Dequeue();
            return _ends.Count;
        }
    }

    void Remember(Row.WorkerEnded ended, Turn turn)
    {
        lock (_gate)
        {
            _ends.Enqueue(ended.At);
            if (_ends.Count > RememberedMax) _ends.Dequeue();
        }

        var wanted = ended.Charged is null
            && (ended.How == "exit 0" || ended.How.EndsWith("(exit 0)", StringComparison.Ordinal));
        if (wanted) return;
        var job = turn.Rows.OfType<Row.JobIs>().LastOrDefault(row => row.Job.Worker == ended.Worker)?.Job;
        _lastCrash = new(ended.Worker, ended.At, ended.How, job?.Attempt, ended.Charged is not null);
    }
}
