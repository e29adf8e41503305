using System.Globalization;

namespace Decryptor.Benchmarks;

/// <summary>
/// Measured values of one figure, printed as a line: these machines are noisy, so the median is what counts.
/// </summary>
sealed class Figures(string name, string unit)
{
    readonly List<double> _values = [];

    public static void Head() =>
        Console.WriteLine($"{"figure",-44} {"runs",5} {"min",9} {"median",9} {"p95",9} {"max",9}");

    public void Add(double value) => _values.Add(value);

    public override string ToString()
    {
        var sorted = _values.Order().ToArray();
        double At(double share) => sorted[Math.Min(sorted.Length - 1, (int)(share * sorted.Length))];
        var (min, median, p95, max) = (sorted[0], At(0.5), At(0.95), sorted[^1]);
        return string.Create(CultureInfo.InvariantCulture,
            $"{$"{name}, {unit}",-44} {sorted.Length,5} {min,9:0.00} {median,9:0.00} {p95,9:0.00} {max,9:0.00}");
    }
}
