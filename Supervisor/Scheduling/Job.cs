using Decryptor.Protocol;

namespace Decryptor.Supervisor.Scheduling;

/// <summary>The four states of the article that this project grows out of.</summary>
enum JobState
{
    Undecrypted,
    Decrypting,
    Completed,
    Failed,
}

/// <summary>
/// An upload on its way. Immutable: each change is a new record, and becomes a row of the ledger in the same turn.
/// </summary>
sealed record Job
{
    public required long Id { get; init; }

    /// <summary>What the sender called it.</summary>
    public required string Source { get; init; }

    /// <summary>Whose it is; empty for none.</summary>
    public string Tenant { get; init; } = "";

    /// <summary>The absolute path of an input that is only read where it lies; null when the spool holds it.</summary>
    public string? Outside { get; init; }

    public long Bytes { get; init; }

    public JobState State { get; init; }

    /// <summary>Times that a worker was given it.</summary>
    public int Attempts { get; init; }

    /// <summary>Worker deaths charged to it.</summary>
    public int Deaths { get; init; }

    /// <summary>Deaths of the supervisor, in a row, that it was open in.</summary>
    public int Outages { get; init; }

    /// <summary>Who works on it, or did last.</summary>
    public Incarnation? Worker { get; init; }

    /// <summary>SHA-256 of its bytes in lower-case hexadecimal, once a worker has said it; else empty.</summary>
    public string Sha256 { get; init; } = "";

    public DateTimeOffset Arrived { get; init; }

    public DateTimeOffset? Started { get; init; }

    public DateTimeOffset? Ended { get; init; }

    public Outcome? Outcome { get; init; }

    /// <summary>The failure code's name; empty when there is none.</summary>
    public string Code { get; init; } = "";

    /// <summary>
    /// Whether something in it stayed shut for want of a key: the bytes are needed again once there is one.
    /// </summary>
    public bool WantsKey => Code == FailureCode.KeyMissing.Name || Code == FailureCode.KeyNoMatch.Name;

    public string Text { get; init; } = "";

    public string Hint { get; init; } = "";

    public long BytesOut { get; init; }

    public BlockCount Blocks { get; init; }

    /// <summary>One that may be deadly runs alone until it is cleared or quarantined.</summary>
    public bool IsSuspect(Policy policy) => Deaths > 0 || Outages >= policy.OutagesMax;

    /// <summary>Whether an operator has cancelled it, and it has not ended yet.</summary>
    public bool IsCondemned => IsOpen && Code == FailureCode.Cancelled.Name;

    public bool IsOpen => State is JobState.Undecrypted or JobState.Decrypting;

    /// <summary>The attempt that <see cref="Worker"/> makes at it.</summary>
    public Attempt Attempt => new(Id, Attempts, Worker ?? default);

    /// <summary>What an operator can do about an end that need not be the last.</summary>
    public static string HintToRetry(long id) => $"decryptor jobs retry {id} runs it again";

    /// <summary>The job as its worker has ended it. A failure without a reason is a mistake of ours.</summary>
    public Job After(Finished finished, DateTimeOffset now)
    {
        var failed = finished.Outcome == Protocol.Outcome.Failed;
        return this with
        {
            State = failed ? JobState.Failed : JobState.Completed,
            Outcome = finished.Outcome,
            Code = failed && finished.Code.Length == 0 ? FailureCode.Internal.Name : finished.Code,
            Text = finished.Text,
            Hint = finished.Hint,
            BytesOut = finished.BytesOut,
            Blocks = finished.Blocks,
            Ended = now,
        };
    }
}
