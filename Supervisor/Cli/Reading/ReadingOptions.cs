using System.CommandLine;
using System.Globalization;

namespace Decryptor.Supervisor.Cli.Reading;

/// <summary>What may be asked of the text that <c>cat</c> prints.</summary>
sealed class ReadingOptions
{
    const int ContextMax = 1000, TailPlacesMax = 4_000_000;

    readonly Option<bool> _merge = new("--merge") { Description = "print the entries of all inputs by time" };
    readonly Option<string?> _level = new("--level")
    {
        Description = "entries of this level and graver: V D I W E F, or a word such as warn",
        HelpName = "LEVEL",
        CompletionSources = { "verbose", "debug", "info", "warn", "error", "fatal" },
    };
    readonly Option<string?> _tag = new("--tag") { Description = "entries whose tag has this", HelpName = "RE" };
    readonly Option<string[]> _grep = new("--grep")
    {
        Description = "entries that have this; given again, all of them",
        HelpName = "RE",
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
    };
    readonly Option<bool> _invert = new("--invert", "-v") { Description = "entries that have nothing of --grep" };
    readonly Option<string?> _since = new("--since")
    {
        Description = "from this time on: 09:00, a date, both, or 30m before the newest entry",
        HelpName = "TIME",
    };
    readonly Option<string?> _until = new("--until") { Description = "up to and with this time", HelpName = "TIME" };
    readonly Option<string?> _pid = new("--pid") { Description = "entries of this process", HelpName = "N" };
    readonly Option<string?> _context = new("--context", "-C")
    {
        Description = "also N entries before and after each",
        HelpName = "N",
    };
    readonly Option<string?> _head = new("--head") { Description = "the first N entries", HelpName = "N" };
    readonly Option<string?> _tail = new("--tail") { Description = "the last N entries", HelpName = "N" };
    readonly Option<string?> _format = new("--format")
    {
        Description = "text, or json: an object for each entry, one a line",
        HelpName = "text|json",
        CompletionSources = { "text", "json" },
    };
    readonly Option<bool> _follow = new("--follow", "-f")
    {
        Description = "go on with what is written on in the files, until Ctrl-C",
    };
    readonly Option<bool> _partialOk = new("--partial-ok") { Description = "exit 0 for a text that is partial" };

    public void AddTo(Command command)
    {
        Option[] all = [_merge, _level, _tag, _grep, _invert, _since, _until, _pid, _context, _head, _tail, _follow,
            _format, _partialOk];
        foreach (var option in all) command.Add(option);
    }

    /// <exception cref="UsageException">An option has a value that is none; names the option.</exception>
    public ReadingRequest Read(ParseResult parsed)
    {
        var request = new ReadingRequest
        {
            Filter = Filter(parsed),
            Limits = new(
                Number(parsed, _context, 0, ContextMax) ?? 0, Number(parsed, _head, 1, int.MaxValue),
                Number(parsed, _tail, 1, TailPlacesMax)),
            Merge = parsed.GetValue(_merge),
            Follow = parsed.GetValue(_follow),
            PartialOk = parsed.GetValue(_partialOk),
            AsJson = parsed.GetValue(_format) switch
            {
                null or "text" => false,
                "json" => true,
                var other => throw Wrong("--format", $"{other} is no format", "text or json"),
            },
        };
        Check(request);
        CheckFollow(request);
        return request;
    }

    EntryFilter Filter(ParseResult parsed) => new()
    {
        Level = Level(parsed.GetValue(_level)),
        Tag = parsed.GetValue(_tag) is { } tag ? Pattern("--tag", tag) : null,
        Grep = [.. (parsed.GetValue(_grep) ?? []).Select(pattern => Pattern("--grep", pattern))],
        Inverted = parsed.GetValue(_invert),
        Pid = Number(parsed, _pid, 0, int.MaxValue),
        Window = new(Time("--since", parsed.GetValue(_since)), Time("--until", parsed.GetValue(_until))),
    };

    static void Check(ReadingRequest request)
    {
        var (filter, limits) = (request.Filter, request.Limits);
        if (filter.Inverted && filter.Grep.Count == 0)
            throw Wrong("--invert", "there is nothing to invert", "give --grep too");
        if (filter.Window.IsEmpty)
            throw Wrong("--until", "it lies before --since", "exchange them; over midnight, give the dates");
        if (limits is { Head: not null, Tail: not null })
            throw Wrong("--tail", "--head is given too", "one of the two");
        if (limits is { Context: > 0 } && filter.IsOpen)
            throw Wrong("--context", "there is nothing to be around", "give --grep or another filter");
        if (limits.Tail * (2L * limits.Context + 1) > TailPlacesMax)
            throw Wrong("--tail", $"with its context that is more than {TailPlacesMax} entries", "ask for fewer");
    }

    static void CheckFollow(ReadingRequest request)
    {
        if (!request.Follow) return;
        if (request.Merge) throw Wrong("--merge", "entries that are yet to come have no order", "leave out --follow");
        if (request.Limits.Head is not null)
            throw Wrong("--head", "what is followed has no end", "leave out --follow, or pipe it into head");
        if (request.Filter.Window.CountsBack)
            throw Wrong("--since", "with --follow there is no newest entry to count from", "give a time: 09:00");
    }

    static LogLevel Level(string? word)
    {
        if (word is null) return LogLevel.None;
        Span<byte> bytes = stackalloc byte[16];
        var level = System.Text.Encoding.UTF8.TryGetBytes(word, bytes, out var length)
            ? LogLevels.OfWord(length == 1 ? [(byte)char.ToUpperInvariant(word[0])] : bytes[..length]) : LogLevel.None;
        return level != LogLevel.None ? level
            : throw Wrong("--level", $"{word} is no level", "V D I W E F, or verbose debug info warn error fatal");
    }

    static TextPattern Pattern(string option, string pattern)
    {
        try
        {
            return new(pattern);
        }
        catch (FormatException e)
        {
            throw Wrong(option, $"{pattern}: {e.Message}", "put a backslash before what stands for itself");
        }
    }

    static TimeBound? Time(string option, string? words) => words is null ? null
        : TimeWords.Read(words) ?? throw Wrong(
            option, $"{words} is no time", "09:00, 2026-11-24, 2026-11-24T09:00:05+08:00 or 30m");

    static int? Number(ParseResult parsed, Option<string?> option, int least, int most)
    {
        if (parsed.GetValue(option) is not { } word) return null;
        if (int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number >= least && number <= most) return number;
        throw Wrong(option.Name, $"{word} is no number that it takes", $"{least} to {most}");
    }

    static UsageException Wrong(string option, string why, string hint) => new($"{option}: {why}", hint);
}

/// <summary>What is asked of the text.</summary>
sealed record ReadingRequest
{
    public EntryFilter Filter { get; init; } = new();

    public ReadingLimits Limits { get; init; }

    public bool Merge { get; init; }

    /// <summary>Whether to go on with what is written on in the files.</summary>
    public bool Follow { get; init; }

    public bool PartialOk { get; init; }

    public bool AsJson { get; init; }

    /// <summary>True when every byte is printed as it is, and nothing must be understood.</summary>
    public bool IsRaw => Filter.IsOpen && !Merge && !AsJson && Limits is { Head: null, Tail: null };

    /// <summary>True when nothing can be printed before all texts are there.</summary>
    public bool NeedsAll => Merge || Filter.Window.CountsBack;
}
