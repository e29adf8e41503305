using System.Diagnostics.CodeAnalysis;

namespace Decryptor.Supervisor.Scheduling;

/// <summary>
/// Jobs nobody works on. First come, first served; suspects stand in a line of their own, and at most one of them
/// runs at a time, taking turns with the others where both wait.
/// </summary>
sealed class JobQueue(Policy policy)
{
    readonly LinkedList<Job> _ordinary = new();
    readonly LinkedList<Job> _suspects = new();
    readonly Dictionary<long, LinkedListNode<Job>> _places = [];
    long? _runningSuspect;
    bool _suspectsTurn = true;

    public int Count => _places.Count;

    public int Suspects => _suspects.Count;

    /// <summary>When the job that waits longest had arrived; null when none waits.</summary>
    public DateTimeOffset? Oldest
    {
        get
        {
            var first = _ordinary.First?.Value.Arrived;
            var suspect = _suspects.First?.Value.Arrived;
            return first is null || suspect < first ? suspect : first;
        }
    }

    public void Add(Job job) =>
        _places.Add(job.Id, (job.IsSuspect(policy) ? _suspects : _ordinary).AddLast(job));

    public bool Holds(long id) => _places.ContainsKey(id);

    /// <summary>The next job to run, or null.</summary>
    public Job? Take()
    {
        var suspectMay = _runningSuspect is null && _suspects.Count > 0;
        var line = suspectMay && (_suspectsTurn || _ordinary.Count == 0) ? _suspects : _ordinary;
        if (line.First is not { } first) return null;
        _suspectsTurn = line != _suspects;
        if (line == _suspects) _runningSuspect = first.Value.Id;
        Remove(first.Value.Id, out var job);
        return job;
    }

    /// <summary>A job that was taken runs no longer.</summary>
    public void Ended(long job)
    {
        if (_runningSuspect == job) _runningSuspect = null;
    }

    /// <summary>Takes a waiting job out of its line; false if it does not wait.</summary>
    public bool Remove(long id, [NotNullWhen(true)] out Job? job)
    {
        job = null;
        if (!_places.Remove(id, out var node)) return false;
        node.List!.Remove(node);
        job = node.Value;
        return true;
    }
}
