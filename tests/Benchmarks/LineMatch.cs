using System.Text;

namespace Decryptor.Benchmarks;

/// <summary>How much of an original came back.</summary>
/// <param name="IntactBytes">Bytes of whole lines of the original, their line feeds counted.</param>
/// <param name="Foreign">Lines that are not among them.</param>
readonly record struct LineMatch(long IntactBytes, long Foreign)
{
    public static string[] Lines(byte[] text) => Encoding.Latin1.GetString(text) is { Length: > 0 } all
        ? all.TrimEnd('\n').Split('\n')
        : [];

    /// <summary>Each line of the original counts once for each time that it stands there, wherever it comes.</summary>
    public static LineMatch Anywhere(string[] lines, string[] original)
    {
        var left = original.CountBy(line => line).ToDictionary();
        var (intact, foreign) = (0L, 0L);
        foreach (var line in lines)
        {
            if (left.TryGetValue(line, out var count) && count > 0)
            {
                left[line] = count - 1;
                intact += line.Length + 1;
            }
            else
            {
                foreign++;
            }
        }

        return new(intact, foreign);
    }

    /// <summary>
    /// The common lines in the order of the original, as many bytes of them as there can be. Takes a step for each
    /// pair of lines: for files of some hundred.
    /// </summary>
    public static LineMatch InOrder(string[] lines, string[] original)
    {
        var best = new (long Bytes, long Lines)[original.Length + 1];
        foreach (var line in lines)
        {
            var before = best[0];
            for (var i = 0; i < original.Length; i++)
            {
                var taken = original[i] == line ? (before.Bytes + line.Length + 1, before.Lines + 1) : default;
                before = best[i + 1];
                best[i + 1] = Larger(taken, Larger(best[i], before));
            }
        }

        return new(best[^1].Bytes, lines.Length - best[^1].Lines);
    }

    static (long Bytes, long Lines) Larger((long Bytes, long Lines) a, (long Bytes, long Lines) b) =>
        a.CompareTo(b) >= 0 ? a : b;
}
