namespace Decryptor.Supervisor.Scheduling;

/// <summary>
/// Jobs that failed for want of a key, which a change of the ring could miss: those whose rows are not in the ledger
/// yet when somebody looks there, and those that began with the old ring and end after the new one has come.
/// </summary>
sealed class Starving
{
    // No more than may end while somebody reads the ledger: a few for each worker.
    const int LatestMax = 1024;

    readonly Queue<Job> _latest = new();
    DateTimeOffset _changedAt = DateTimeOffset.MinValue;

    public void Ended(Job job)
    {
        if (job is not { State: JobState.Failed, WantsKey: true, Outside: null }) return;
        _latest.Enqueue(job);
        if (_latest.Count > LatestMax) _latest.Dequeue();
    }

    /// <summary>The ring has changed: the jobs that deserve another try, with those that the ledger knows.</summary>
    public IReadOnlyList<Job> Again(IReadOnlyList<Job> known, DateTimeOffset now)
    {
        _changedAt = now;
        var all = known.UnionBy(_latest, job => job.Id).ToList();
        _latest.Clear();
        return all;
    }

    /// <summary>The jobs that have ended now, and began before the ring changed.</summary>
    public IReadOnlyList<Job> Late()
    {
        var late = new List<Job>();
        for (var left = _latest.Count; left > 0; left--)
        {
            var job = _latest.Dequeue();
            if (job.Started < _changedAt) late.Add(job);
            else _latest.Enqueue(job);
        }

        return late;
    }
}
