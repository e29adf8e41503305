namespace Decryptor.Supervisor.Cli.Reading;

/// <summary>Which entries are asked for. All that is set must hold.</summary>
sealed record EntryFilter
{
    /// <summary>This level and graver ones; an entry without a level is not among them.</summary>
    public LogLevel Level { get; init; }

    public TextPattern? Tag { get; init; }

    /// <summary>All of them must be found in the entry; with <see cref="Inverted"/> none.</summary>
    public IReadOnlyList<TextPattern> Grep { get; init; } = [];

    public bool Inverted { get; init; }

    public int? Pid { get; init; }

    public TimeWindow Window { get; init; }

    public LocalZone Zone { get; init; } = new(TimeZoneInfo.Local);

    /// <summary>True when everything passes.</summary>
    public bool IsOpen => Level == LogLevel.None && Tag is null && Grep.Count == 0 && Pid is null && Window.IsOpen;

    public bool Passes(in Entry entry)
    {
        if (entry.Head.Level < Level) return false;
        if (Pid is { } pid && entry.Head.Pid != pid) return false;
        if (!Window.Holds(entry.When, Zone)) return false;
        var bytes = entry.Bytes.Span;
        if (Tag is not null && !Tag.IsIn(bytes.Slice(entry.Head.TagAt, entry.Head.TagLength))) return false;
        foreach (var pattern in Grep)
            if (pattern.IsIn(bytes) == Inverted) return false;
        return true;
    }
}
