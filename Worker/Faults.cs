using System.Globalization;
using Decryptor.Protocol;

namespace Decryptor.Worker;

/// <summary>
/// The upload, or the world around it, does not let the attempt go on: a code, what happened, and whose move it is. It
/// becomes the outcome; text that was delivered before it stays.
/// </summary>
sealed class Refusal(FailureCode code, string message, string hint) : Exception(message)
{
    internal FailureCode Code { get; } = code;

    internal string Hint { get; } = hint;
}

/// <summary>
/// Every refusal that does not belong to one format, in one place, so that the same thing is said the same way.
/// </summary>
static class Faults
{
    internal static Refusal Output(long limit) => new(FailureCode.LimitOutput,
        $"the text grew past the limit of {Bytes(limit)}; what came before is kept",
        "raise limits.outputBytesMax (--limit-output) if such files are wanted");

    internal static Refusal Ratio(int ratio, long input) => new(FailureCode.LimitRatio,
        $"the text grew past {ratio} times the {Bytes(input)} of the file; what came before is kept",
        "files like this are made to fill disks: raise limits.ratioMax (--limit-ratio) only if you trust the sender");

    internal static Refusal BlockRatio(long offset, long limit) => new(FailureCode.LimitRatio,
        $"the block at {offset} gives more than {Bytes(limit)} of text, which no logger writes",
        "files like this are made to fill disks; ask the sender where it comes from");

    internal static Refusal Truncated(string what, long at) => new(FailureCode.Truncated,
        $"the {what} ends in its middle, after {Bytes(at)}; what came before is kept",
        "the upload was cut: ask the sender for a fresh copy");

    internal static Refusal Damaged(string what) => new(FailureCode.Damaged,
        what, "ask the sender for another copy, sent as binary");

    internal static Refusal Name(long length, int limit) => new(FailureCode.LimitName,
        $"its name has {Bytes(length)}; the limit is {Bytes(limit)}", "rename the file before it is packed");

    internal static Refusal Unsafe(string why) => new(FailureCode.UnsafeMember,
        $"{why}; such members are never delivered", "ask who made the package");

    internal static Refusal Seconds(int limit) => new(FailureCode.LimitTime,
        $"the attempt took longer than its {limit} seconds; what came before is kept",
        "raise deadlines.jobSecondsMin (--limit-time) if such files are wanted");

    internal static Refusal Members(int limit) => new(FailureCode.LimitMembers,
        $"the package has more than {limit} members", "raise limits.membersMax (--limit-members), or send it in parts");

    internal static Refusal Depth(int limit) => new(FailureCode.LimitDepth,
        $"packages are nested deeper than {limit}", "unpack the outer layers and send what is inside");

    internal static Refusal NoInput(string why) => new(FailureCode.NoInput,
        $"the input cannot be opened: {why}", "see that the file is there and may be read");

    internal static Refusal Poison() => new(FailureCode.Poison,
        "its bytes are those of an upload that workers have died over, which is in quarantine; it was not opened",
        "see the failed jobs with that code; an operator can release them");

    internal static Refusal Reading(string why) => new(FailureCode.IoError,
        $"reading the input failed: {why}", "look at the disk and its journal, then try again");

    internal static Refusal Writing(IOException e) => IsFull(e)
        ? new(FailureCode.DiskFull, "there is no room left for the text; the part that was written is removed",
            "make room, then try again")
        : new(FailureCode.IoError, $"writing the text failed: {e.Message}",
            "look at the disk and its journal, then try again");

    internal static Refusal Empty() =>
        new(FailureCode.Empty, "the file has no bytes in it", "ask the sender to upload it again");

    internal static Refusal Unsupported(string what) => new(FailureCode.Unsupported,
        $"this is {what}, which this version cannot open",
        "open it yourself and send the logs inside, or use a newer version");

    internal static Refusal UnknownFormat(long size, ReadOnlySpan<byte> first) => new(FailureCode.UnknownFormat,
        $"{Bytes(size)} that are no format known here and no text{Scattered(first)}; they begin with {Hex(first)}",
        "ask the sender what made the file");

    internal static Refusal NoLog(string looks) => new(FailureCode.UnknownFormat,
        $"it looks like {looks}, which is no log", "ask the sender for the log itself");

    internal static Refusal NoMembers(string package) => new(FailureCode.Empty,
        $"{package} without a file in it: there is nothing to decrypt",
        "ask the sender to pack it again");

    internal static Refusal OnlyZeros(long size) => new(FailureCode.Damaged,
        $"all of the {Bytes(size)} are zero: a preallocated file, or one whose pages were lost",
        "ask the sender for another copy");

    internal static string Bytes(long count) =>
        count == 1 ? "1 byte" : string.Create(CultureInfo.InvariantCulture, $"{count} bytes");

    static bool IsFull(IOException e) => e.HResult is Libc.NoSpace or Libc.OverQuota;

    // Bytes of all values, about equally often, are what is left when order was taken out of a file.
    static string Scattered(ReadOnlySpan<byte> first)
    {
        if (first.Length < 1024) return "";
        Span<bool> seen = stackalloc bool[256];
        foreach (var b in first[..1024]) seen[b] = true;
        return seen.Count(true) > 240 ? " (it looks encrypted or compressed)" : "";
    }

    static string Hex(ReadOnlySpan<byte> first)
    {
        var shown = Convert.ToHexStringLower(first[..Math.Min(16, first.Length)]);
        return string.Join(' ', shown.Chunk(2).Select(pair => new string(pair)));
    }
}
