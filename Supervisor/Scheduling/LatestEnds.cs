namespace Decryptor.Supervisor.Scheduling;

/// <summary>When a job ended.</summary>
readonly record struct JobEnd(long Job, DateTimeOffset At);

/// <summary>
/// When the latest jobs ended. Whoever asks for an ended job has read its row a moment before; if it was run again
/// since, and has ended otherwise, that row is a word from the past.
/// </summary>
sealed class LatestEnds
{
    // No more than may end while somebody reads the ledger: a few for each worker.
    const int CountMax = 1024;

    readonly Queue<JobEnd> _all;
    readonly Dictionary<long, DateTimeOffset> _at = [];

    public LatestEnds(IEnumerable<JobEnd> ends)
    {
        _all = new(ends);
        foreach (var end in _all) _at[end.Job] = end.At;
    }

    /// <summary>The oldest first.</summary>
    public IReadOnlyList<JobEnd> All => [.. _all];

    public void Add(Job job)
    {
        if (job.Ended is not { } at) return;
        _all.Enqueue(new(job.Id, at));
        _at[job.Id] = at;
        if (_all.Count <= CountMax) return;
        var oldest = _all.Dequeue();
        if (_at[oldest.Job] == oldest.At) _at.Remove(oldest.Job);
    }

    /// <summary>Whether the job has ended again since it was as it is here.</summary>
    public bool IsStale(Job job) => _at.TryGetValue(job.Id, out var at) && at != job.Ended;
}
