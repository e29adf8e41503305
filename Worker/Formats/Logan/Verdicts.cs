using Decryptor.Protocol;

namespace Decryptor.Worker.Formats.Logan;

/// <summary>
/// Puts the sums of a file into an outcome, the code of the worst, a sentence with the evidence, and a hint that says
/// whose move it is.
/// </summary>
static class Verdicts
{
    const string PublishedHint = "it is sealed with Logan's published default key: "
        + "put the line \"logan 0123456789012345 0123456789012345\" into the key ring";

    internal static Verdict Of(BlockTally tally, LoganKeys keys, Findings findings)
    {
        if (tally.Bad == 0 && findings.GapCount == 0) return Verdict.Complete;
        if (keys.Proven is null && tally.Shut > 0) return Shut(tally, keys);
        if (keys.Proven is not null) findings.Warn(LoganKeys.NoSeal);
        var code = tally.Cut == tally.Bad && tally.Strays == 0 ? FailureCode.Truncated : FailureCode.Damaged;
        return findings.Delivered > 0
            ? new(Outcome.Partial, code, Partly(tally, findings), Hint(code))
            : new(Outcome.Failed, code, Nothing(tally), Hint(code));
    }

    static Verdict Shut(BlockTally tally, LoganKeys keys)
    {
        var frames = tally.Strays == 0 && tally.Shut == tally.Bad ? "framing is whole" : "framing is damaged";
        var evidence = $"{frames}, 0 of {tally.Total} blocks opened";
        if (keys.Refused)
            return new(Outcome.Failed, FailureCode.KeyMissing,
                $"{evidence}: the attempt has asked for as many keys as it may", "send the logs in smaller packages");
        var code = keys.OfThatKind == 0 ? FailureCode.KeyMissing : FailureCode.KeyNoMatch;
        var message = code == FailureCode.KeyMissing
            ? $"{evidence}: the ring has no logan key"
            : $"{evidence} with {keys.OfThatKind} key{(keys.OfThatKind == 1 ? "" : "s")}{WrongIv(keys)}";
        return new(Outcome.Failed, code, message, KeyHint(code, keys));
    }

    static string WrongIv(LoganKeys keys) => keys.WrongIv() is { } name
        ? $"; {name} has the right key and a wrong IV: all but the first 16 bytes of a block come out right"
        : "";

    static string KeyHint(FailureCode code, LoganKeys keys)
    {
        if (keys.FitsPublished) return PublishedHint;
        if (keys.WrongIv() is { } name) return $"ask the app's makers for the IV, and correct the line in {name}";
        return code == FailureCode.KeyMissing
            ? "put the app's Logan key and IV into the key ring"
            : "ask the app's makers which key and IV this build seals its logs with, and put them into the key ring";
    }

    static string Partly(BlockTally tally, Findings findings)
    {
        var with = findings.Keys is { } keys ? $" with {keys}" : "";
        var rest = tally.Bad > 0
            ? $"{tally.Bad} {(tally.Bad == 1 ? "is" : "are")} damaged or cut, and what could be saved is kept"
            : "bytes of the file are wrong or belong to no block";
        return $"{tally.Good} of {tally.Total} blocks recovered{with}; {rest}{First(tally)}";
    }

    static string Nothing(BlockTally tally) => $"none of {tally.Total} blocks gave text{First(tally)}";

    static string First(BlockTally tally) => tally.FirstTrouble is { } first ? $" (the first: {first})" : "";

    static string Hint(FailureCode code) => code == FailureCode.Truncated
        ? "the upload was cut, or taken while the app was writing: ask the sender for a fresh copy"
        : "ask the sender for another copy, sent as binary";
}
