namespace Decryptor.Supervisor.Scheduling;

/// <summary>
/// Jobs that ended for want of a key, which a change of the ring could miss: those whose rows are not in the ledger
/// yet when somebody looks there, and those that began with the old ring and end after the new one has come.
/// </summary>
sealed class Starving
{
    // No more than may end while somebody reads the ledger: a few for each worker.
    const int LatestMax = 1024;

    readonly Queue<Job> _latest;

    public Starving(IEnumerable<Job> latest, DateTimeOffset changedAt) =>
        (_latest, ChangedAt) = (new(latest), changedAt);

    /// <summary>When the ring changed last.</summary>
    public DateTimeOffset ChangedAt { get; private set; }

    /// <summary>The latest that ended so, oldest first.</summary>
    public IReadOnlyList<Job> Latest => [.. _latest];

    public void Ended(Job job)
    {
        if (job is not { IsOpen: false, WantsKey: true, Outside: null }) return;
        _latest.Enqueue(job);
        if (_latest.Count > LatestMax) _latest.Dequeue();
    }

    /// <summary>The ring has changed: the jobs that deserve another try, with those that the ledger knows.</summary>
    public IReadOnlyList<Job> Again(IReadOnlyList<Job> known, DateTimeOffset now)
    {
        ChangedAt = now;
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
            if (job.Started < ChangedAt) late.Add(job);
            else _latest.Enqueue(job);
        }

        return late;
    }
}
