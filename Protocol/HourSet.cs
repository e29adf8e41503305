namespace Decryptor.Protocol;

/// <summary>
/// Hours of day, 0 to 23, by the clock of whoever wrote the log: which parts of a text are wanted where its format
/// says, outside what is encrypted, when a part was written.
/// </summary>
/// <param name="Bits">A bit for each hour, that of hour 0 the lowest; 24 bits.</param>
public readonly record struct HourSet(int Bits)
{
    /// <summary>Hours in a day.</summary>
    public const int Day = 24;

    /// <summary>All hours: everything is wanted.</summary>
    public static HourSet All => new((1 << Day) - 1);

    /// <summary>
    /// From <paramref name="first"/> to <paramref name="last"/>, both in it, over midnight if need be.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">One of them is no hour of day.</exception>
    public static HourSet Between(int first, int last)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfNegative(last);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(first, Day);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(last, Day);
        var bits = 1 << last;
        for (var hour = first; hour != last; hour = (hour + 1) % Day) bits |= 1 << hour;
        return new(bits);
    }

    /// <summary>With the hour before and the hour after each.</summary>
    public HourSet Widened() => new((Bits | Bits << 1 | Bits >> 1 | Bits >> (Day - 1) | Bits << (Day - 1)) & All.Bits);

    /// <summary>The hours that are in both.</summary>
    public HourSet And(HourSet other) => new(Bits & other.Bits);

    /// <summary>Whether any hour is in both.</summary>
    public bool Meets(HourSet other) => (Bits & other.Bits) != 0;
}
