using System.Text.Json;
using System.Text.Json.Serialization;
using Decryptor.Protocol;
using Decryptor.Supervisor.Scheduling;
using Decryptor.Supervisor.Workers;

namespace Decryptor.Supervisor;

/// <summary>
/// Every knob there is, checked before anything starts. Read from the JSON file that <c>--config</c> names; the command
/// line wins. A name that is no setting is an error, so that a slip of the pen is not silently the default. (Set, not
/// init: the generated reader gives every init property a value, and the defaults would be lost.)
/// </summary>
sealed record Settings
{
    public string Spool { get; set; } = "";

    /// <summary>The key ring's folder; null for an empty ring.</summary>
    public string? Keys { get; set; }

    public int Workers { get; set; } = Math.Max(1, Environment.ProcessorCount);

    /// <summary>The worker program; null for the one beside this program that fits the processor.</summary>
    public string? Worker { get; set; }

    /// <summary>
    /// How workers are confined: <c>required</c> refuses one that is not, <c>possible</c> takes what the kernel has,
    /// and <c>off</c> asks for none.
    /// </summary>
    public string Confinement { get; set; } = "possible";

    /// <summary>The group that may put files into <c>incoming/</c> and read what came of them.</summary>
    public string? Group { get; set; }

    public bool KeepInputs { get; set; }

    /// <summary>Whether the spool must outlive a power cut. One that dies with its command need not.</summary>
    [JsonIgnore]
    public bool Durable { get; set; } = true;

    /// <summary>The hours whose text is wanted; only a command that prints text wants fewer than all.</summary>
    [JsonIgnore]
    public HourSet Hours { get; set; } = HourSet.All;

    public double RescanSeconds { get; set; } = 2;

    /// <summary>How long running jobs may finish after a stop was asked.</summary>
    public double DrainSeconds { get; set; } = 30;

    /// <summary>When a worker's silence, idleness or slowness is enough.</summary>
    public DeadlineSettings Deadlines { get; set; } = new();

    /// <summary>What an attempt may spend.</summary>
    public LimitSettings Limits { get; set; } = new();

    /// <summary>When a worker is replaced by a fresh one, and when it is killed over its memory.</summary>
    public RecycleSettings Recycle { get; set; } = new();

    /// <summary>How tenants, and large jobs and small ones, share the workers.</summary>
    public FairnessSettings Fairness { get; set; } = new();

    /// <summary>Days after which ended jobs leave the ledger and the spool; 0 keeps them for ever.</summary>
    public double RetentionDays { get; set; }

    /// <summary>Reads the file.</summary>
    /// <exception cref="UsageException">It is not there, not JSON, or says what is no setting.</exception>
    public static Settings Read(string path)
    {
        if (!File.Exists(path)) throw Wrong($"there is no file {path}", "check its path");
        try
        {
            var text = File.ReadAllBytes(path);
            SettingsFile.CheckNames(path, text);
            return JsonSerializer.Deserialize(text, SettingsJson.Strict.Settings) ?? new();
        }
        catch (JsonException e)
        {
            throw Wrong(
                $"{path} line {e.LineNumber + 1}: {SettingsFile.Why(e)}", "decryptor config show lists the settings");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Wrong($"{path} cannot be read: {e.Message}", "check the path and its permissions");
        }
    }

    /// <summary>The same settings, proved to be sensible.</summary>
    /// <exception cref="UsageException">One is not, and the message says which and what it may be.</exception>
    public Settings Checked()
    {
        Demand(Workers is >= 1 and <= 256, nameof(Workers), Workers, "1 to 256");
        Demand(
            ConfinementRule.Words.Contains(Confinement), nameof(Confinement), Confinement,
            string.Join(", ", ConfinementRule.Words));
        Demand(RescanSeconds is >= 0.05 and <= 3600, nameof(RescanSeconds), RescanSeconds, "0.05 to 3600");
        Demand(DrainSeconds is >= 0 and <= 86400, nameof(DrainSeconds), DrainSeconds, "0 to 86400");
        Demand(RetentionDays is >= 0 and <= 36500, nameof(RetentionDays), RetentionDays, "0 to 36500");
        Deadlines.Check();
        Limits.Check();
        Recycle.Check();
        Fairness.Check();
        return this;
    }

    public Policy Policy() => Fairness.In(Recycle.In(Deadlines.In(new()
    {
        Workers = Workers,
        DrainWithin = TimeSpan.FromSeconds(DrainSeconds),
        Limits = Limits.All,
    })));

    /// <summary>Refuses a setting that is not as it may be.</summary>
    internal static void Demand(bool holds, string name, object value, string allowed)
    {
        var setting = JsonNamingPolicy.CamelCase.ConvertName(name);
        if (!holds)
            throw Wrong($"{setting} is {value}; {allowed} is allowed", "correct the setting and start again");
    }

    internal static UsageException Wrong(string message, string hint) => new(message, hint) { ExitCode = 78 };
}

[JsonSerializable(typeof(Settings))]
sealed partial class SettingsJson : JsonSerializerContext
{
    internal static readonly SettingsJson Strict = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    });
}
