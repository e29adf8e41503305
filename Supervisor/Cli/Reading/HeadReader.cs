namespace Decryptor.Supervisor.Cli.Reading;

/// <summary>
/// Tells the first line of an entry from the lines that belong to the one before: Mars xlog's line and the banner of
/// its sessions, Logan's JSON, Android's logcat (threadtime, year, time, brief, long), syslog, and lines that begin
/// with a date of ISO 8601.
/// </summary>
/// <param name="now">Gives the year to lines without one: the last in which they do not lie ahead.</param>
sealed class HeadReader(DateTime now)
{
    static readonly string[] _months =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

    /// <summary>Whether an entry begins with <paramref name="line"/>.</summary>
    public bool Read(ReadOnlySpan<byte> line, out EntryHead head)
    {
        head = new();
        if (line.Length < 8) return false;
        return line[0] switch
        {
            (byte)'[' => MarsHead.Line(line, ref head) || Long(line, ref head) || Dated(line, 1, ref head),
            (byte)'{' => LoganHead.Line(line, ref head),
            (byte)'^' => MarsHead.Banner(line, ref head),
            >= (byte)'0' and <= (byte)'9' => Dated(line, 0, ref head) || MonthDay(line, ref head),
            >= (byte)'A' and <= (byte)'Z' => LogcatHead.Brief(line, 0, ref head) || Syslog(line, ref head),
            _ => false,
        };
    }

    static bool Dated(ReadOnlySpan<byte> line, int at, ref EntryHead head)
    {
        var cursor = new ByteCursor(line) { At = at };
        if (!cursor.Date(out var date) || !(cursor.Take('T') || cursor.Take(' '))) return false;
        if (!cursor.TimeOfDay(out var time)) return false;
        head.Time = Zoned(date + time, ref cursor);
        return LogcatHead.Threadtime(line, cursor.At, ref head) || PlainHead.Finish(line, cursor.At, ref head);
    }

    static EntryTime Zoned(long ticks, ref ByteCursor cursor)
    {
        if (cursor.Take('Z')) return new(ticks, 0, TimeZoneWord.Instant);
        var from = cursor.At;
        cursor.TakeAll(' ');
        var sign = cursor.Here;
        cursor.At++;
        if (sign is (byte)'+' or (byte)'-' && ZoneDigits(ref cursor, out var minutes))
            return new(ticks, (short)(sign == '-' ? -minutes : minutes), TimeZoneWord.Offset);
        cursor.At = from;
        return new(ticks, 0, TimeZoneWord.None);
    }

    static bool ZoneDigits(ref ByteCursor cursor, out int minutes)
    {
        minutes = 0;
        if (cursor.Number(4, 4, out var both)) minutes = both / 100 * 60 + both % 100;
        else if (cursor.Number(2, 2, out var hours) && cursor.Take(':') && cursor.Number(2, 2, out var rest))
            minutes = hours * 60 + rest;
        else return false;
        return minutes <= 18 * 60;
    }

    bool MonthDay(ReadOnlySpan<byte> line, ref EntryHead head)
    {
        var cursor = new ByteCursor(line);
        if (!ShortDate(ref cursor, ref head)) return false;
        if (LogcatHead.Threadtime(line, cursor.At, ref head)) return true;
        cursor.TakeAll(' ');
        return LogcatHead.Brief(line, cursor.At, ref head);
    }

    // [ 11-24 09:00:00.123  1234: 5678 I/Tag ], and the message in the lines below.
    bool Long(ReadOnlySpan<byte> line, ref EntryHead head)
    {
        var cursor = new ByteCursor(line) { At = 1 };
        return cursor.TakeAll(' ') > 0 && ShortDate(ref cursor, ref head)
            && LogcatHead.Long(line, cursor.At, ref head);
    }

    bool ShortDate(ref ByteCursor cursor, ref EntryHead head)
    {
        if (!(cursor.Number(2, 2, out var month) && cursor.Take('-') && cursor.Number(2, 2, out var day)
            && cursor.Take(' ') && cursor.TimeOfDay(out var time))) return false;
        return InItsYear(month, day, time, ref head);
    }

    // Nov  4 09:00:00 host program[77]: message
    bool Syslog(ReadOnlySpan<byte> line, ref EntryHead head)
    {
        var month = MonthOf(line);
        if (month == 0) return false;
        var cursor = new ByteCursor(line) { At = 3 };
        if (cursor.TakeAll(' ') is 0 or > 2 || !cursor.Number(1, 2, out var day) || !cursor.Take(' ')) return false;
        if (!cursor.TimeOfDay(out var time) || !cursor.Take(' ')) return false;
        return InItsYear(month, day, time, ref head) && PlainHead.OfProgram(line, cursor.At, ref head);
    }

    static int MonthOf(ReadOnlySpan<byte> line)
    {
        if (line[3] != ' ') return 0;
        for (var i = 0; i < _months.Length; i++)
        {
            var name = _months[i];
            if (line[0] == name[0] && line[1] == name[1] && line[2] == name[2]) return i + 1;
        }

        return 0;
    }

    bool InItsYear(int month, int day, long time, ref EntryHead head)
    {
        for (var year = now.Year; year > now.Year - 5; year--)
        {
            // The 29th of February waits for its leap year; a clock may be a day ahead of ours.
            if (!ByteCursor.TryDate(year, month, day, out var date) || date + time > now.AddDays(1).Ticks) continue;
            head.Time = new(date + time, 0, TimeZoneWord.None);
            return true;
        }

        return false;
    }
}
