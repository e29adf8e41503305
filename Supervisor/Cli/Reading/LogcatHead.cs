namespace Decryptor.Supervisor.Cli.Reading;

/// <summary>The lines of Android's logcat, what comes after their date.</summary>
static class LogcatHead
{
    const int TagBytesMax = 128;

    /// <summary><c>  1234  5678 I Tag     : message</c>.</summary>
    public static bool Threadtime(ReadOnlySpan<byte> line, int at, ref EntryHead head)
    {
        var cursor = new ByteCursor(line) { At = at };
        if (cursor.TakeAll(' ') == 0 || !cursor.Number(1, 9, out var pid)) return false;
        if (cursor.TakeAll(' ') == 0 || !cursor.Number(1, 9, out var tid) || cursor.TakeAll(' ') == 0) return false;
        var level = LogLevels.OfLetter(cursor.Here);
        cursor.At++;
        if (level == LogLevel.None || !cursor.Take(' ')) return false;
        var tag = cursor.Rest[..Math.Min(cursor.Rest.Length, TagBytesMax)].IndexOf(": "u8);
        if (tag < 0) tag = cursor.Rest.TrimEnd("\r\n"u8) is [.. var before, (byte)':'] ? before.Length : -1;
        if (tag < 0) return false;
        (head.Pid, head.Tid, head.Level, head.TagAt) = (pid, tid, level, cursor.At);
        head.TagLength = cursor.Rest[..tag].TrimEnd((byte)' ').Length;
        head.MessageAt = Math.Min(cursor.At + tag + 2, line.Length);
        return true;
    }

    /// <summary><c>I/Tag( 1234): message</c>.</summary>
    public static bool Brief(ReadOnlySpan<byte> line, int at, ref EntryHead head)
    {
        var cursor = new ByteCursor(line) { At = at };
        var level = LogLevels.OfLetter(cursor.Here);
        cursor.At++;
        if (level == LogLevel.None || !cursor.Take('/')) return false;
        var tag = cursor.Rest[..Math.Min(cursor.Rest.Length, TagBytesMax)].IndexOf((byte)'(');
        if (tag < 0) return false;
        var (tagAt, tagLength) = (cursor.At, cursor.Rest[..tag].TrimEnd((byte)' ').Length);
        cursor.At += tag + 1;
        cursor.TakeAll(' ');
        if (!cursor.Number(1, 9, out var pid) || !cursor.Take(')') || !cursor.Take(':')) return false;
        cursor.Take(' ');
        (head.Pid, head.Level, head.TagAt, head.TagLength) = (pid, level, tagAt, tagLength);
        head.MessageAt = cursor.At;
        return true;
    }

    /// <summary><c>  1234: 5678 I/Tag ]</c>.</summary>
    public static bool Long(ReadOnlySpan<byte> line, int at, ref EntryHead head)
    {
        var cursor = new ByteCursor(line) { At = at };
        cursor.TakeAll(' ');
        if (!cursor.Number(1, 9, out head.Pid) || !cursor.Take(':')) return false;
        cursor.TakeAll(' ');
        if (!cursor.Number(1, 9, out head.Tid) || cursor.TakeAll(' ') == 0) return false;
        head.Level = LogLevels.OfLetter(cursor.Here);
        cursor.At++;
        if (head.Level == LogLevel.None || !cursor.Take('/')) return false;
        var tag = cursor.Rest.IndexOf(" ]"u8);
        if (tag is < 0 or > TagBytesMax) return false;
        (head.TagAt, head.TagLength) = (cursor.At, cursor.Rest[..tag].TrimEnd((byte)' ').Length);
        cursor.At += tag + 2;
        cursor.Take('\r');
        cursor.Take('\n');
        head.MessageAt = cursor.At;
        return true;
    }
}
