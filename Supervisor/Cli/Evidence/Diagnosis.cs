using Decryptor.Protocol;
using Decryptor.Supervisor.Observability;

namespace Decryptor.Supervisor.Cli.Evidence;

/// <summary>One verdict on one input, and what to do next.</summary>
/// <param name="One">What the job with the whole ring found.</param>
/// <param name="Trials">What each key alone did; empty where nothing asks for a key.</param>
/// <param name="KeysLeftOut">Keys of the ring that were not tried alone.</param>
sealed record Diagnosis(Examined One, IReadOnlyList<KeyTrial> Trials, int KeysLeftOut)
{
    /// <summary>The sentence.</summary>
    public string Verdict => Subject is { } file ? Of(file) : OfPackage();

    /// <summary>Whose move it is now, and which.</summary>
    public string Next
    {
        get
        {
            var traces = Worst?.Facts?.Traces ?? [];
            if (traces.Select(TraceWords.Next).FirstOrDefault(next => next is not null) is { } asked) return asked;
            if (One.Job.Hint.Length > 0) return One.Job.Hint;
            return One.Job.Outcome == Outcome.Complete
                ? "nothing is wrong with it: `decryptor FILE` prints it"
                : $"`decryptor explain {One.Job.Code}` tells what to do";
        }
    }

    /// <summary>Keys that the input could have been opened with.</summary>
    public int KeysOfItsKind => Trials.Count(trial => trial.Fits);

    /// <summary>The name that it has in the input arrived in: compressed, though the name does not say so.</summary>
    public bool IsCompressedInTransit =>
        Subject is { } file && (Wraps(file, "gzip", ".gz", ".tgz") || Wraps(file, "zstd", ".zst"));

    /// <summary>The input itself, where it is no package.</summary>
    ReportedFile? Subject => One.Files is [var only] && only.Source == One.Job.Source ? only : null;

    ReportedFile? Worst => Subject ?? One.Files.FirstOrDefault(file => file.Code == One.Job.Code)
        ?? (One.Files.Count > 0 ? One.Files[0] : null);

    bool Wraps(ReportedFile file, string format, params string[] names) =>
        file.Format.StartsWith($"{format}>", StringComparison.Ordinal)
            && !names.Any(name => One.Input.EndsWith(name, StringComparison.OrdinalIgnoreCase));

    string Of(ReportedFile file)
    {
        var blocks = file.Facts?.Blocks is { Sealed: > 0 } seen ? seen : null;
        if (file.Code is null) return Whole(file, blocks);
        if (file.Code == FailureCode.KeyMissing.Name) return NoKey(file, blocks);
        if (file.Code == FailureCode.KeyNoMatch.Name) return OtherKey(file, blocks);
        if (file.Blocks is { Total: > 0 } counted) return Spoilt(file, counted);
        return One.Job.Text.Length > 0 ? One.Job.Text : file.Message ?? file.Code;
    }

    static string Whole(ReportedFile file, BlockFacts? blocks)
    {
        var text = $"{StatusText.Size(file.Bytes)} of text";
        if (file.Key is null) return $"it needs no key, and all of it can be read: {text}";
        return blocks switch
        {
            null => $"{Keys(file)} it: {text}",
            { Sealed: 1 } => $"{Keys(file)} its sealed block: {text}",
            _ => $"{Keys(file)} all {blocks.Sealed} sealed blocks: {text}",
        };
    }

    static string NoKey(ReportedFile file, BlockFacts? blocks)
    {
        var what = blocks is null ? Kinds(file) : $"{Blocks(blocks.Sealed)} {Are(blocks.Sealed)} sealed";
        return $"sealed, and the ring has no key of its kind: {what}{AlsoDamaged(file)}";
    }

    string OtherKey(ReportedFile file, BlockFacts? blocks)
    {
        var keys = KeysOfItsKind == 1 ? "your key does not open" : $"none of your {KeysOfItsKind} keys opens";
        if (blocks is null) return $"sealed for another key: {keys} it ({Kinds(file)}){AlsoDamaged(file)}";
        var opened = FileSight.Opened(file);
        if (opened == 0)
            return $"sealed for another app's key: {keys} any of {Blocks(blocks.Sealed)}{AlsoDamaged(file)}";
        return $"{Keys(file)} {opened} of {Blocks(blocks.Sealed)}; the other {blocks.Shut} {Are(blocks.Shut)} sealed "
            + $"for another key{AlsoDamaged(file)}";
    }

    static string Spoilt(ReportedFile file, ReportedBlocks counted)
    {
        var bad = counted.Total - counted.Ok;
        var whole = file.Key is null
            ? $"{counted.Ok} of {Blocks(counted.Total)} {Are(counted.Ok)} whole"
            : $"{Keys(file)} {counted.Ok} of {Blocks(counted.Total)}";
        var places = FileSight.Damage(file);
        var where = places.Count == 0 ? "" : $", at {FileSight.Where(places[0])}"
            + (places.Count == 1 ? "" : $" and {FactLines.Many(places.Count - 1, "place")} more");
        var cut = file.Code == FailureCode.Truncated.Name ? "cut" : "damaged";
        return bad == 0
            ? $"{whole}; the file is damaged between them{where}"
            : $"{whole}; {bad} {Are(bad)} {cut}{where}";
    }

    string OfPackage()
    {
        if (One.Files.Count == 0) return One.Job.Text;
        var whole = One.Files.Count(file => file.Code is null);
        var files = FactLines.Many(One.Files.Count, "file");
        return Worst is { Code: not null } worst
            ? $"a package of {files}, {whole} of them whole; {worst.Source}: {Of(worst)}"
            : $"a package of {files}, all whole: {StatusText.Size(One.Files.Sum(file => file.Bytes))} of text";
    }

    static string AlsoDamaged(ReportedFile file) => FileSight.Damage(file) is [var first, ..]
        ? $"; and it is damaged, at {FileSight.Where(first)}" : "";

    static string Keys(ReportedFile file) =>
        file.Key!.Contains(", ", StringComparison.Ordinal) ? $"keys {file.Key} open" : $"key {file.Key} opens";

    static string Kinds(ReportedFile file) => file.Facts switch
    {
        { Recipients: { } recipients } => $"age, {string.Join(", ", recipients.Select(one => one.Kind))}",
        { Encryption: { } encryption } => $"zip, {encryption}",
        _ => file.Format,
    };

    static string Blocks(long count) => FactLines.Many(count, "block");

    static string Are(long count) => count == 1 ? "is" : "are";
}
