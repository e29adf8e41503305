using System.Globalization;

namespace Decryptor.Benchmarks.Decode;

/// <summary>Prints what was measured of a case: figure, ours, bound or rival, ratio. MB are 10⁶ bytes.</summary>
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

    /// <summary>Seconds that pass with several threads, against one.</summary>
    public static void Abreast(string name, double alone, double abreast) =>
        Line($"{name}, wall s against one thread", Number(abreast), Number(alone), $"{Number(alone / abreast)} x");

    /// <summary>The bare parts one by one, in seconds of processor time.</summary>
    public void Bound(IEnumerable<(string Name, double Cpu, bool Counts)> parts)
    {
        foreach (var (name, cpu, counts) in parts)
            Line($"  bare {name}{(counts ? "" : " (not in the sum)")}, CPU s", "", Number(cpu),
                $"{Number(_megabytes / cpu)} MB/s");
    }

    /// <param name="name">Which build of the worker.</param>
    /// <param name="runs">What it has spent.</param>
    /// <param name="measured">Rivals of this run: seconds of processor time, and seconds.</param>
    public void Rivals(
        string name, IReadOnlyList<Spent> runs, IEnumerable<(string Name, double Cpu, double Wall)> measured)
    {
        var (cpu, wall) = (runs.Select(run => run.Cpu).Median(), runs.Select(run => run.Wall).Median());
        foreach (var rival in measured)
        {
            Rival($"{rival.Name}, measured here", _megabytes / rival.Cpu);
            Line($"{name} against {rival.Name}, wall s", Number(wall), Number(rival.Wall),
                $"{Number(rival.Wall / wall)} x");
        }

        foreach (var rival in _case.Rivals) Rival(rival.Name, rival.MegabytesPerSecond);

        void Rival(string who, double theirs) => Line($"{name} against {who}", Number(_megabytes / cpu),
            Number(theirs), $"{Number(_megabytes / cpu / theirs)} x");
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
