using System.Globalization;

namespace Decryptor.Benchmarks.Decode;

/// <summary>Prints what was measured of a case: figure, ours, bound or rival, ratio. MB are millions of bytes.</summary>
sealed class DecodeTable
{
    readonly DecodeCase _case;
    readonly double _megabytes;

    public DecodeTable(DecodeCase one)
    {
        _case = one;
        _megabytes = one.TextBytes / 1e6;
        Console.WriteLine();
        Console.WriteLine($"{one.Name} ({Number(_megabytes)} MB of text)");
        Line("figure", "ours", "bound or rival", "ratio");
    }

    /// <param name="name">Which build of the worker.</param>
    /// <param name="runs">What it has spent.</param>
    /// <param name="bound">Seconds of processor time of the bare parts.</param>
    public void Worker(string name, IReadOnlyList<Spent> runs, double bound)
    {
        var (cpu, wall) = (runs.Select(run => run.Cpu).Median(), runs.Select(run => run.Wall).Median());
        Line($"{name}, CPU s", Number(cpu), bound > 0 ? $"{Number(bound)} bare parts" : "", Share(bound, cpu));
        Line($"{name}, MB a CPU second", Number(_megabytes / cpu), bound > 0 ? Number(_megabytes / bound) : "",
            Share(bound, cpu));
        Line($"{name}, wall s", Number(wall), "", "");
        Line($"{name}, peak memory MiB", Number(runs.Max(run => run.PeakBytes) / (1 << 20)), "", "");
        Line($"{name}, CPU s to start", Number(runs.Select(run => run.StartCpu).Median()), "", "");
    }

    /// <summary>The bare parts one by one, in seconds of processor time.</summary>
    public void Bound(IEnumerable<(string Name, double Cpu)> parts)
    {
        foreach (var (name, cpu) in parts)
            Line($"  bare {name}, CPU s", "", Number(cpu), $"{Number(_megabytes / cpu)} MB/s");
    }

    /// <param name="name">Which build of the worker.</param>
    /// <param name="runs">What it has spent.</param>
    /// <param name="plain">Seconds of processor time of the plain decoder; null for none.</param>
    public void Rivals(string name, IReadOnlyList<Spent> runs, double? plain)
    {
        var ours = _megabytes / runs.Select(run => run.Cpu).Median();
        if (plain is { } cpu) Rival("plain .NET, measured here", _megabytes / cpu);
        foreach (var rival in _case.Rivals) Rival(rival.Name, rival.MegabytesPerSecond);

        void Rival(string who, double theirs) =>
            Line($"{name} against {who}", Number(ours), Number(theirs), $"{Number(ours / theirs)} x");
    }

    static void Line(string figure, string ours, string other, string ratio) =>
        Console.WriteLine($"  {figure,-62} {ours,10} {other,18} {ratio,14}");

    static string Share(double bound, double cpu) =>
        bound > 0 ? string.Create(CultureInfo.InvariantCulture, $"{100 * bound / cpu:0} %") : "";

    static string Number(double value) => value.ToString(value switch
    {
        < 1 => "0.0000",
        < 10 => "0.00",
        _ => "0.0",
    }, CultureInfo.InvariantCulture);
}
