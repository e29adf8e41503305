using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;

namespace Decryptor.Protocol;

/// <summary>
/// What <c>report.json</c> says of one job. Fields may be added, never renamed. The worker writes it; where no worker
/// could, the supervisor does.
/// </summary>
public sealed record Report
{
    /// <summary>The file's name in the job's folder.</summary>
    public const string FileName = "report.json";

    /// <summary>The job's number, as text.</summary>
    public required string Id { get; init; }

    /// <summary>What the sender called the input.</summary>
    public required string Source { get; init; }

    /// <summary>Whose upload it was; null for none.</summary>
    public string? Tenant { get; init; }

    /// <summary><c>Completed</c> or <c>Failed</c>.</summary>
    public required string State { get; init; }

    /// <summary><c>complete</c>, <c>partial</c> or <c>failed</c>.</summary>
    public required string Outcome { get; init; }

    /// <summary>The worst file's <see cref="FailureCode"/>; null when complete.</summary>
    public string? Code { get; init; }

    /// <summary>What happened, in a sentence.</summary>
    public string? Message { get; init; }

    /// <summary>What to do about it.</summary>
    public string? Hint { get; init; }

    /// <summary>Attempts so far, this one included.</summary>
    public int Attempts { get; init; }

    /// <summary>The worker that made the last attempt; null when no worker did.</summary>
    public string? Worker { get; init; }

    /// <summary>Bytes of the input.</summary>
    public long BytesIn { get; init; }

    /// <summary>Bytes of text over all files.</summary>
    public long BytesOut { get; init; }

    /// <summary>Seconds that the attempt took.</summary>
    public double Seconds { get; init; }

    /// <summary>The outputs in the order of the input; members that were not delivered have no path.</summary>
    public IReadOnlyList<ReportedFile> Files { get; init; } = [];

    /// <summary>The report as UTF-8 JSON with a line feed at its end.</summary>
    public byte[] ToJson() => [.. JsonSerializer.SerializeToUtf8Bytes(this, ReportJson.Readable.Report), (byte)'\n'];

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="JsonException">It is not a report.</exception>
    public static Report FromJson(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, ReportJson.Readable.Report) ?? throw new JsonException("null is no report");

    /// <summary>How <paramref name="outcome"/> is written in reports.</summary>
    public static string Word(Outcome outcome) => outcome switch
    {
        Protocol.Outcome.Complete => "complete",
        Protocol.Outcome.Partial => "partial",
        _ => "failed",
    };
}

/// <summary>What the report says of one output, or of one member that became none.</summary>
public sealed record ReportedFile
{
    /// <summary>Relative to the report's folder; null when nothing was delivered.</summary>
    public string? Path { get; init; }

    /// <summary>The name inside the package, as text.</summary>
    public required string Source { get; init; }

    /// <summary>The formats from the outside in, for example <c>zip&gt;xlog</c>.</summary>
    public required string Format { get; init; }

    /// <summary>The ring's name of the key that opened it; several are joined by a comma; null for none.</summary>
    public string? Key { get; init; }

    /// <summary>Bytes of text.</summary>
    public long Bytes { get; init; }

    /// <summary>SHA-256 of the text, lower-case hexadecimal; null when nothing was delivered.</summary>
    public string? Sha256 { get; init; }

    /// <summary><c>complete</c>, <c>partial</c> or <c>failed</c>.</summary>
    public required string Outcome { get; init; }

    /// <summary>The file's <see cref="FailureCode"/>; null when complete.</summary>
    public string? Code { get; init; }

    /// <summary>What happened to this file, in a sentence; null when complete.</summary>
    public string? Message { get; init; }

    /// <summary>Null for formats without blocks.</summary>
    public ReportedBlocks? Blocks { get; init; }

    /// <summary>What is missing.</summary>
    public IReadOnlyList<Gap> Gaps { get; init; } = [];

    /// <summary>What is worth knowing and no failure.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>What was seen of it besides; null where there is nothing to tell.</summary>
    public Facts? Facts { get; init; }
}

/// <summary>Blocks found, decoded whole, and not.</summary>
public sealed record ReportedBlocks(long Total, long Ok, long Bad);

/// <summary>A range of the input that gave no text, or not all of its text.</summary>
/// <param name="Offset">Where it begins, in bytes of the stream the format was read from.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="Reason">Why, for a person.</param>
public sealed record Gap(long Offset, long Length, string Reason)
{
    /// <summary>The <see cref="FailureCode"/> of what is wrong there; null where nothing tells.</summary>
    public string? Code { get; init; }

    /// <summary>The local hours of the lost lines, for example <c>9-10</c>; null where nothing tells.</summary>
    public string? Hours { get; init; }

    /// <summary>The lost blocks by the app's own count, for example <c>12-14</c>; null where nothing tells.</summary>
    public string? Sequence { get; init; }
}

[JsonSerializable(typeof(Report))]
sealed partial class ReportJson : JsonSerializerContext
{
    internal static readonly ReportJson Readable = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.Create(Letters()),
    });

    // Every script's letters stay readable; controls, marks of direction and HTML's signs are escaped.
    static TextEncoderSettings Letters()
    {
        var letters = new TextEncoderSettings(UnicodeRanges.All);
        letters.ForbidCharacters('\u061C', '\u200E', '\u200F', '\uFEFF');
        letters.ForbidRange(UnicodeRange.Create('\u202A', '\u202E'));
        letters.ForbidRange(UnicodeRange.Create('\u2066', '\u2069'));
        return letters;
    }
}
