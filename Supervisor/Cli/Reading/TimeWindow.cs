namespace Decryptor.Supervisor.Cli.Reading;

/// <summary>The part of time that is asked for; either end may be open.</summary>
readonly record struct TimeWindow(TimeBound? Since, TimeBound? Until)
{
    public bool IsOpen => Since is null && Until is null;

    /// <summary>Whether an end counts back from the newest entry, which must be found first.</summary>
    public bool CountsBack => Since?.Kind == TimeBoundKind.Back || Until?.Kind == TimeBoundKind.Back;

    /// <summary>Whether it ends before it begins. Ends of different kinds cannot be compared.</summary>
    public bool IsEmpty => Since is { } since && Until is { } until
        && since.Kind == until.Kind
        && (since.Kind == TimeBoundKind.Back ? since.Ticks < until.Ticks : since.Ticks >= until.End);

    /// <summary>The window as instants; it counted back from <paramref name="newest"/>, ticks of UTC.</summary>
    public TimeWindow From(long newest) => new(Since?.From(newest), Until?.From(newest));

    public bool Holds(EntryTime time, LocalZone zone)
    {
        if (IsOpen) return true;
        if (!time.IsKnown) return false;
        return (Since is not { } since || since.Of(time, zone) >= since.Ticks)
            && (Until is not { } until || until.Of(time, zone) < until.End);
    }
}

/// <summary>What an end of a window is compared with.</summary>
enum TimeBoundKind
{
    /// <summary>What the clock showed where the entry was written, on any day.</summary>
    TimeOfDay,

    /// <summary>What the clock and the calendar showed there.</summary>
    Wall,

    /// <summary>A time of day in a zone that was named.</summary>
    TimeOfDayInZone,

    /// <summary>The instant.</summary>
    Instant,

    /// <summary>The time before the newest entry.</summary>
    Back,
}

/// <summary>One end. It stands for all that its words cover: a day, a minute, a second.</summary>
/// <param name="Kind">What it is compared with.</param>
/// <param name="Ticks">Where it begins.</param>
/// <param name="Length">How much its words cover, in ticks.</param>
/// <param name="Offset">The zone that was named, in ticks east of UTC.</param>
readonly record struct TimeBound(TimeBoundKind Kind, long Ticks, long Length, long Offset = 0)
{
    /// <summary>The first tick after it.</summary>
    public long End => Ticks + Length;

    public long Of(EntryTime time, LocalZone zone) => Kind switch
    {
        TimeBoundKind.TimeOfDay => zone.Wall(time) % TimeSpan.TicksPerDay,
        TimeBoundKind.TimeOfDayInZone => (zone.Instant(time) + Offset) % TimeSpan.TicksPerDay,
        TimeBoundKind.Wall => zone.Wall(time),
        _ => zone.Instant(time),
    };

    public TimeBound From(long newest) =>
        Kind == TimeBoundKind.Back ? new(TimeBoundKind.Instant, newest - Ticks, 1) : this;
}
