namespace Decryptor.Supervisor.Cli;

/// <summary>Which of the words that there are a person meant by one that there is not.</summary>
static class Near
{
    const int LengthMax = 40;

    /// <summary>
    /// The word at the smallest distance, counted in letters that are wrong, missing, too many or swapped: at most one
    /// for each three letters; null where none is so near.
    /// </summary>
    public static string? Of(string word, IEnumerable<string> words)
    {
        if (word.Length is 0 or > LengthMax) return null;
        var allowed = Math.Max(1, word.TrimStart('-').Length / 3);
        var (near, distance) = words.Select(each => (each, Distance(word, each)))
            .DefaultIfEmpty(("", int.MaxValue)).MinBy(pair => pair.Item2);
        return distance <= allowed ? near : null;
    }

    internal static int Distance(string a, string b)
    {
        var all = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++) all[i, 0] = i;
        for (var j = 0; j <= b.Length; j++) all[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
            for (var j = 1; j <= b.Length; j++)
            {
                var step = Math.Min(all[i - 1, j], all[i, j - 1]) + 1;
                all[i, j] = Math.Min(step, all[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    all[i, j] = Math.Min(all[i, j], all[i - 2, j - 2] + 1);
            }

        return all[a.Length, b.Length];
    }
}
