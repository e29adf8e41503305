using System.Globalization;

namespace Decryptor.Benchmarks;

/// <summary>A line of the damage table: one file's, or several files' added up.</summary>
/// <param name="Intact">Bytes of the intact text.</param>
/// <param name="Foreign">Lines that came back and do not stand in it.</param>
readonly record struct DamageSum(long Intact, long Ours, Beside Floor, Beside Best, long Foreign)
{
    /// <summary>Less came back than others had.</summary>
    public bool IsLess => Ours < Math.Max(Floor.Bytes, Best.Bytes);

    public static DamageSum Of(DamageCase one, LineMatch match) => new(one.IntactBytes, match.IntactBytes,
        Beside.Of(one.Floor, match.IntactBytes), Beside.Of(one.BestEffort, match.IntactBytes), match.Foreign);

    public static DamageSum operator +(DamageSum a, DamageSum b) =>
        new(a.Intact + b.Intact, a.Ours + b.Ours, a.Floor + b.Floor, a.Best + b.Best, a.Foreign + b.Foreign);

    public string[] Cells() => [Number(Intact), Floor.Cell, Best.Cell, Number(Ours), Number(Foreign)];

    public string Words() => "ours is " + string.Join(", ", new[]
    {
        string.Create(CultureInfo.InvariantCulture, $"{100.0 * Ours / Intact:0.0} % of the intact text"),
        Floor.Files > 0 ? $"{Floor.Over} against the reference" : null,
        Best.Files > 0 ? $"{Best.Over} against the prototype" : null,
    }.OfType<string>());

    internal static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}

/// <summary>What another had of some files, and what we had of the same ones.</summary>
readonly record struct Beside(int Files, long Bytes, long Ours)
{
    internal string Cell => Files == 0 ? "-" : DamageSum.Number(Bytes);

    internal string Over => string.Create(CultureInfo.InvariantCulture, $"{100.0 * Ours / Bytes - 100:+0.0;-0.0} %");

    internal static Beside Of(long? bytes, long ours) => bytes is { } known ? new(1, known, ours) : default;

    public static Beside operator +(Beside a, Beside b) =>
        new(a.Files + b.Files, a.Bytes + b.Bytes, a.Ours + b.Ours);
}
