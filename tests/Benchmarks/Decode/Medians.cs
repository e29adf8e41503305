namespace Decryptor.Benchmarks.Decode;

static class Medians
{
    /// <summary>The middle one of several; of an even number, the lower of the two in the middle.</summary>
    public static double Median(this IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[(sorted.Length - 1) / 2];
    }
}
