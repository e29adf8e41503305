namespace Decryptor.Worker.Formats.Age;

/// <summary>
/// Takes an age file out of its armor: PEM as strictly as RFC 7468 has it (64 columns, padding, canonical), lines ended
/// by LF or CRLF, and white space before and behind. Reads one line at a time, so no line can be too long.
/// </summary>
sealed class AgeArmor : ForwardStream
{
    /// <summary>The most white space that is looked through for the first line.</summary>
    internal const int BlankMax = 1024;

    const int Columns = 64;

    readonly Lookahead _outer;
    readonly byte[] _bytes = new byte[Columns];
    int _start;
    int _end;
    long _line = 1;
    bool _last;
    bool _done;
    Refusal? _trouble;

    /// <summary>Opens armor that <see cref="Begins"/> has seen.</summary>
    internal AgeArmor(Lookahead outer)
    {
        _outer = outer;
        var first = outer.Peek(BlankMax + First.Length);
        var blank = Blank(first);
        _line += first[..blank].Count((byte)'\n');
        outer.Skip(blank);
        if (blank > BlankMax || !Take(out var line) || !line.SequenceEqual(First))
            throw Wrong("the first line is not that of an age file");
        Consume(line.Length);
    }

    /// <summary>Whether it is the first line of armor, perhaps behind white space.</summary>
    internal static bool Begins(ReadOnlySpan<byte> first)
    {
        first = first[..Math.Min(first.Length, BlankMax + First.Length)];
        return first[Blank(first)..].StartsWith(First);
    }

    static ReadOnlySpan<byte> First => "-----BEGIN AGE ENCRYPTED FILE-----"u8;

    static ReadOnlySpan<byte> Last => "-----END AGE ENCRYPTED FILE-----"u8;

    static ReadOnlySpan<byte> White => " \t\r\n"u8;

    public override int Read(Span<byte> buffer)
    {
        var given = 0;
        while (given < buffer.Length && !_done)
        {
            if (_start == _end && !Fill(mayThrow: given == 0)) break;
            var count = Math.Min(_end - _start, buffer.Length - given);
            _bytes.AsSpan(_start, count).CopyTo(buffer[given..]);
            _start += count;
            given += count;
        }

        return given;
    }

    static int Blank(ReadOnlySpan<byte> first) =>
        first.IndexOfAnyExcept(White) is >= 0 and var found ? found : first.Length;

    // The next line's bytes. What is wrong is said only when nothing is left to give.
    bool Fill(bool mayThrow)
    {
        _trouble ??= Decode();
        if (_trouble is null) return !_done;
        return mayThrow ? throw _trouble : false;
    }

    Refusal? Decode()
    {
        if (!Take(out var line)) return NoLine();
        if (line.StartsWith("-----"u8)) return IsLast(line);
        if (_last) return Wrong("a line follows one that is the last by its length");
        if (line.IsEmpty) return Wrong("the line is empty");
        if (line.Length > Columns) return Wrong($"the line has more than {Columns} columns");
        if (!RawBase64.TryDecodeLine(line, _bytes, out var count)) return Wrong("the line is not canonical base64");
        _last = count < Columns / 4 * 3;
        (_start, _end) = (0, count);
        Consume(line.Length);
        return null;
    }

    Refusal? IsLast(ReadOnlySpan<byte> line) =>
        line.SequenceEqual(Last) ? End(line.Length) : Wrong("a line of dashes is not the one that ends the armor");

    Refusal? End(int length)
    {
        Consume(length);
        while (_outer.Peek(BlankMax) is { IsEmpty: false } some)
        {
            var blank = Blank(some);
            _outer.Skip(blank);
            if (blank == some.Length) continue;
            return some[blank..].StartsWith("-----BEGIN"u8)
                ? Wrong("another armored file follows; they have to be sent one by one")
                : Wrong("something follows the end of the armor");
        }

        _done = true;
        return _outer.Trouble;
    }

    // A line without its end, as far as it can be one; the last line of a file needs none.
    bool Take(out ReadOnlySpan<byte> line)
    {
        const int longest = Columns + 2;
        var some = _outer.Peek(longest);
        var length = some.IndexOf((byte)'\n');
        line = length >= 0 ? some[..length] : some;
        if (length > 0 && line[^1] == '\r') line = line[..^1];
        return length >= 0 || some.Length < longest && some.SequenceEqual(Last);
    }

    Refusal NoLine() => _outer.Peek(Columns + 2).Length > Columns + 1
        ? Wrong($"the line has more than {Columns} columns")
        : _outer.BrokenOff("armor");

    void Consume(int length)
    {
        var rest = _outer.Peek(length + 2)[length..];
        _outer.Skip(length + (rest is [(byte)'\r', (byte)'\n', ..] ? 2 : rest.IsEmpty ? 0 : 1));
        _line++;
    }

    Refusal Wrong(string what) => AgeFaults.Armor(what, _line, _outer.Position);
}
