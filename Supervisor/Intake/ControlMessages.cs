using System.Text.Json;
using System.Text.Json.Serialization;
using Decryptor.Supervisor.Scheduling;

namespace Decryptor.Supervisor.Intake;

/// <summary>
/// What is asked over <c>run/control.sock</c>, one JSON line: <c>{"act":"retry","job":17}</c>, or
/// <c>{"act":"submit","file":".submitted-1","source":"boot.xlog","tenant":"acme"}</c>.
/// </summary>
sealed record ControlRequest
{
    /// <summary>A line is no longer than that, its end included.</summary>
    public const int BytesMax = 4096;

    /// <summary>To take in a file that lies in <c>incoming/</c> under a name that the service leaves alone.</summary>
    public const string Submit = "submit";

    /// <summary><c>retry</c>, <c>cancel</c>, <c>release</c> or <c>submit</c>.</summary>
    public required string Act { get; init; }

    /// <summary>The job to act on; null where a file is submitted.</summary>
    public long? Job { get; init; }

    /// <summary>Of a submitted file its name in <c>incoming/</c>, or in its tenant's folder there.</summary>
    public string? File { get; init; }

    /// <summary>What its sender calls it.</summary>
    public string? Source { get; init; }

    /// <summary>Whose it is; null for no tenant's.</summary>
    public string? Tenant { get; init; }

    /// <summary>The words for acts.</summary>
    public static IReadOnlyDictionary<string, OperatorAct> Acts { get; } =
        Enum.GetValues<OperatorAct>().ToDictionary(act => act.ToString().ToLowerInvariant());

    /// <summary>Reads a line.</summary>
    /// <exception cref="JsonException">It is no request.</exception>
    public static ControlRequest FromJson(ReadOnlySpan<byte> line) =>
        JsonSerializer.Deserialize(line, ControlJson.Strict.ControlRequest) is { Act: not null } request
        && request.IsWhole ? request : throw new JsonException("null, or a field that the act does not have");

    bool IsWhole => Act == Submit
        ? Job is null && File is not null && Source is not null
        : Job is not null && File is null && Source is null && Tenant is null;

    public byte[] ToJson() =>
        [.. JsonSerializer.SerializeToUtf8Bytes(this, ControlJson.Strict.ControlRequest), (byte)'\n'];
}

/// <summary>What is answered, one JSON line.</summary>
sealed record ControlReply
{
    /// <summary>Whether what was asked is done.</summary>
    public required bool Done { get; init; }

    /// <summary>
    /// Why it is not, in a word: <c>refused</c> (the job is not in a state for it), <c>unknown</c> (there is no such
    /// job), <c>usage</c> (the question is no good), <c>forbidden</c> (not for this user), <c>busy</c> (too many ask at
    /// a time), <c>silent</c> (the service does not answer), <c>trouble</c> (the ledger cannot be read).
    /// </summary>
    public string? Code { get; init; }

    /// <summary>The job that a submitted file has become.</summary>
    public long? Job { get; init; }

    /// <summary>What became of it, or why nothing did, for a person.</summary>
    public required string Text { get; init; }

    /// <summary>What to do about it.</summary>
    public string? Hint { get; init; }

    public static ControlReply No(string code, string text, string? hint = null) =>
        new() { Done = false, Code = code, Text = text, Hint = hint };

    /// <summary>Reads a line.</summary>
    /// <exception cref="JsonException">It is no reply.</exception>
    public static ControlReply FromJson(ReadOnlySpan<byte> line) =>
        JsonSerializer.Deserialize(line, ControlJson.Strict.ControlReply) ?? throw new JsonException("null");

    public byte[] ToJson() =>
        [.. JsonSerializer.SerializeToUtf8Bytes(this, ControlJson.Strict.ControlReply), (byte)'\n'];
}

[JsonSerializable(typeof(ControlRequest))]
[JsonSerializable(typeof(ControlReply))]
sealed partial class ControlJson : JsonSerializerContext
{
    internal static readonly ControlJson Strict = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        MaxDepth = 4,
    });
}
