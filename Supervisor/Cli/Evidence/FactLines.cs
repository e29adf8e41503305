using Decryptor.Protocol;
using Decryptor.Supervisor.Cli.Manual;
using Decryptor.Supervisor.Observability;

namespace Decryptor.Supervisor.Cli.Evidence;

/// <summary>
/// The facts of a file for a person: a name, and behind it what there is to say, in lines that fit the terminal.
/// </summary>
/// <param name="indent">Columns before the names.</param>
sealed class FactLines(int indent)
{
    const int NameColumns = 10;
    const int FingerprintDigits = 8;
    const int ListMax = 6;

    /// <summary>Prints a name and a text.</summary>
    public void Print(string name, string text)
    {
        var first = new string(' ', indent) + name.PadRight(NameColumns);
        foreach (var line in Fill.Lines(Harmless.Text(text), Fill.Columns, first))
            Console.WriteLine(Tint.Stdout.Marked(line));
    }

    /// <summary>Prints what is known of a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="bytes">Those of the input, where it is one.</param>
    public void PrintFacts(ReportedFile file, long? bytes)
    {
        Print("format", file.Format.Replace(">", " > ", StringComparison.Ordinal));
        Print("size", Size(file, bytes));
        if (file.Facts is { } facts) PrintSealing(facts);
        if (file.Facts?.Blocks is { } blocks) PrintBlocks(blocks, file.Blocks);
    }

    /// <summary>Prints where something is wrong, and what was done to the file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="why">What to say of one that is bad as a whole; null where it is said elsewhere.</param>
    public void PrintDamage(ReportedFile file, string? why)
    {
        foreach (var trace in file.Facts?.Traces ?? []) Print("trace", TraceWords.Said(trace));
        var damage = FileSight.Damage(file);
        foreach (var gap in damage.Take(ListMax)) Print("damage", $"{FileSight.Where(gap)}: {gap.Reason}");
        var more = damage.Count - ListMax + (file.Facts?.Blocks?.BreaksLeftOut ?? 0);
        if (damage.Count > ListMax) Print("", $"and {more} more");
        var isToldOf = damage.Count > 0 || file.Facts?.Traces is not null;
        if (!isToldOf && why is not null && file.Code is { } code && !FileSight.IsShut(file))
            Print("why", $"{why} ({code})");
        foreach (var warning in file.Warnings.Take(ListMax)) Print("note", warning);
        if (file.Warnings.Count > ListMax) Print("", $"and {file.Warnings.Count - ListMax} notes more");
    }

    static string Size(ReportedFile file, long? bytes)
    {
        var packed = (bytes ?? file.Facts?.Length) is { } known ? $"{StatusText.Size(known)}, " : "";
        if (file.Bytes > 0 && FileSight.IsShut(file)) return $"{packed}at least {StatusText.Size(file.Bytes)} of text";
        if (file.Bytes > 0 || file.Code is null) return $"{packed}{StatusText.Size(file.Bytes)} of text";
        return FileSight.IsShut(file) ? $"{packed}text unknown without a key" : $"{packed}no text";
    }

    void PrintSealing(Facts facts)
    {
        if (facts.Encryption is { } encryption) Print("sealed", $"in the package with {encryption}");
        if (facts.Recipients is not { } recipients) return;
        var kinds = recipients.Select(one => one.Count == 1 ? one.Kind : $"{one.Kind} ×{one.Count}");
        var factor = facts.WorkFactor is { } log ? $", work factor {log}" : "";
        var more = facts.RecipientsLeftOut is { } count ? $" and {count} more" : "";
        Print("sealed", $"for {string.Join(", ", kinds)}{factor}{more}");
    }

    void PrintBlocks(BlockFacts blocks, ReportedBlocks? counted)
    {
        Print("blocks", Joined(
            $"{Math.Max(counted?.Total ?? 0, blocks.Framed + blocks.Cut)} found", $"{blocks.Framed} whole in frame",
            Some(blocks.Cut, "cut"), Some(blocks.Damaged, "damaged")));
        Print("", Joined(
            Some(blocks.Sealed, "sealed"), Some(blocks.Plain, "plain text"), Some(blocks.Async, "async"),
            Some(blocks.Sync, "sync"), Some(blocks.Deflate, "deflate"), Some(blocks.Zstd, "zstd")));
        if (blocks.KeyedPlain > 0 && blocks.Sealed == 0)
            Print("", "plain text though the app has a key: anyone can read it");
        if (blocks.Hours is { } hours) Print("hours", Hours(hours));
        if (blocks.ClientKeys is not { } keys) return;
        var listed = keys.Take(ListMax).Select(key => $"{Short(key)} ({Many(key.Blocks, "block")})");
        var more = keys.Count > ListMax ? $" and {keys.Count - ListMax} more" : "";
        var beyond = blocks.ClientKeysLeftOut > 0 ? $"; {Many(blocks.ClientKeysLeftOut, "block")} of further ones" : "";
        Print("clients", $"{Many(keys.Count, "key")}: {string.Join(", ", listed)}{more}{beyond}");
    }

    static string Hours(HoursSeen hours)
    {
        if (hours.Seen.Count == 1) return $"{hours.First}";
        var all = hours.Last - hours.First + 1;
        var some = hours.Seen.Count != all ? $", {hours.Seen.Count} different ones" : "";
        return $"{hours.First} to {hours.Last}{some}";
    }

    static string Short(ClientKeySeen key) => key.Key[..Math.Min(FingerprintDigits, key.Key.Length)];

    static string? Some(long count, string what) => count == 0 ? null : $"{count} {what}";

    static string Joined(params string?[] parts) => string.Join(", ", parts.Where(part => part is not null));

    /// <summary><c>1 block</c>, <c>2 blocks</c>.</summary>
    public static string Many(long count, string what) => count == 1 ? $"1 {what}" : $"{count} {what}s";
}
