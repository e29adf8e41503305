using Decryptor.Protocol;

namespace Decryptor.Supervisor.Cli.Evidence;

/// <summary>What follows from the facts of one file.</summary>
static class FileSight
{
    /// <summary>
    /// Whether it was recognised, and only a key is missing. A password that is too dear to try is one, too.
    /// </summary>
    public static bool IsShut(ReportedFile file) => IsOfKey(file.Code) || file.Code == FailureCode.LimitKdf.Name;

    /// <summary>Whether any of it is sealed.</summary>
    public static bool Sealed(ReportedFile file) =>
        file.Facts is { } facts && (facts.Blocks is { Sealed: > 0 } || facts.Recipients is not null
            || facts.Encryption is not null);

    /// <summary>
    /// The ranges in which something is wrong, in their order: what is merely shut is not, and what two rules found is
    /// told once.
    /// </summary>
    public static IReadOnlyList<Gap> Damage(ReportedFile file)
    {
        var gaps = file.Gaps.Where(gap => !IsOfKey(gap.Code)).ToList();
        var breaks = file.Facts?.Blocks?.Breaks ?? [];
        var others = breaks.Where(one => !gaps.Exists(gap => Overlap(gap, one)));
        return [.. gaps.Concat(others).OrderBy(gap => gap.Offset)];
    }

    /// <summary>Whether something is wrong with it besides that it is shut.</summary>
    public static bool IsDamaged(ReportedFile file) => Damage(file).Count > 0
        || file.Facts?.Blocks is { } blocks && blocks.Cut + blocks.Damaged > 0
        || (file.Code is not null && !IsShut(file));

    /// <summary>The sealed blocks that a key opened.</summary>
    public static long Opened(ReportedFile file) =>
        file.Facts?.Blocks is { } blocks ? Math.Max(0, blocks.Sealed - blocks.Shut) : 0;

    /// <summary>Where a range lies: <c>byte 7</c>, <c>bytes 7 to 9</c>.</summary>
    public static string Where(Gap gap) =>
        gap.Length <= 1 ? $"byte {gap.Offset}" : $"bytes {gap.Offset} to {gap.Offset + gap.Length - 1}";

    static bool IsOfKey(string? code) => code == FailureCode.KeyMissing.Name || code == FailureCode.KeyNoMatch.Name;

    static bool Overlap(Gap a, Gap b) =>
        a.Offset < b.Offset + Math.Max(1, b.Length) && b.Offset < a.Offset + Math.Max(1, a.Length);
}
