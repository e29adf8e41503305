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

    public double RescanSeconds { get; set; } = 2;

    public double HelloSeconds { get; set; } = 10;

    public double FrozenSeconds { get; set; } = 15;

    public double StalledSeconds { get; set; } = 60;

    public double JobSecondsMin { get; set; } = 120;

    public long BytesPerSecondMin { get; set; } = 256 * 1024;

    public double DrainSeconds { get; set; } = 30;

    public long OutputBytesMax { get; set; } = 16L << 30;

    public int RatioMax { get; set; } = 200;

    public long RatioFloorBytes { get; set; } = 64L << 20;

    public int MembersMax { get; set; } = 20_000;

    public int DepthMax { get; set; } = 5;

    public int QuestionsMax { get; set; } = 4096;

    public int NameBytesMax { get; set; } = 4096;

    public long WindowBytesMax { get; set; } = 128L << 20;

    /// <summary>log2 of the scrypt cost that a file may demand; 20 takes 1 GiB and seconds.</summary>
    public int ScryptLogMax { get; set; } = 20;

    /// <summary>Reads the file.</summary>
    /// <exception cref="UsageException">It is not there, not JSON, or says what is no setting.</exception>
    public static Settings Read(string path)
    {
        if (!File.Exists(path)) throw Wrong($"there is no file {path}", "check the path behind --config");
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), SettingsJson.Strict.Settings) ?? new();
        }
        catch (JsonException e)
        {
            throw Wrong($"{path} line {e.LineNumber + 1}: {e.Message}", "the README lists the settings");
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
        Demand(HelloSeconds is >= 0.1 and <= 3600, nameof(HelloSeconds), HelloSeconds, "0.1 to 3600");
        // Workers speak twice a second; less patience than that kills the living.
        Demand(FrozenSeconds is >= 1 and <= 3600, nameof(FrozenSeconds), FrozenSeconds, "1 to 3600");
        Demand(StalledSeconds is >= 1 and <= 86400, nameof(StalledSeconds), StalledSeconds, "1 to 86400");
        Demand(JobSecondsMin is >= 1 and <= 86400, nameof(JobSecondsMin), JobSecondsMin, "1 to 86400");
        Demand(BytesPerSecondMin >= 1, nameof(BytesPerSecondMin), BytesPerSecondMin, "1 or more");
        Demand(DrainSeconds is >= 0 and <= 86400, nameof(DrainSeconds), DrainSeconds, "0 to 86400");
        Demand(OutputBytesMax >= 1, nameof(OutputBytesMax), OutputBytesMax, "1 or more");
        Demand(RatioMax >= 1, nameof(RatioMax), RatioMax, "1 or more");
        Demand(RatioFloorBytes >= 0, nameof(RatioFloorBytes), RatioFloorBytes, "0 or more");
        Demand(MembersMax >= 1, nameof(MembersMax), MembersMax, "1 or more");
        Demand(DepthMax is >= 1 and <= 64, nameof(DepthMax), DepthMax, "1 to 64");
        Demand(QuestionsMax is >= 1 and <= 1_000_000, nameof(QuestionsMax), QuestionsMax, "1 to 1000000");
        Demand(NameBytesMax is >= 1 and <= 65_536, nameof(NameBytesMax), NameBytesMax, "1 to 65536");
        Demand(WindowBytesMax is >= 1024 and <= 2L << 30, nameof(WindowBytesMax), WindowBytesMax, "1024 to 2147483648");
        Demand(ScryptLogMax is >= 1 and <= 22, nameof(ScryptLogMax), ScryptLogMax, "1 to 22");
        return this;
    }

    public Policy Policy() => new()
    {
        Workers = Workers,
        HelloWithin = TimeSpan.FromSeconds(HelloSeconds),
        FrameWithin = TimeSpan.FromSeconds(FrozenSeconds),
        WorkWithin = TimeSpan.FromSeconds(StalledSeconds),
        JobTimeMin = TimeSpan.FromSeconds(JobSecondsMin),
        BytesPerSecondMin = BytesPerSecondMin,
        DrainWithin = TimeSpan.FromSeconds(DrainSeconds),
        Limits = new(
            OutputBytesMax, RatioMax, RatioFloorBytes, MembersMax, DepthMax, QuestionsMax, NameBytesMax, WindowBytesMax,
            ScryptLogMax, Seconds: 0),
    };

    static void Demand(bool holds, string name, object value, string allowed)
    {
        var setting = JsonNamingPolicy.CamelCase.ConvertName(name);
        if (!holds)
            throw Wrong($"{setting} is {value}; {allowed} is allowed", "correct the setting and start again");
    }

    static UsageException Wrong(string message, string hint) => new(message, hint) { ExitCode = 78 };
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
