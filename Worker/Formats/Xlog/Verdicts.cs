using Decryptor.Protocol;

namespace Decryptor.Worker.Formats.Xlog;

/// <summary>
/// Puts the counts of a file into an outcome, the code of the worst, a sentence with the evidence, and a hint that says
/// whose move it is. A file in which anything is wrong is never complete; and because nothing in the format could prove
/// it, none is ever said to be sound.
/// </summary>
sealed class Verdicts(BlockCounts counts, Findings findings, int keysOfThatKind)
{
    internal Verdict Pass()
    {
        if (counts.Bad == 0 && counts.Wounds == 0 && findings.GapCount == 0) return Verdict.Complete;
        if (counts.AnyDamage || counts.Truncated > 0)
            findings.Warn("xlog has no checksum: where a file is damaged, lines may be wrong that look right");
        var code = Worst();
        var outcome = findings.Delivered > 0 ? Outcome.Partial : Outcome.Failed;
        return new(outcome, code, outcome == Outcome.Partial ? Partly() : Nothing(code), Hint(code));
    }

    FailureCode Worst()
    {
        if (counts.Unopened > 0) return keysOfThatKind == 0 ? FailureCode.KeyMissing : FailureCode.KeyNoMatch;
        if (counts.AnyDamage) return FailureCode.Damaged;
        return counts.OnlyCut ? FailureCode.Truncated : FailureCode.LimitMemory;
    }

    string Partly()
    {
        var with = findings.Keys is { } keys ? $" with {keys}" : "";
        var first = counts.First is null ? "" : $" (the first: {counts.First})";
        return $"{counts.Good} of {counts.Total} blocks recovered{with}; {string.Join("; ", Losses())}{first}";
    }

    IEnumerable<string> Losses()
    {
        if (counts.Unopened > 0) yield return $"{counts.Unopened} {Are(counts.Unopened)} sealed for another key";
        if (counts.Damaged > 0)
            yield return $"{counts.Damaged} {Are(counts.Damaged)} damaged, and what is whole in them is kept";
        if (counts.Truncated > 0) yield return $"{counts.Truncated} {Are(counts.Truncated)} cut";
        if (counts.Spoilt > counts.Damaged + counts.Truncated) yield return "some ask for more memory than any logger";
        if (counts.Bad > 0) yield break;
        if (findings.GapCount > 0) yield return "bytes between them belong to no block";
        else yield return $"nothing is known to be lost, but {counts.FirstWound}";
    }

    string Nothing(FailureCode code)
    {
        var evidence = $"framing is whole, 0 of {counts.Total} blocks opened";
        if (code == FailureCode.KeyMissing) return $"{evidence}: the ring has no xlog key";
        if (code == FailureCode.KeyNoMatch)
            return $"{evidence} with {keysOfThatKind} key{(keysOfThatKind == 1 ? "" : "s")}";
        return $"none of {counts.Total} blocks gave text; the first: {counts.First ?? counts.FirstWound}";
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
