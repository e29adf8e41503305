using System.Text;

namespace Decryptor.Supervisor.Cli.Reading;

/// <summary>
/// Reads times as people write them: <c>09:00</c>, <c>2026-11-24</c>, <c>2026-11-24T09:00:05.250</c>, each with a zone
/// (<c>Z</c>, <c>+08:00</c>) or without, and <c>30m</c>, <c>1h30m</c>, <c>2d</c> for a time before the newest entry.
/// </summary>
static class TimeWords
{
    const int WordsMax = 64;

    /// <summary>Null where they are no time.</summary>
    public static TimeBound? Read(string words)
    {
        if (words.Length is 0 or > WordsMax) return null;
        var cursor = new ByteCursor(Encoding.UTF8.GetBytes(words));
        return Back(cursor) ?? Moment(cursor);
    }

    static TimeBound? Back(ByteCursor cursor)
    {
        var ticks = 0L;
        do
        {
            if (!cursor.Number(1, 6, out var number)) return null;
            var unit = cursor.Here switch
            {
                (byte)'s' => TimeSpan.TicksPerSecond,
                (byte)'m' => TimeSpan.TicksPerMinute,
                (byte)'h' => TimeSpan.TicksPerHour,
                (byte)'d' => TimeSpan.TicksPerDay,
                _ => 0,
            };
            if (unit == 0) return null;
            ticks += number * unit;
            cursor.At++;
        }
        while (!cursor.Rest.IsEmpty);

        return new(TimeBoundKind.Back, ticks, 1);
    }

    static TimeBound? Moment(ByteCursor cursor)
    {
        var start = cursor;
        var hasDate = cursor.Date(out var date);
        if (!hasDate) cursor = start;
        if (!hasDate) date = 0;
        var length = TimeSpan.TicksPerDay;
        var time = 0L;
        var wantsTime = !hasDate || cursor.Take('T') || cursor.Take(' ');
        if (wantsTime && !Clock(ref cursor, out time, out length)) return null;
        if (!Zone(ref cursor, out var offset)) return null;
        return (hasDate, offset) switch
        {
            (true, null) => new(TimeBoundKind.Wall, date + time, length),
            (true, { } east) => new(TimeBoundKind.Instant, date + time - east, length),
            (false, null) => new(TimeBoundKind.TimeOfDay, time, length),
            (false, { } east) => new(TimeBoundKind.TimeOfDayInZone, time, length, east),
        };
    }

    static bool Clock(ref ByteCursor cursor, out long time, out long length)
    {
        (time, length) = (0, TimeSpan.TicksPerMinute);
        if (!cursor.Number(1, 2, out var hour) || !cursor.Take(':') || !cursor.Number(2, 2, out var minute))
            return false;
        time = (hour * 60L + minute) * TimeSpan.TicksPerMinute;
        if (hour > 23 || minute > 59) return false;
        if (!cursor.Take(':')) return true;
        if (!cursor.Number(2, 2, out var second) || second > 59) return false;
        (time, length) = (time + second * TimeSpan.TicksPerSecond, TimeSpan.TicksPerSecond);
        if (!cursor.Take('.') && !cursor.Take(',')) return true;
        var from = cursor.At;
        time += cursor.Fraction();
        var digits = cursor.At - from;
        for (var i = 0; i < digits && length > 1; i++) length /= 10;
        return digits > 0;
    }

    // Nothing, Z, +8, +08, +0800 or +08:00; and nothing after it.
    static bool Zone(ref ByteCursor cursor, out long? offset)
    {
        offset = null;
        if (cursor.Rest.IsEmpty) return true;
        offset = 0;
        if (cursor.Take('Z')) return cursor.Rest.IsEmpty;
        var isWest = cursor.Here == '-';
        if (!cursor.Take('+') && !cursor.Take('-')) return false;
        int minutes;
        if (cursor.Number(4, 4, out var both)) minutes = both / 100 * 60 + both % 100;
        else if (cursor.Number(1, 2, out var hours))
        {
            var rest = 0;
            if (cursor.Take(':') && !cursor.Number(2, 2, out rest)) return false;
            minutes = hours * 60 + rest;
        }
        else return false;
        offset = (isWest ? -minutes : minutes) * TimeSpan.TicksPerMinute;
        return cursor.Rest.IsEmpty && minutes <= 18 * 60;
    }
}
