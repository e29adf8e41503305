using System.Text.Json;
using System.Text.Json.Serialization;

namespace Decryptor.Supervisor.Workers;

/// <summary>
/// Why a worker ended as it should not have: one JSON file beside the job, written before its end is told to anybody.
/// Fields may be added, never renamed; what was not seen is left out. Sizes are bytes. What the worker itself has said
/// (<see cref="Stderr"/>, <see cref="Frames"/>) and what the upload is called are somebody else's words.
/// </summary>
sealed record CrashCard
{
    /// <summary>The longest file that is read: 64 KiB of stderr, each byte as six characters, and more.</summary>
    const int LengthMax = 1024 * 1024;

    /// <summary>The version of this form.</summary>
    public int V { get; init; } = 1;

    /// <summary>When it ended, by the wall clock, in UTC.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The job that it held; none for a worker that was starting, idle or leaving.</summary>
    public long? Job { get; init; }

    /// <summary>The number of the try at that job.</summary>
    public int? Attempt { get; init; }

    /// <summary>Its name, as in <c>w3.7</c>.</summary>
    public required string Worker { get; init; }

    public int? Pid { get; init; }

    /// <summary>What the sender called the job's input.</summary>
    public string? Source { get; init; }

    /// <summary>In words: <c>exit 139 (SIGSEGV)</c>, <c>SIGKILL</c>, <c>could not be started: …</c></summary>
    public required string Exit { get; init; }

    /// <summary>Why we have killed it; none when we did not.</summary>
    public string? Why { get; init; }

    /// <summary>Whether the kernel killed it for want of memory; none where it does not say.</summary>
    public bool? OomKilled { get; init; }

    /// <summary>Milliseconds of processor time, user and system, when it was last looked at.</summary>
    public long? LastCpuMs { get; init; }

    /// <summary>Its memory when it was last looked at.</summary>
    public long? LastResidentBytes { get; init; }

    /// <summary>The most memory that it was seen to have had.</summary>
    public long? PeakResidentBytes { get; init; }

    /// <summary>How far into the input it was, by its own last word.</summary>
    public long? BytesIn { get; init; }

    /// <summary>How much text it had written, by its own last word.</summary>
    public long? BytesOut { get; init; }

    /// <summary>The last frames, up to 32, the oldest first.</summary>
    public IReadOnlyList<CrashFrame> Frames { get; init; } = [];

    /// <summary>The last 64 KiB that it wrote to its standard error.</summary>
    public string Stderr { get; init; } = "";

    /// <summary>Bytes that it wrote there before those.</summary>
    public long StderrDropped { get; init; }

    /// <summary>How long it had lived.</summary>
    public double UptimeSeconds { get; init; }

    /// <summary>Jobs that it had finished.</summary>
    public int JobsDone { get; init; }

    /// <summary>The supervisor's version.</summary>
    public required string Supervisor { get; init; }

    /// <summary>The file's name: <c>JOB-ATTEMPT.json</c>, or <c>worker-w3.7.json</c> where there was no job.</summary>
    [JsonIgnore]
    public string FileName =>
        Job is { } job
            ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{job}-{Attempt}.json")
            : $"worker-{Worker}.json";

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, CrashCardJson.Default.CrashCard);

    /// <summary>The card in that file; null where there is none that can be read.</summary>
    public static CrashCard? Read(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            return file.Length <= LengthMax ? JsonSerializer.Deserialize(file, CrashCardJson.Default.CrashCard) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }
}

/// <summary>One frame of a crash card.</summary>
/// <param name="At">When it was sent or heard, in UTC.</param>
/// <param name="From"><c>worker</c> or <c>supervisor</c>.</param>
/// <param name="Words">Its kind and figures, without anything secret.</param>
sealed record CrashFrame(DateTimeOffset At, string From, string Words);

[JsonSerializable(typeof(CrashCard))]
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
sealed partial class CrashCardJson : JsonSerializerContext;
