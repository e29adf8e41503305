using System.Globalization;

namespace Decryptor.Benchmarks.Serve;

/// <summary>Prints figures of the service: figure, ours, bound or rival, ratio.</summary>
static class Rows
{
    public static void Head(string title)
    {
        Console.WriteLine();
        Console.WriteLine(title);
        Cells("figure", "ours", "bound or rival", "ratio");
    }

    /// <param name="figure">What, with its unit.</param>
    /// <param name="ours">How much.</param>
    /// <param name="other">What it is held against; null for nothing.</param>
    /// <param name="ratio">How ours stands to that, in words.</param>
    public static void Row(string figure, double ours, string other = "", string ratio = "") =>
        Cells(figure, Number(ours), other, ratio);

    public static string Number(double value) => value.ToString(value switch
    {
        < 10 => "0.00",
        < 100 => "0.0",
        _ => "0",
    }, CultureInfo.InvariantCulture);

    /// <summary>The value below which such a share of all lies.</summary>
    public static double At(this IReadOnlyCollection<double> values, double share) =>
        values.Order().ElementAt(Math.Min(values.Count - 1, (int)(share * values.Count)));

    static void Cells(string figure, string ours, string other, string ratio) =>
        Console.WriteLine($"  {figure,-54} {ours,10} {other,26} {ratio,12}".TrimEnd());
}
