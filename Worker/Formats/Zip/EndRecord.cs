using System.Buffers;
using System.Buffers.Binary;

namespace Decryptor.Worker.Formats.Zip;

/// <summary>
/// Where the directory is, told at the package's end (APPNOTE 4.3.14 to 4.3.16). It is looked for backwards, also where
/// something was put behind it.
/// </summary>
/// <param name="At">Where the directory ends: the record, or the one for wide numbers before it.</param>
/// <param name="End">Where the package ends.</param>
/// <param name="Count">How many members are claimed.</param>
/// <param name="Directory">Where the directory begins; -1 where no record of one can be seen.</param>
/// <param name="Shift">What has to be added to all offsets, since something was put before the package.</param>
sealed record EndRecord(long At, long End, long Count, long Directory, long Shift)
{
    /// <summary>How far back it is looked for.</summary>
    const int Reach = 1024 * 1024;

    // More than that many false ones are no accident.
    const int CandidatesMax = 4096;

    const uint WideMark = 0x06064B50, LocatorMark = 0x07064B50;
    const int FixedBytes = 22, LocatorBytes = 20, WideBytes = 56;

    /// <summary>Whether it is of one part of several.</summary>
    internal bool IsOfMany { get; private init; }

    /// <summary>The last one that makes sense; null where there is none.</summary>
    internal static EndRecord? Find(Seekable whole)
    {
        var room = ArrayPool<byte>.Shared.Rent(Reach);
        try
        {
            var from = Math.Max(0, whole.Length - Reach);
            var tail = room.AsSpan(0, whole.Read(from, room.AsSpan(0, Reach)));
            return FindIn(tail, from, whole);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(room);
        }
    }

    static EndRecord? FindIn(ReadOnlySpan<byte> tail, long from, Seekable whole)
    {
        var mark = "PK\x05\x06"u8;
        var (poor, seen) = ((EndRecord?)null, 0);
        for (var at = tail.LastIndexOf(mark); at >= 0 && seen < CandidatesMax; at = tail[..at].LastIndexOf(mark))
        {
            seen++;
            if (tail.Length - at < FixedBytes || Read(tail[at..], from + at, whole) is not { } record) continue;
            if (record.Directory >= 0 || record.IsOfMany) return record;
            poor ??= record;
        }

        return poor;
    }

    static EndRecord? Read(ReadOnlySpan<byte> record, long at, Seekable whole)
    {
        var end = at + FixedBytes + BinaryPrimitives.ReadUInt16LittleEndian(record[20..]);
        if (end > whole.Length) return null;
        Numbers narrow = new(at,
            BinaryPrimitives.ReadUInt16LittleEndian(record[10..]),
            BinaryPrimitives.ReadUInt32LittleEndian(record[12..]),
            BinaryPrimitives.ReadUInt32LittleEndian(record[16..]));
        var part = BinaryPrimitives.ReadUInt16LittleEndian(record[4..]);
        var numbers = Wide(whole, at) ?? narrow;
        return numbers.Located(whole, end) with { IsOfMany = part is not (0 or ushort.MaxValue) };
    }

    /// <summary>The record for wide numbers, which a locator before the narrow one points to.</summary>
    static Numbers? Wide(Seekable whole, long at)
    {
        Span<byte> locator = stackalloc byte[LocatorBytes];
        if (at < LocatorBytes || whole.Read(at - LocatorBytes, locator) < LocatorBytes) return null;
        if (BinaryPrimitives.ReadUInt32LittleEndian(locator) != LocatorMark) return null;
        var place = BinaryPrimitives.ReadInt64LittleEndian(locator[8..]);
        return WideAt(whole, place) ?? WideAt(whole, at - LocatorBytes - WideBytes);
    }

    static Numbers? WideAt(Seekable whole, long at)
    {
        Span<byte> record = stackalloc byte[WideBytes];
        if (at < 0 || at > whole.Length || whole.Read(at, record) < WideBytes) return null;
        if (BinaryPrimitives.ReadUInt32LittleEndian(record) != WideMark) return null;
        return new(at,
            BinaryPrimitives.ReadInt64LittleEndian(record[32..]),
            BinaryPrimitives.ReadInt64LittleEndian(record[40..]),
            BinaryPrimitives.ReadInt64LittleEndian(record[48..]));
    }

    readonly record struct Numbers(long At, long Count, long Size, long Offset)
    {
        // Where the size puts the directory is where it is even if the package was moved; else the offset decides.
        internal EndRecord Located(Seekable whole, long end)
        {
            if (Size == 0 && Count == 0) return new(At, end, 0, At, 0);
            var bySize = Size >= 0 && Size <= At ? At - Size : -1;
            if (IsDirectory(whole, bySize)) return new(At, end, Count, bySize, Offset < 0 ? 0 : bySize - Offset);
            return new(At, end, Count, IsDirectory(whole, Offset) && Offset < At ? Offset : -1, 0);
        }
    }

    static bool IsDirectory(Seekable whole, long at) => ZipMark.Is(whole, at, ZipEntry.RecordMark);
}

/// <summary>The four bytes that every part of a package begins with.</summary>
static class ZipMark
{
    internal static bool Is(Seekable whole, long at, uint mark)
    {
        Span<byte> bytes = stackalloc byte[4];
        return at >= 0 && at <= whole.Length && whole.Read(at, bytes) == 4
            && BinaryPrimitives.ReadUInt32LittleEndian(bytes) == mark;
    }
}
