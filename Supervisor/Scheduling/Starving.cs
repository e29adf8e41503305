namespace Decryptor.Supervisor.Scheduling;

/// <summary>
/// Jobs that ended for want of a key, which a change of the ring could miss: those whose rows are not in the ledger
/// yet when somebody looks there, and those that began with the old ring and end after the new one has come.
/// </summary>
sealed class Starving
{
    // No more than may end while somebody reads the ledger: a few for each worker.
    const int LatestMax = 1024;

    readonly List<Job> _latest;

    public Starving(IEnumerable<Job> latest, DateTimeOffset changedAt) =>
        (_latest, ChangedAt) = ([.. latest], changedAt);

    /// <summary>When the ring changed last.</summary>
    public DateTimeOffset ChangedAt { get; private set; }

    /// <summary>The latest that ended so, oldest first.</summary>
    public IReadOnlyList<Job> Latest => [.. _latest];

    public void Ended(Job job)
    {
        // It may have been tried again since, and ended otherwise.
        _latest.RemoveAll(before => before.Id == job.Id);
        if (job is not { IsOpen: false, WantsKey: true, Outside: null }) return;
        _latest.Add(job);
        if (_latest.Count > LatestMax) _latest.RemoveAt(0);
    }

    /// <summary>The ring has changed: the jobs that deserve another try, with those that the ledger knows.</summary>
    public IReadOnlyList<Job> Again(Event.KeysChanged keys, DateTimeOffset now)
    {
        // What has ended since the first of several has had its try.
        if (keys.IsMore) return keys.Starved;
        ChangedAt = now;
        var all = keys.Starved.UnionBy(_latest, job => job.Id).ToList();
        _latest.Clear();
        return all;
    }

    /// <summary>The jobs that have ended now, and began before the ring changed.</summary>
    public IReadOnlyList<Job> Late()
    {
        var late = _latest.FindAll(job => job.Started < ChangedAt);
        if (late.Count > 0) _latest.RemoveAll(job => job.Started < ChangedAt);
        return late;
    }
}
