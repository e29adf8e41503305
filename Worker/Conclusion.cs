using Decryptor.Protocol;
using Decryptor.Worker.Formats;

namespace Decryptor.Worker;

/// <summary>What has become of one file: its line in the report, and the verdict with its words.</summary>
/// <param name="IsPackage">Whether it speaks of a package itself, beside the files in it.</param>
readonly record struct Settled(ReportedFile File, Verdict Verdict, bool IsPackage);

/// <summary>Draws one verdict from several: a text's and its layers', or all files' of a package.</summary>
static class Conclusion
{
    // The exit codes of the codes, the worst last, in the order of the command line's contract.
    static readonly int[] _ranks = [66, 65, 77, 76, 75, 74, 73, 69, 70];

    /// <summary>
    /// The verdict on a text whose layers broke off for <paramref name="trouble"/>: what was read until then is kept,
    /// and the trouble around it is what everything else follows from.
    /// </summary>
    internal static Verdict With(Verdict verdict, Refusal? trouble, long delivered)
    {
        if (trouble is null) return verdict;
        if (delivered == 0 || !IsDamage(trouble.Code)) return Verdict.Of(trouble);
        return new(Outcome.Partial, trouble.Code, trouble.Message, trouble.Hint);
    }

    /// <summary>The line of an input that nothing could be read of.</summary>
    internal static ReportedFile Unopened(string source, Verdict verdict) => new()
    {
        Source = source,
        Format = "unknown",
        Outcome = Report.Word(verdict.Outcome),
        Code = verdict.Code?.Name,
    };

    /// <summary>
    /// The verdict on a whole package: complete only if every file is, and otherwise with the code of the worst.
    /// </summary>
    internal static Verdict Of(IReadOnlyList<Settled> all)
    {
        var bad = all.Where(one => one.Verdict.Outcome != Outcome.Complete).ToList();
        if (bad.Count == 0) return Verdict.Complete;
        var worst = bad.MaxBy(one => Rank(one.Verdict.Code!));
        // What is said of the package itself is no text: where every file in it failed, all of it did.
        var text = all.Any(one => !one.IsPackage && one.Verdict.Outcome != Outcome.Failed)
            && !IsOfTheWorld(worst.Verdict.Code!);
        return new(text ? Outcome.Partial : Outcome.Failed, worst.Verdict.Code, Words(all, bad, worst),
            worst.Verdict.Hint);
    }

    /// <summary>
    /// The verdict with the place of what is missing, for those who see the sentence and not the report.
    /// </summary>
    internal static Verdict WithGaps(Verdict verdict, IReadOnlyList<ReportedFile> files)
    {
        var gaps = files.SelectMany(file => file.Gaps).ToList();
        if (verdict.Outcome == Outcome.Complete || gaps.Count == 0) return verdict;
        var first = $"bytes {gaps[0].Offset} to {gaps[0].Offset + Math.Max(gaps[0].Length, 1) - 1}";
        var where = gaps.Count == 1 ? first
            : $"{gaps.Count} gaps of {Faults.Bytes(gaps.Sum(gap => gap.Length))} in all, the first at {first}";
        return verdict with { Message = $"{verdict.Message} [{where}]" };
    }

    static string Words(IReadOnlyList<Settled> all, List<Settled> bad, Settled worst)
    {
        var files = all.Count(one => !one.IsPackage);
        var lost = bad.Count(one => !one.IsPackage);
        if (lost == 0) return $"{worst.File.Source}: {worst.Verdict.Message}; the {files} files found in it are whole";
        var others = bad.Count(one => one.Verdict.Code != worst.Verdict.Code);
        var also = others == 0 ? "" : $" ({others} for other reasons)";
        return $"{lost} of {files} files {(lost == 1 ? "is" : "are")} not whole{also}; "
            + $"{worst.File.Source}: {worst.Verdict.Message}";
    }

    static int Rank(FailureCode code) => Array.IndexOf(_ranks, code.ExitCode);

    // Where the bytes themselves are wrong, those before are worth having; where a limit or the world ended it, the
    // attempt has failed, and what it has is kept for whoever wants to look.
    static bool IsDamage(FailureCode code) =>
        code == FailureCode.Damaged || code == FailureCode.Truncated || code == FailureCode.NotAuthentic;

    static bool IsOfTheWorld(FailureCode code) => code == FailureCode.DiskFull || code == FailureCode.IoError;
}
