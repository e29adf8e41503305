using Decryptor.Protocol;

namespace Decryptor.Supervisor.Scheduling;

/// <summary>What has been counted since this supervisor started.</summary>
sealed class Tally
{
    readonly SortedDictionary<string, long> _failures;

    public Tally() => _failures = new(StringComparer.Ordinal);

    Tally(SortedDictionary<string, long> failures) => _failures = new(failures, StringComparer.Ordinal);

    /// <summary>Jobs that came under our care: arrived, found at the start, or run again.</summary>
    public long Accepted { get; set; }

    public long Complete { get; private set; }

    public long Partial { get; private set; }

    public long Failed { get; private set; }

    public long BytesIn { get; private set; }

    public long BytesOut { get; private set; }

    /// <summary>Workers started.</summary>
    public long Starts { get; set; }

    /// <summary>Workers gone.</summary>
    public long Exits { get; set; }

    /// <summary>Words from workers or attempts that are no more; dropped.</summary>
    public long StaleWords { get; set; }

    /// <summary>Jobs that were not complete, by code.</summary>
    public IReadOnlyDictionary<string, long> Failures => _failures;

    public void Add(Job job)
    {
        BytesIn += job.Bytes;
        BytesOut += job.BytesOut;
        if (job.Outcome == Outcome.Complete) Complete++;
        else if (job.Outcome == Outcome.Partial) Partial++;
        else Failed++;
        if (job.Code.Length > 0) _failures[job.Code] = _failures.GetValueOrDefault(job.Code) + 1;
    }

    public Tally Copy() => new(_failures)
    {
        Accepted = Accepted,
        Complete = Complete,
        Partial = Partial,
        Failed = Failed,
        BytesIn = BytesIn,
        BytesOut = BytesOut,
        Starts = Starts,
        Exits = Exits,
        StaleWords = StaleWords,
    };
}
