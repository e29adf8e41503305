using System.CommandLine;
using System.Globalization;

namespace Decryptor.Supervisor.Cli;

/// <summary>
/// <c>--limit-…</c>: what a package may cost, an option for each code that tells of a limit. They win over the settings
/// under <c>limits</c>, of which the manual names the rest.
/// </summary>
sealed class LimitOptions
{
    static readonly (string Name, string What, string Takes, Func<LimitSettings, long, LimitSettings> Set)[] _all =
    [
        ("output", "text of a package at most (16G)", "SIZE", (limits, n) => limits with { OutputBytesMax = n }),
        ("ratio", "text for each byte of it (200)", "N", (limits, n) => limits with { RatioMax = Small(n) }),
        ("members", "files in it (20000)", "N", (limits, n) => limits with { MembersMax = Small(n) }),
        ("depth", "layers around a text (5)", "N", (limits, n) => limits with { DepthMax = Small(n) }),
        ("name", "bytes of a member's name (4096)", "N", (limits, n) => limits with { NameBytesMax = Small(n) }),
        ("memory", "window of a compressed stream (128M)", "SIZE",
            (limits, n) => limits with { WindowBytesMax = n }),
        ("kdf", "log2 of scrypt's cost (20)", "N", (limits, n) => limits with { ScryptLogMax = Small(n) }),
    ];

    readonly List<(Option<string?> Option, Func<LimitSettings, long, LimitSettings> Set)> _options =
        [.. _all.Select(one => (Option(one.Name, one.What, one.Takes), one.Set))];

    readonly Option<string?> _time = Option("time", "seconds for a package (120, or more for a large one)", "N");

    public void AddTo(Command command)
    {
        foreach (var (option, _) in _options) command.Add(option);
        command.Add(_time);
    }

    /// <summary>The settings with what was asked for.</summary>
    /// <exception cref="UsageException">A value is none; names the option.</exception>
    public Settings In(Settings settings, ParseResult parsed)
    {
        foreach (var (option, set) in _options)
        {
            if (Value(parsed, option) is not { } value) continue;
            settings = Checked(settings, option, set(settings.Limits, value));
        }

        return Value(parsed, _time) is { } seconds ? WithTime(settings, seconds) : settings;
    }

    /// <summary>
    /// A number, or a size with <c>K</c>, <c>M</c>, <c>G</c> or <c>T</c> (of 1024) behind it; else null.
    /// </summary>
    internal static long? Number(string word)
    {
        var steps = "KMGT".IndexOf(char.ToUpperInvariant(word.LastOrDefault()), StringComparison.Ordinal) + 1;
        var digits = steps > 0 ? word[..^1] : word;
        var isNumber = long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        return isNumber && number <= long.MaxValue >> (10 * steps) ? number << (10 * steps) : null;
    }

    static Settings Checked(Settings settings, Option<string?> option, LimitSettings limits)
    {
        try
        {
            return (settings with { Limits = limits }).Checked();
        }
        catch (UsageException e)
        {
            throw new UsageException($"{option.Name}: {e.Message}", e.Hint);
        }
    }

    // The size of a package does not stretch what was asked for.
    static Settings WithTime(Settings settings, long seconds)
    {
        if (seconds is < 1 or > 86_400)
            throw new UsageException($"--limit-time: {seconds} is no time that it takes", "1 to 86400 seconds");
        return settings with
        {
            Deadlines = settings.Deadlines with { JobSecondsMin = seconds, BytesPerSecondMin = long.MaxValue },
        };
    }

    static long? Value(ParseResult parsed, Option<string?> option)
    {
        if (parsed.GetValue(option) is not { } word) return null;
        return Number(word) ?? throw new UsageException(
            $"{option.Name}: {word} is no number", option.HelpName == "SIZE" ? "such as 500M or 64G" : "digits alone");
    }

    static int Small(long number) => (int)Math.Min(number, int.MaxValue);

    static Option<string?> Option(string name, string what, string takes) =>
        new($"--limit-{name}") { Description = what, HelpName = takes };
}
