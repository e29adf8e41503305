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

    /// <summary>What made us write this: <c>clock</c>, or a signal and its sender.</summary>
    public required string Trigger { get; init; }

    public required string Version { get; init; }

    public required int Pid { get; init; }

    public required DateTimeOffset Start { get; init; }

    public required string Spool { get; init; }

    public required double LoopSilentSeconds { get; init; }

    public required int WorkersWanted { get; init; }

    public required IReadOnlyList<StatusWorker> Workers { get; init; }

    public required StatusQueue Queue { get; init; }

    public required StatusTotals Totals { get; init; }

    /// <summary>
    /// How workers are confined, in their own words: one text where all say the same, none while nobody has spoken.
    /// </summary>
    public required IReadOnlyList<string> Confinements { get; init; }

    public required IReadOnlyList<string> Keys { get; init; }

    public byte[] ToJson() =>
        [.. JsonSerializer.SerializeToUtf8Bytes(this, StatusJson.Readable.StatusView), (byte)'\n'];
}

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

sealed record StatusQueue(int Undecrypted, int Suspects, int Decrypting, double? OldestSeconds);

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
