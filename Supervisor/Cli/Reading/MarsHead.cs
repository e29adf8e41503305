namespace Decryptor.Supervisor.Cli.Reading;

/// <summary>
/// What Mars xlog writes by default: <c>[I][2026-07-31 +8.0 16:23:11.123][pid, tid*][tag][file, function][message</c>,
/// and at the beginning of a session a banner with its date.
/// </summary>
static class MarsHead
{
    public static bool Line(ReadOnlySpan<byte> line, ref EntryHead head)
    {
        if (line.Length < 30 || line[2] != ']' || line[3] != '[') return false;
        head.Level = LogLevels.OfLetter(line[1]);
        if (head.Level == LogLevel.None && line[1] != 'N') return false;
        var cursor = new ByteCursor(line) { At = 4 };
        if (!Moment(ref cursor, ref head) || !cursor.Take(']') || !cursor.Take('[')) return false;
        if (!Process(ref cursor, ref head)) return false;
        head.MessageAt = cursor.At;
        if (!cursor.Take('[')) return true;
        head.TagAt = cursor.At;
        var tag = cursor.Rest.IndexOf("]["u8);
        if (tag < 0) return true;
        head.TagLength = tag;
        cursor.At += tag + 2;
        var place = cursor.Rest.IndexOf("]["u8);
        head.MessageAt = place < 0 ? cursor.At - 1 : cursor.At + place + 2;
        return true;
    }

    // ^^^^^^^^^^Nov 23 2026^^^06:18:34^^^^^^^^^^[12623,12623][2026-11-20 +0800 09:59:00]
    public static bool Banner(ReadOnlySpan<byte> line, ref EntryHead head)
    {
        if (!line.StartsWith("^^^^^^^^^^"u8)) return false;
        var cursor = new ByteCursor(line) { At = Math.Max(line.IndexOf((byte)'['), 0) };
        return cursor.Take('[') && Process(ref cursor, ref head) && cursor.Take('[') && Moment(ref cursor, ref head);
    }

    static bool Process(ref ByteCursor cursor, ref EntryHead head)
    {
        if (!cursor.Number(1, 9, out head.Pid) || !cursor.Take(',')) return false;
        cursor.TakeAll(' ');
        // A thread may have a longer number, as on Apple's systems.
        if (!cursor.Number(1, 9, out head.Tid))
        {
            var digits = cursor.Rest.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
            if (digits is < 1 or > 20) return false;
            (head.Tid, cursor.At) = (-1, cursor.At + digits);
        }

        cursor.Take('*');
        return cursor.Take(']');
    }

    // The zone stands before the time: hours with a fraction, in older builds tenths of hours, or hours and minutes.
    static bool Moment(ref ByteCursor cursor, ref EntryHead head)
    {
        if (!cursor.Date(out var date) || !cursor.Take(' ')) return false;
        var isWest = cursor.Here == '-';
        if (!(isWest ? cursor.Take('-') : cursor.Take('+')) || !Zone(ref cursor, out var minutes)) return false;
        if (!cursor.Take(' ') || !cursor.TimeOfDay(out var time)) return false;
        head.Time = new(date + time, (short)(isWest ? -minutes : minutes), TimeZoneWord.Offset);
        return true;
    }

    static bool Zone(ref ByteCursor cursor, out int minutes)
    {
        var from = cursor.At;
        minutes = 0;
        if (!cursor.Number(1, 4, out var number)) return false;
        var digits = cursor.At - from;
        if (cursor.Take('.'))
            minutes = number * 60 + (int)(cursor.Fraction() * 60 / TimeSpan.TicksPerSecond);
        else
            minutes = digits switch { 4 => number / 100 * 60 + number % 100, 1 => number * 60, _ => number * 6 };
        return minutes <= 18 * 60;
    }
}
