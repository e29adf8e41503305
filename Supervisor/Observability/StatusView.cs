using System.Text.Json;
using System.Text.Json.Serialization;

namespace Decryptor.Supervisor.Observability;

/// <summary>
/// What <c>status.json</c> says. Fields may be added; <see cref="V"/> changes only when one changes its meaning.
/// </summary>
sealed record StatusView
{
    public int V { get; init; } = 1;

    public required DateTimeOffset At { get; init; }

    /// <summary><c>ok</c>, <c>degraded</c>, <c>stopping</c> or <c>wedged</c>.</summary>
    public required string Verdict { get; init; }

    public required IReadOnlyList<string> Reasons { get; init; }

    /// <summary>What made us write this: <c>clock</c>, <c>stopped</c>, or a signal and its sender.</summary>
    public required string Trigger { get; init; }

    public required string Version { get; init; }

    public required int Pid { get; init; }

    public required DateTimeOffset Start { get; init; }

    public required string Spool { get; init; }

    public required double LoopSilentSeconds { get; init; }

    /// <summary>When the loop has turned last: since then it is silent.</summary>
    public required DateTimeOffset LoopTurnedAt { get; init; }

    public required StatusLaw Law { get; init; }

    public required int WorkersWanted { get; init; }

    /// <summary>Workers that have ended in the last ten minutes.</summary>
    public required int WorkersGoneLately { get; init; }

    public StatusCrash? LastCrash { get; init; }

    /// <summary>Crash cards that could not be kept.</summary>
    public int CardsLost { get; init; }

    /// <summary>Processes that dead workers had left behind, and that were ended.</summary>
    public int OrphansEnded { get; init; }

    public required IReadOnlyList<StatusWorker> Workers { get; init; }

    public required StatusQueue Queue { get; init; }

    /// <summary>Tenants that have jobs here or uploads in <c>incoming/</c>, or a penalty: the worst first.</summary>
    public required IReadOnlyList<StatusTenant> Tenants { get; init; }

    /// <summary>Tenants that have jobs here and are not named.</summary>
    public required int TenantsUnseen { get; init; }

    public required StatusTotals Totals { get; init; }

    public required IReadOnlyList<StatusFailure> Failures { get; init; }

    /// <summary>
    /// How workers are confined, in their own words: one text where all say the same, none while nobody has spoken.
    /// </summary>
    public required IReadOnlyList<string> Confinements { get; init; }

    public required IReadOnlyList<string> Keys { get; init; }

    /// <summary>Why the last reload was refused, and when; null if it was not.</summary>
    public string? ReloadRefused { get; init; }

    /// <summary>Why a turn cannot be carried out, and since when; null if all can.</summary>
    public string? Trouble { get; init; }

    public FlightView? Flight { get; init; }

    public byte[] ToJson() =>
        [.. JsonSerializer.SerializeToUtf8Bytes(this, StatusJson.Readable.StatusView), (byte)'\n'];
}

/// <summary>
/// The conservation law: accepted = undecrypted + decrypting + completed + failed. It is checked after every turn; the
/// first that it does not hold after ends the process.
/// </summary>
sealed record StatusLaw(
    long Accepted, long Undecrypted, long Decrypting, long Completed, long Failed, long HeldForTurns);

/// <summary>One worker's line.</summary>
sealed record StatusWorker
{
    public required int Slot { get; init; }

    public string? Worker { get; init; }

    public int? Pid { get; init; }

    public required string State { get; init; }

    public long? Job { get; init; }

    public string? Source { get; init; }

    public int? Attempt { get; init; }

    public long? Bytes { get; init; }

    public long? BytesIn { get; init; }

    public long? BytesOut { get; init; }

    public double? ForSeconds { get; init; }

    public double? QuietSeconds { get; init; }

    public long? Rss { get; init; }

    public int JobsDone { get; init; }

    /// <summary>What happens to it if nothing changes.</summary>
    public required string Next { get; init; }

    public double? NextInSeconds { get; init; }
}

/// <summary>The last worker that crashed or was killed.</summary>
/// <param name="Worker">Its name.</param>
/// <param name="At">When it ended.</param>
/// <param name="AgoSeconds">How long ago.</param>
/// <param name="How">In words.</param>
/// <param name="Job">What it was at.</param>
/// <param name="Attempt">Which attempt that was.</param>
/// <param name="Charged">Whether the job was charged.</param>
/// <param name="Card">Its crash card, below the spool; null for none.</param>
sealed record StatusCrash(
    string Worker, DateTimeOffset At, double AgoSeconds, string How, long? Job, int? Attempt, bool Charged,
    string? Card);

sealed record StatusQueue(int Undecrypted, int Suspects, int Decrypting, double? OldestSeconds)
{
    public int LargeRunning { get; init; }

    public int LargeMax { get; init; }

    /// <summary>Contents that are not opened again.</summary>
    public int Quarantined { get; init; }
}

/// <summary>One tenant's part of the queue. Weight and penalties are those of <c>TenantView</c>.</summary>
sealed record StatusTenant(
    string Name, int Waiting, int Running, int? Weight, int Penalties, double? OldestSeconds, long HeldBack);

/// <summary>How many jobs had a code since the start, and the last that did.</summary>
sealed record StatusFailure(string Code, long Count, long LastJob);

sealed record StatusTotals(
    long Complete, long Partial, long Failed, long BytesIn, long BytesOut, long WorkerStarts, long WorkerExits,
    long StaleWords, IReadOnlyDictionary<string, long> Failures);

[JsonSerializable(typeof(StatusView))]
sealed partial class StatusJson : JsonSerializerContext
{
    internal static readonly StatusJson Readable = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        WriteIndented = true,
    });
}
