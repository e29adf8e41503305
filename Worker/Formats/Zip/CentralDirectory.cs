using System.Buffers.Binary;

namespace Decryptor.Worker.Formats.Zip;

/// <summary>
/// The records of a package's directory, as far as they are there: the count that is claimed makes nothing and ends
/// nothing. Folders are left out.
/// </summary>
/// <param name="Entries">In the order of the directory; no more than one above the limit of members.</param>
/// <param name="First">The lowest place of a local header, folders included; the greatest number where none is.</param>
/// <param name="Count">How many records there were, folders included.</param>
/// <param name="IsWhole">Whether it was read to its end, or to the limit.</param>
sealed record CentralDirectory(IReadOnlyList<ZipEntry> Entries, long First, long Count, bool IsWhole)
{
    internal static CentralDirectory Read(Seekable whole, EndRecord end, int membersMax)
    {
        if (end.Directory < 0) return new([], long.MaxValue, 0, IsWhole: false);
        using var records = new Lookahead(whole.Part(end.Directory, end.At - end.Directory));
        var entries = new List<ZipEntry>();
        var (first, count, shift) = (long.MaxValue, 0L, (long?)null);
        while (entries.Count <= membersMax && Next(records) is { Length: > 0 } record)
        {
            shift ??= ShiftOf(record, end, whole);
            var entry = ZipEntry.OfRecord(record, end.Directory + records.Position, shift.Value);
            count++;
            first = Math.Min(first, entry.Local);
            if (!entry.IsFolder(LastOfName(record))) entries.Add(entry);
            records.Skip(record.Length);
        }

        Overlap.Mark(entries, end.Directory);
        return new(entries, first, count, entries.Count > membersMax || IsEnd(records.Peek(4)));
    }

    static ReadOnlySpan<byte> Next(Lookahead records)
    {
        var start = records.Peek(ZipEntry.RecordFixed);
        if (start.Length < ZipEntry.RecordFixed) return default;
        if (BinaryPrimitives.ReadUInt32LittleEndian(start) != ZipEntry.RecordMark) return default;
        var length = ZipEntry.RecordBytes(start);
        var record = records.Peek(length);
        return record.Length < length ? default : record;
    }

    // Some tools that put a program in front correct the offsets, others do not.
    static long ShiftOf(ReadOnlySpan<byte> record, EndRecord end, Seekable whole)
    {
        var moved = ZipEntry.OfRecord(record, 0, end.Shift);
        return end.Shift == 0 || ZipMark.Is(whole, moved.Local, ZipEntry.LocalMark) ? end.Shift : 0;
    }

    static byte LastOfName(ReadOnlySpan<byte> record)
    {
        var length = BinaryPrimitives.ReadUInt16LittleEndian(record[28..]);
        return length == 0 ? (byte)0 : record[ZipEntry.RecordFixed + length - 1];
    }

    // A signature, or one of the records of the end, may follow.
    static bool IsEnd(ReadOnlySpan<byte> next) =>
        next.IsEmpty || (next.StartsWith("PK"u8) && next.Length == 4 && next[2] is 5 or 6);
}

/// <summary>
/// Finds the members that claim the same bytes: the trick that makes petabytes of a small file. All such are marked;
/// one that claims more than there is takes nothing from the others, and is given what lies before the next.
/// </summary>
static class Overlap
{
    internal static void Mark(IReadOnlyList<ZipEntry> entries, long directory)
    {
        var inOrder = entries.OrderBy(one => one.Local).ToArray();
        var (reach, farthest) = (0L, (ZipEntry?)null);
        for (var i = 0; i < inOrder.Length; i++)
        {
            var entry = inOrder[i];
            if (farthest is not null && entry.Local < reach) entry.Overlaps = farthest.Overlaps = true;
            var end = EndOf(entry, directory);
            if (end > reach) (reach, farthest) = (end, entry);
            entry.Room = i + 1 < inOrder.Length && inOrder[i + 1].Local > entry.Local
                ? Math.Min(inOrder[i + 1].Local, Math.Max(directory, entry.Local))
                : Math.Max(directory, entry.Local);
        }
    }

    static long EndOf(ZipEntry entry, long directory)
    {
        var header = entry.Local + ZipEntry.LocalFixed;
        return entry.Packed > directory - header ? header : header + entry.Packed;
    }
}
