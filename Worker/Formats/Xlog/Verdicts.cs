using Decryptor.Protocol;

namespace Decryptor.Worker.Formats.Xlog;

/// <summary>What a file's blocks came to: good ones, and bad ones by what was wrong with them.</summary>
readonly record struct Sums
{
    internal required long Good { get; init; }

    internal required long Bad { get; init; }

    /// <summary>Bad blocks, and stretches that are no block.</summary>
    internal required long Damaged { get; init; }

    internal required long Truncated { get; init; }

    internal required long Unopened { get; init; }

    internal long Total => Good + Bad;

    internal long Spoilt => Bad - Unopened;
}

/// <summary>
/// Puts the sums of a file into an outcome, the code of the worst, a sentence with the evidence, and a hint that says
/// whose move it is.
/// </summary>
static class Verdicts
{
    internal static Verdict Of(Sums sums, Findings findings, string? firstTrouble, int keysOfThatKind)
    {
        if (sums.Bad == 0 && findings.GapCount == 0) return Verdict.Complete;
        var code = Worst(sums, keysOfThatKind);
        var outcome = findings.Delivered > 0 ? Outcome.Partial : Outcome.Failed;
        var message = outcome == Outcome.Partial
            ? Partly(sums, findings, firstTrouble)
            : Nothing(sums, code, firstTrouble, keysOfThatKind);
        return new(outcome, code, message, Hint(code));
    }

    static FailureCode Worst(Sums sums, int keysOfThatKind)
    {
        if (sums.Unopened > 0) return keysOfThatKind == 0 ? FailureCode.KeyMissing : FailureCode.KeyNoMatch;
        if (sums.Damaged > 0) return FailureCode.Damaged;
        return sums.Truncated > 0 ? FailureCode.Truncated : FailureCode.LimitMemory;
    }

    static string Partly(Sums sums, Findings findings, string? firstTrouble)
    {
        var with = findings.Keys is { } keys ? $" with {keys}" : "";
        var parts = new List<string>();
        if (sums.Unopened > 0) parts.Add($"{sums.Unopened} {Are(sums.Unopened)} sealed for another key");
        if (sums.Spoilt > 0)
            parts.Add($"{sums.Spoilt} {Are(sums.Spoilt)} damaged or cut, and what came before the damage is kept");
        if (sums.Bad == 0) parts.Add("bytes between them belong to no block");
        var first = firstTrouble is null ? "" : $" (the first: {firstTrouble})";
        return $"{sums.Good} of {sums.Total} blocks recovered{with}; {string.Join("; ", parts)}{first}";
    }

    static string Nothing(Sums sums, FailureCode code, string? firstTrouble, int keysOfThatKind)
    {
        var evidence = $"framing is whole, 0 of {sums.Total} blocks opened";
        if (code == FailureCode.KeyMissing) return $"{evidence}: the ring has no xlog key";
        if (code == FailureCode.KeyNoMatch)
            return $"{evidence} with {keysOfThatKind} key{(keysOfThatKind == 1 ? "" : "s")}";
        return $"none of {sums.Total} blocks gave text; the first: {firstTrouble}";
    }

    static string Are(long count) => count == 1 ? "is" : "are";

    static string Hint(FailureCode code)
    {
        if (code == FailureCode.KeyMissing)
            return "put the app's private xlog key into the key ring";
        if (code == FailureCode.KeyNoMatch)
            return "ask the app's makers which key this build seals its logs for, and put it into the key ring";
        if (code == FailureCode.Truncated)
            return "the upload was cut, or taken while the app was writing: ask the sender for a fresh copy";
        if (code == FailureCode.LimitMemory)
            return "no real encoder makes such blocks: ask the sender what wrote the file";
        return "ask the sender for another copy, sent as binary; "
            + "often two processes of the app have written to the same log file";
    }
}
