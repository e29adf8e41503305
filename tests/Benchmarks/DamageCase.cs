using System.Text.Json;

namespace Decryptor.Benchmarks;

/// <summary>
/// A damaged file of the corpus: how many bytes of the intact text's lines others had back, and what it was made of.
/// </summary>
/// <param name="Path">Where it lies.</param>
/// <param name="Original">The undamaged file; null where only the bytes of its text are known.</param>
/// <param name="IntactBytes">The text of the original.</param>
/// <param name="Reference">Bytes of intact lines that the format's own decoder gives.</param>
/// <param name="BestEffort">The same of a quick salvaging prototype.</param>
sealed record DamageCase(string Path, string? Original, long IntactBytes, long Reference, long BestEffort)
{
    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>The damaged xlog files of which the intact text is known, or at least its length.</summary>
    public static IEnumerable<DamageCase> Xlog(string corpus)
    {
        var folder = System.IO.Path.Combine(corpus, "xlog");
        using var manifest = JsonDocument.Parse(File.ReadAllBytes(System.IO.Path.Combine(folder, "manifest.json")));
        foreach (var entry in manifest.RootElement.GetProperty("damaged").EnumerateArray())
        {
            if (entry.GetProperty("damage_of").GetString() is not { } made) continue;
            yield return new(System.IO.Path.Combine(folder, entry.GetProperty("file").GetString()!),
                made.EndsWith(".xlog", StringComparison.Ordinal)
                    ? System.IO.Path.Combine(folder, "damaged", made) : null,
                entry.GetProperty("intact_plaintext_bytes").GetInt64(),
                Recovered(entry, "reference"), Recovered(entry, "best_effort"));
        }
    }

    static long Recovered(JsonElement entry, string by) =>
        entry.GetProperty(by).GetProperty("recovered_intact_line_bytes").GetInt64();
}
