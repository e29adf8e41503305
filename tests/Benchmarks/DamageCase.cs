using System.Text.Json;

namespace Decryptor.Benchmarks;

/// <summary>
/// A damaged file of the corpus: how many bytes of the intact text's lines others had back, and what it was made of.
/// </summary>
/// <param name="Path">Where it lies.</param>
/// <param name="Format">The block format that decodes it.</param>
/// <param name="IntactBytes">The text of the original.</param>
sealed record DamageCase(string Path, string Format, long IntactBytes)
{
    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>The undamaged file; null where there is none beside it.</summary>
    public string? Original { get; private init; }

    /// <summary>The text of the undamaged file, in the order in which it has to come; null for a file to be
    /// decoded.</summary>
    public string? OriginalText { get; private init; }

    /// <summary>
    /// Bytes of intact lines that must come back at least: xlog, what the format's own decoder gives; Logan, the
    /// lines that the manifest demands (<c>must_line_ranges</c>). Null where nothing is demanded.
    /// </summary>
    public long? Floor { get; private init; }

    /// <summary>The same of a quick salvaging prototype; null where it was not tried.</summary>
    public long? BestEffort { get; private init; }

    /// <summary>The damaged xlog files of which the intact text is known, or at least its length.</summary>
    public static IEnumerable<DamageCase> Xlog(string corpus)
    {
        var folder = System.IO.Path.Combine(corpus, "xlog");
        using var manifest = Manifest(folder);
        foreach (var entry in manifest.RootElement.GetProperty("damaged").EnumerateArray())
        {
            if (entry.GetProperty("damage_of").GetString() is not { } made) continue;
            yield return new(System.IO.Path.Combine(folder, entry.GetProperty("file").GetString()!), "xlog",
                entry.GetProperty("intact_plaintext_bytes").GetInt64())
            {
                Original = made.EndsWith(".xlog", StringComparison.Ordinal)
                    ? System.IO.Path.Combine(folder, "damaged", made) : null,
                Floor = Recovered(entry, "reference"),
                BestEffort = Recovered(entry, "best_effort"),
            };
        }
    }

    /// <summary>The damaged Logan files; one that must be rejected has no text in it.</summary>
    public static IEnumerable<DamageCase> Logan(string corpus)
    {
        var folder = System.IO.Path.Combine(corpus, "logan");
        using var manifest = Manifest(folder);
        foreach (var entry in manifest.RootElement.GetProperty("files").EnumerateArray())
        {
            if (!entry.TryGetProperty("base", out var made)) continue;
            var text = System.IO.Path.Combine(folder, made.GetString()!);
            var isLost = entry.GetProperty("expectation").GetString() == "reject";
            yield return new(System.IO.Path.Combine(folder, entry.GetProperty("file").GetString()!), "logan",
                isLost ? 0 : new FileInfo(text).Length)
            {
                OriginalText = text,
                Floor = entry.TryGetProperty("must_line_ranges", out var ranges) ? Demanded(ranges, text) : null,
            };
        }
    }

    static JsonDocument Manifest(string folder) =>
        JsonDocument.Parse(File.ReadAllBytes(System.IO.Path.Combine(folder, "manifest.json")));

    static long Demanded(JsonElement ranges, string text)
    {
        var lines = LineMatch.Lines(File.ReadAllBytes(text));
        return ranges.EnumerateArray().Sum(range =>
            lines[range[0].GetInt32()..range[1].GetInt32()].Sum(line => line.Length + 1L));
    }

    static long Recovered(JsonElement entry, string by) =>
        entry.GetProperty(by).GetProperty("recovered_intact_line_bytes").GetInt64();
}
