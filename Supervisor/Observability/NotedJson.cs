using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Decryptor.Protocol;
using Decryptor.Supervisor.Scheduling;

namespace Decryptor.Supervisor.Observability;

/// <summary>
/// What of the notation is too much for words: jobs, policies and whole schedulers as one line of JSON. What a line
/// does not name has its default, so that lines by hand can be short, and old ones are read when there is something new
/// to say.
/// </summary>
[JsonSerializable(typeof(Job)), JsonSerializable(typeof(Policy)), JsonSerializable(typeof(SchedulerState))]
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, IgnoreReadOnlyProperties = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, Converters = [typeof(IncarnationText)])]
sealed partial class NotedJson : JsonSerializerContext
{
    static readonly Job _plainJob = new() { Id = 0, Source = "" };
    static readonly Policy _plainPolicy = new();
    static readonly SchedulerState _plainState = new();

    /// <summary>A job; what is as usual is left out.</summary>
    public static string Of(Job job)
    {
        var usual = (JsonObject)JsonSerializer.SerializeToNode(_plainJob, Default.Job)!;
        var all = (JsonObject)JsonSerializer.SerializeToNode(job, Default.Job)!;
        foreach (var (name, value) in usual)
            if (name != "id" && JsonNode.DeepEquals(all[name], value)) all.Remove(name);
        return all.ToJsonString();
    }

    /// <summary>A policy, all of it: what is usual may change.</summary>
    public static string Of(Policy policy) => JsonSerializer.Serialize(policy, Default.Policy);

    /// <summary>All that a scheduler knows.</summary>
    public static string Of(SchedulerState state) => JsonSerializer.Serialize(state, Default.SchedulerState);

    /// <summary>The same, in UTF-8. With many jobs it is long, and never wanted as a whole.</summary>
    public static void Write(Stream output, SchedulerState state) =>
        JsonSerializer.Serialize(output, state, Default.SchedulerState);

    /// <exception cref="FormatException">It is no state of a scheduler.</exception>
    public static SchedulerState StateFrom(string json) => Read(json, _plainState, Default.SchedulerState);

    /// <exception cref="FormatException">It is no job.</exception>
    public static Job JobFrom(string json) => Read(json, _plainJob, Default.Job);

    /// <exception cref="FormatException">It is no policy.</exception>
    public static Policy PolicyFrom(string json) => Read(json, _plainPolicy, Default.Policy);

    /// <summary>
    /// The policy with one number changed: by its name here, or its name among the limits. Times may be written
    /// <c>5s</c>.
    /// </summary>
    /// <exception cref="FormatException">There is no such number, or the value is none for it.</exception>
    public static Policy With(Policy policy, string name, string value)
    {
        var all = (JsonObject)JsonSerializer.SerializeToNode(policy, Default.Policy)!;
        var home = all.ContainsKey(name) ? all : (JsonObject)all["limits"]!;
        if (!home.ContainsKey(name)) throw new FormatException($"no policy {name}");
        home[name] = home[name]?.GetValueKind() == JsonValueKind.String
            ? Script.TimeFrom(value).ToString("c")
            : Parse(value);
        return Made(all, Default.Policy);
    }

    static T Read<T>(string json, T plain, JsonTypeInfo<T> type)
    {
        if (Parse(json) is not JsonObject given) throw new FormatException("a JSON object is missing");
        var all = (JsonObject)JsonSerializer.SerializeToNode(plain, type)!;
        foreach (var (name, value) in given) all[name] = value?.DeepClone();
        return Made(all, type);
    }

    static T Made<T>(JsonObject all, JsonTypeInfo<T> type)
    {
        try
        {
            return all.Deserialize(type)!;
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or InvalidOperationException)
        {
            throw new FormatException(e.Message, e);
        }
    }

    static JsonNode? Parse(string json)
    {
        try
        {
            return JsonNode.Parse(json);
        }
        catch (JsonException e)
        {
            throw new FormatException($"no JSON: {e.Message}", e);
        }
    }
}

/// <summary>A worker's name in JSON is <c>"w3.7"</c>.</summary>
sealed class IncarnationText : JsonConverter<Incarnation>
{
    public override Incarnation Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
        Incarnation.TryParse(reader.GetString(), out var worker)
            ? worker
            : throw new JsonException("a worker is written like w3.7");

    public override void Write(Utf8JsonWriter writer, Incarnation worker, JsonSerializerOptions options) =>
        writer.WriteStringValue(worker.ToString());
}
