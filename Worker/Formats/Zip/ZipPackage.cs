using Decryptor.Protocol;

namespace Decryptor.Worker.Formats.Zip;

/// <summary>
/// zip (PKWARE's APPNOTE 6.3). The directory at the end says what is in it; where that is missing or wrong, the members
/// are found by their own headers. Claimed numbers are held against what is there before anything is read by them.
/// </summary>
static class ZipPackage
{
    const string What = "zip archive";

    /// <summary>A member, the end of an empty package, or the mark of one that was to be split.</summary>
    internal static bool Begins(ReadOnlySpan<byte> first) => first.StartsWith("PK\x03\x04"u8)
        || first.StartsWith("PK\x05\x06"u8) || first.StartsWith("PK\x07\x08PK\x03\x04"u8)
        || first.StartsWith("PK00PK\x03\x04"u8);

    internal static IEnumerable<Member> Open(Lookahead outer, Resources resources, Findings findings)
    {
        using var whole = resources.Seek(outer);
        var end = EndRecord.Find(whole);
        if (IsPart(whole, end)) throw Faults.Unsupported("one part of a zip archive that was split");
        var directory = end is null ? null : CentralDirectory.Read(whole, end, resources.Limits.Members);
        var isWhole = directory is not null && IsWhole(whole, end!, directory, findings);
        var walk = new LocalWalk(whole, directory?.Entries ?? [], resources.Budget, findings);
        var entries = isWhole ? directory!.Entries : walk.Entries();
        var members = new ZipMembers(whole, resources);
        foreach (var entry in entries) yield return members.Of(entry);
        if (outer.Trouble is not null) throw outer.Trouble;
        if (end is null) throw Cut(whole.Length);
        if (!directory!.IsWhole) throw Broken(end);
    }

    static bool IsPart(Seekable whole, EndRecord? end) =>
        end is null ? ZipMark.Is(whole, 0, 0x08074B50) : end.IsOfMany;

    /// <summary>Whether the directory tells of all that is there; else the members are looked for.</summary>
    static bool IsWhole(Seekable whole, EndRecord end, CentralDirectory directory, Findings findings)
    {
        if (whole.Length > end.End)
            findings.Warn($"{whole.Length - end.End} bytes follow the {What} at {end.End}; they are not part of it");
        if (!directory.IsWhole) return false;

        // Writers from before wide numbers let the count overflow.
        if ((ushort)directory.Count != (ushort)end.Count)
            findings.Warn($"the directory claims {end.Count} members and lists {directory.Count}");
        if (directory.First <= FirstMember(whole)) return true;
        findings.Warn("members lie before those that the directory lists; all were looked for");
        return false;
    }

    static long FirstMember(Seekable whole)
    {
        if (ZipMark.Is(whole, 0, ZipEntry.LocalMark)) return 0;
        return ZipMark.Is(whole, 4, ZipEntry.LocalMark) ? 4 : long.MaxValue;
    }

    static Refusal Cut(long length) => new(FailureCode.Truncated,
        $"the {What} ends after {length} bytes without its directory: members may be missing; those found are given",
        "the upload was cut: ask the sender for a fresh copy");

    static Refusal Broken(EndRecord end) => Faults.Damaged(
        $"the directory of the {What} before {end.At} is damaged: members may be missing; those found are given");
}
