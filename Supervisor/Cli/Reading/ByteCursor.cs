namespace Decryptor.Supervisor.Cli.Reading;

/// <summary>Walks along a line of bytes; what does not fit is not taken.</summary>
ref struct ByteCursor(ReadOnlySpan<byte> line)
{
    readonly ReadOnlySpan<byte> _line = line;

    /// <summary>Where it stands, in bytes.</summary>
    public int At { get; set; }

    public readonly ReadOnlySpan<byte> Rest => _line[At..];

    /// <summary>The byte here; 0 at the end.</summary>
    public readonly byte Here => At < _line.Length ? _line[At] : (byte)0;

    public bool Take(char wanted)
    {
        if (Here != wanted) return false;
        At++;
        return true;
    }

    public int TakeAll(char wanted)
    {
        var from = At;
        while (Here == wanted) At++;
        return At - from;
    }

    /// <summary>A number of <paramref name="least"/> to <paramref name="most"/> digits, 9 at the most.</summary>
    public bool Number(int least, int most, out int value)
    {
        value = 0;
        var from = At;
        while (At - from < most && Here is >= (byte)'0' and <= (byte)'9') value = value * 10 + (_line[At++] - '0');
        if (At - from >= least && Here is not (>= (byte)'0' and <= (byte)'9')) return true;
        At = from;
        return false;
    }

    /// <summary>A fraction's digits after its point, in ticks; further ones than seven are left out.</summary>
    public long Fraction()
    {
        var (ticks, unit) = (0L, TimeSpan.TicksPerSecond / 10);
        for (; Here is >= (byte)'0' and <= (byte)'9'; At++, unit /= 10) ticks += (_line[At] - '0') * unit;
        return ticks;
    }

    /// <summary><c>2026-11-24</c>, in ticks.</summary>
    public bool Date(out long ticks)
    {
        ticks = 0;
        return Number(4, 4, out var year) && Take('-') && Number(2, 2, out var month) && Take('-')
            && Number(2, 2, out var day) && TryDate(year, month, day, out ticks);
    }

    /// <summary><c>09:00:00</c> with a fraction or without, in ticks.</summary>
    public bool TimeOfDay(out long ticks)
    {
        ticks = 0;
        if (!(Number(2, 2, out var hour) && Take(':') && Number(2, 2, out var minute) && Take(':')
            && Number(2, 2, out var second)) || hour > 23 || minute > 59 || second > 60) return false;
        ticks = ((hour * 60L + minute) * 60 + second) * TimeSpan.TicksPerSecond;
        if (Here is not ((byte)'.' or (byte)',')) return true;
        At++;
        ticks += Fraction();
        return true;
    }

    public static bool TryDate(int year, int month, int day, out long ticks)
    {
        ticks = 0;
        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)) return false;
        ticks = new DateTime(year, month, day).Ticks;
        return true;
    }
}
