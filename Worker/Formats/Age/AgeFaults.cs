using System.Globalization;
using Decryptor.Protocol;

namespace Decryptor.Worker.Formats.Age;

/// <summary>Every refusal of the age format, so that the same thing is said the same way.</summary>
static class AgeFaults
{
    const string AnotherCopy = "ask the sender for another copy, sent as binary";

    /// <summary>The header breaks the rules. <paramref name="at"/> counts from the first byte of the file.</summary>
    internal static Refusal Header(string what, long at) =>
        new(FailureCode.Damaged, Invariant($"the age header is wrong at byte {at}: {what}"), AnotherCopy);

    internal static Refusal TextMode(long at) => new(FailureCode.Damaged,
        Invariant($"the age header has carriage returns, the first at byte {at}: it went through a text-mode transfer"),
        "send it again in binary mode; what text mode changed cannot be put back");

    internal static Refusal Armor(string what, long line, long at) =>
        new(FailureCode.Damaged, Invariant($"the armor is wrong in line {line}, at byte {at}: {what}"),
            "ask the sender for another copy, as an attachment instead of pasted text");

    internal static Refusal Version(string version) =>
        new(FailureCode.Unsupported, $"this is an age file of version {version}, and only v1 is known here",
            "open it with the age program and send the logs inside");

    internal static Refusal TooLarge(string what) =>
        new(FailureCode.Unsupported, $"the age header has more than {what}",
            "send the file to fewer recipients, or open it with the age program and send the logs inside");

    internal static Refusal Hardware(string kinds) =>
        new(FailureCode.Unsupported, $"the file is sealed for keys that cannot be used here ({kinds})",
            "add a recipient of another kind (age1…) where the files are made, or open it yourself");

    internal static Refusal KeyMissing(string kinds) =>
        new(FailureCode.KeyMissing, $"the file is sealed ({kinds}) and the ring has no key of that kind",
            kinds == "scrypt" ? "add a line with the password to the key ring" : "add the identity to the key ring");

    internal static Refusal KeyNoMatch(string kinds, int keys) =>
        new(FailureCode.KeyNoMatch, Invariant($"the file is sealed ({kinds}) and none of {keys} keys opens it"),
            "find out which key it was sealed for and add that to the key ring");

    internal static Refusal UnknownKinds(string kinds) =>
        new(FailureCode.KeyNoMatch, $"the file is sealed for kinds of recipients that are not known here ({kinds})",
            "ask the sender to seal it for a key of the ring");

    internal static Refusal NoMoreQuestions() =>
        new(FailureCode.KeyNoMatch, "the attempt has asked for as many keys as it may", "send the files one by one");

    internal static Refusal WorkFactor(string log, int limit) =>
        new(FailureCode.LimitKdf, Invariant($"its password derivation takes 2^{log} steps; the limit is 2^{limit}"),
            "raise limits.scryptLogMax (--limit-kdf) only if you trust the sender: each step doubles time and memory");

    internal static Refusal Passwords(int tried, int all, int log) =>
        new(FailureCode.LimitKdf,
            Invariant($"{tried} of {all} passwords were tried, of 2^{log} steps each, and none opens the file"),
            "keep fewer passwords in the ring, or raise limits.scryptLogMax (--limit-kdf)");

    internal static Refusal NoMemory(int log) =>
        new(FailureCode.LimitMemory,
            Invariant($"its password derivation takes {1L << (log + 10)} bytes of memory, which there are not"),
            "lower the number of workers, or the scrypt limit");

    internal static Refusal HeaderNotAuthentic() => new(FailureCode.NotAuthentic,
        "a key of the ring fits, but the seal of the age header is wrong: it was changed after it was sealed",
        "ask the sender for another copy, and who could have changed this one");

    // Where something is comes as words, "byte 65752", since it may be meant inside the armor.
    internal static Refusal Chunk(long number, string at, string why) => new(FailureCode.NotAuthentic,
        Invariant($"chunk {number} of the age file, at {at}, is not authentic{why}{Kept(number)}"),
        AnotherCopy);

    internal static Refusal Joined(long number, string next) => new(FailureCode.NotAuthentic,
        Invariant($"another age file begins at {next}, in or behind chunk {number}: two files were joined"),
        "send them as two files, or in an archive; joined they cannot be verified");

    internal static Refusal Follows(string at) => new(FailureCode.NotAuthentic,
        $"bytes follow the last chunk of the age file, at {at}; what came before is kept",
        "ask the sender what was appended; age files cannot be joined");

    internal static Refusal Cut(long number, string at) => new(FailureCode.Truncated,
        Invariant($"the age file ends in chunk {number}, at {at}, before its last chunk{Kept(number)}"),
        "the upload was cut: ask the sender for a fresh copy");

    internal static Refusal EmptyEnd(long number, string at) => new(FailureCode.NotAuthentic,
        Invariant($"chunk {number} of the age file, at {at}, is empty, as no encoder ends a file"), AnotherCopy);

    static string Kept(long chunk) => chunk > 1 ? "; what came before is kept" : "";

    static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
