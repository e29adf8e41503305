using System.Collections.Immutable;
using Decryptor.Protocol;

namespace Decryptor.Supervisor.Scheduling;

/// <summary>What has been counted since this supervisor started.</summary>
sealed record Tally
{
    /// <summary>Jobs that came under our care: arrived, found at the start, or run again.</summary>
    public long Accepted { get; init; }

    public long Complete { get; init; }

    public long Partial { get; init; }

    public long Failed { get; init; }

    public long BytesIn { get; init; }

    public long BytesOut { get; init; }

    /// <summary>Workers started.</summary>
    public long Starts { get; init; }

    /// <summary>Workers gone.</summary>
    public long Exits { get; init; }

    /// <summary>Words from workers or attempts that are no more; dropped.</summary>
    public long StaleWords { get; init; }

    /// <summary>Jobs that were not complete, by code: how many, and which was the last.</summary>
    public ImmutableSortedDictionary<string, FailureCount> Failures { get; init; } =
        ImmutableSortedDictionary.Create<string, FailureCount>(StringComparer.Ordinal);

    /// <summary>The same with one ended job more.</summary>
    public Tally With(Job job)
    {
        var counted = this with { BytesIn = BytesIn + job.Bytes, BytesOut = BytesOut + job.BytesOut };
        counted = job.Outcome switch
        {
            Outcome.Complete => counted with { Complete = Complete + 1 },
            Outcome.Partial => counted with { Partial = Partial + 1 },
            _ => counted with { Failed = Failed + 1 },
        };
        if (job.Code.Length == 0) return counted;
        var before = Failures.GetValueOrDefault(job.Code);
        return counted with { Failures = Failures.SetItem(job.Code, new(before.Count + 1, job.Id)) };
    }
}

/// <summary>How many jobs had a code, and the last that did.</summary>
readonly record struct FailureCount(long Count, long LastJob);
