using System.Globalization;

namespace Decryptor.Supervisor.Cli.Reading;

/// <summary>
/// When an entry was written, as it says itself: what a clock on the wall showed, with its zone or without one, or an
/// instant. In ticks of 100 ns since the year 1.
/// </summary>
/// <param name="Ticks">What the clock showed; for an instant, UTC. 0 is unknown.</param>
/// <param name="OffsetMinutes">East of UTC, where <paramref name="Zone"/> says that it is known.</param>
/// <param name="Zone">What is known of the zone.</param>
readonly record struct EntryTime(long Ticks, short OffsetMinutes, TimeZoneWord Zone)
{
    public bool IsKnown => Ticks > 0;

    /// <summary>ISO 8601, with a zone only where the entry has one; to the millisecond.</summary>
    public override string ToString()
    {
        var shown = new DateTime(Ticks).ToString("yyyy-MM-dd'T'HH:mm:ss.fff", CultureInfo.InvariantCulture);
        if (Zone == TimeZoneWord.Instant) return $"{shown}Z";
        if (Zone == TimeZoneWord.None) return shown;
        var (sign, minutes) = (OffsetMinutes < 0 ? '-' : '+', Math.Abs(OffsetMinutes));
        return string.Create(CultureInfo.InvariantCulture, $"{shown}{sign}{minutes / 60:00}:{minutes % 60:00}");
    }
}

/// <summary>What an entry says of its zone.</summary>
enum TimeZoneWord : byte
{
    None,
    Offset,
    Instant,
}

/// <summary>
/// Compares times of different kinds. Where one has no zone, this machine's stands in for it. Remembers the offset of
/// the last hour that it was asked for, since entries come in order.
/// </summary>
sealed class LocalZone(TimeZoneInfo zone)
{
    long _hour = -1;
    long _offset;
    bool _wasUtc;

    /// <summary>The instant in ticks of UTC; 0 for an unknown time.</summary>
    public long Instant(EntryTime time) => time switch
    {
        { IsKnown: false } => 0,
        { Zone: TimeZoneWord.Instant } => time.Ticks,
        { Zone: TimeZoneWord.Offset } => time.Ticks - time.OffsetMinutes * TimeSpan.TicksPerMinute,
        _ => time.Ticks - OffsetAt(time.Ticks, isUtc: false),
    };

    /// <summary>What the clock on the wall showed where the entry was written.</summary>
    public long Wall(EntryTime time) =>
        time.Zone == TimeZoneWord.Instant ? time.Ticks + OffsetAt(time.Ticks, isUtc: true) : time.Ticks;

    long OffsetAt(long ticks, bool isUtc)
    {
        var hour = ticks / TimeSpan.TicksPerHour;
        if (hour == _hour && isUtc == _wasUtc) return _offset;
        (_hour, _wasUtc) = (hour, isUtc);
        var kind = isUtc ? DateTimeKind.Utc : DateTimeKind.Unspecified;
        return _offset = zone.GetUtcOffset(new DateTime(ticks, kind)).Ticks;
    }
}
