using System.Buffers;

namespace Decryptor.Supervisor.Cli.Reading;

/// <summary>
/// What stands between the date and the message of common loggers: a level among the first words, in brackets or not,
/// and then a name in brackets, before a colon or before a dash.
/// </summary>
static class PlainHead
{
    const int WordsMax = 4;
    const int NameBytesMax = 128;

    static readonly SearchValues<byte> _around = SearchValues.Create(" \t[]()|<>"u8);
    static readonly SearchValues<byte> _ends = SearchValues.Create(" \t[]()|<>\r\n"u8);

    /// <summary>Always true: the date is enough to begin an entry.</summary>
    public static bool Finish(ReadOnlySpan<byte> line, int at, ref EntryHead head)
    {
        var next = at;
        head.MessageAt = at + Skip(line[at..]);
        for (var word = 0; word < WordsMax; word++)
        {
            next += Skip(line[next..]);
            var length = line[next..].IndexOfAny(_ends);
            if (length < 0) length = line.Length - next;
            if (length == 0) return true;
            var level = LogLevels.OfWord(line.Slice(next, length).TrimEnd((byte)':'));
            next += length;
            if (level == LogLevel.None) continue;
            head.Level = level;
            Name(line, next, ref head);
            return true;
        }

        return true;
    }

    /// <summary><c>host program[77]: message</c>.</summary>
    public static bool OfProgram(ReadOnlySpan<byte> line, int at, ref EntryHead head)
    {
        var host = line[at..].IndexOf((byte)' ');
        if (host < 1) return false;
        at += host + 1;
        var length = line[at..].IndexOfAny(" [:"u8);
        if (length is < 1 or > NameBytesMax) return false;
        (head.TagAt, head.TagLength) = (at, length);
        var cursor = new ByteCursor(line) { At = at + length };
        if (cursor.Take('[') && (!cursor.Number(1, 9, out head.Pid) || !cursor.Take(']'))) return false;
        if (!cursor.Take(':')) return false;
        cursor.Take(' ');
        head.MessageAt = cursor.At;
        return true;
    }

    static int Skip(ReadOnlySpan<byte> rest)
    {
        var skipped = rest.IndexOfAnyExcept(_around);
        return skipped < 0 ? 0 : skipped;
    }

    static void Name(ReadOnlySpan<byte> line, int at, ref EntryHead head)
    {
        // A bracket that closes the level, then blanks.
        var cursor = new ByteCursor(line) { At = at };
        if (!cursor.Take(']')) cursor.Take(')');
        cursor.TakeAll(' ');
        head.MessageAt = cursor.At;
        var rest = cursor.Rest[..Math.Min(cursor.Rest.Length, NameBytesMax)];
        if (cursor.Here == '[')
        {
            var end = rest.IndexOf((byte)']');
            if (end > 1) Take(cursor.At + 1, end - 1, end + 1, ref head);
        }
        else if (rest.IndexOfAny(_ends) is > 0 and var length)
        {
            if (rest[length - 1] == ':') Take(cursor.At, length - 1, length, ref head);
            else if (rest[length..].StartsWith(" - "u8)) Take(cursor.At, length, length + 2, ref head);
        }

        if (head.MessageAt < line.Length && line[head.MessageAt] == ' ') head.MessageAt++;
    }

    static void Take(int at, int length, int used, ref EntryHead head)
    {
        (head.TagAt, head.TagLength) = (at, length);
        head.MessageAt += used;
    }
}
