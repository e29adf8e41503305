using System.Buffers.Binary;

namespace Decryptor.Worker.Formats.Zip;

/// <summary>
/// Finds out where a member ends whose header does not tell, since it was written to a pipe: behind its bytes are its
/// CRC-32 and sizes, mostly with a mark (APPNOTE 4.3.9). A place is believed when the size there is the distance to it.
/// </summary>
sealed class Descriptors(Window window)
{
    const int Margin = 64;
    const int Look = 32 * 1024, LookLate = 1024;

    // A search may go to the end of the file for nothing; together they may do so a few times.
    long _left = 4 * window.Length + Look;
    long _nextHeader;

    /// <summary>
    /// The same entry with what was found. Where nothing is found, it reaches to the next header, or to the end.
    /// </summary>
    /// <param name="entry">Without sizes.</param>
    /// <param name="data">Where its bytes begin.</param>
    internal ZipEntry Complete(ZipEntry entry, long data)
    {
        _nextHeader = -1;
        for (var at = data; at < window.Length && (_left > 0 || _nextHeader < 0);)
        {
            // What stands before a mark counts as well, so the pieces overlap in front and behind.
            var from = Math.Max(data, at - Margin);
            var look = _left > 0 ? Look : LookLate;
            var some = window.From(from, look);
            some = some[..Math.Min(some.Length, look)];
            if (Search(some, from - data, entry) is { } told) return told;
            _left -= some.Length;
            at = from + some.Length < window.Length ? from + some.Length - Margin : window.Length;
        }

        // Bytes that were not compressed may be a package themselves; then a header in them says nothing.
        var end = _nextHeader < 0 || entry.Fields.Method == 0 ? window.Length : data + _nextHeader;
        return entry with { Packed = end - data, Crc = null };
    }

    /// <summary>Looks at a piece whose first byte is the member's <paramref name="first"/>-th.</summary>
    ZipEntry? Search(ReadOnlySpan<byte> some, long first, ZipEntry entry)
    {
        for (var place = Next(some, 0); place >= 0; place = Next(some, place + 2))
        {
            if (Told(some, place, first + place) is { } told)
            {
                _left -= place;
                return entry with { Packed = told.Packed, Size = told.Size, Crc = told.Crc };
            }

            var here = some[place..];
            if (_nextHeader < 0 && here.StartsWith("PK\x03\x04"u8) && LocalWalk.IsPlausible(here))
                _nextHeader = first + place;
        }

        return null;
    }

    static int Next(ReadOnlySpan<byte> some, int from)
    {
        var place = from >= some.Length ? -1 : some[from..].IndexOf("PK"u8);
        return place < 0 ? -1 : from + place;
    }

    /// <summary>What is told at a mark that lies <paramref name="distance"/> behind the member's first byte.</summary>
    static (uint Crc, long Packed, long Size)? Told(ReadOnlySpan<byte> some, int place, long distance)
    {
        var here = some[place..];
        if (here.StartsWith("PK\x07\x08"u8)) return Wide(here[4..], distance) ?? Narrow(here[4..], distance);
        if (!here.StartsWith("PK\x03\x04"u8) && !here.StartsWith("PK\x01\x02"u8)) return null;
        // Without a mark of its own it ends where the next part begins.
        if (place >= 12 && Narrow(some[(place - 12)..place], distance - 12) is { } narrow) return narrow;
        return place >= 20 ? Wide(some[(place - 20)..place], distance - 20) : null;
    }

    static (uint, long, long)? Narrow(ReadOnlySpan<byte> bytes, long packed)
    {
        if (bytes.Length < 12 || BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]) != packed) return null;
        return (BinaryPrimitives.ReadUInt32LittleEndian(bytes), packed,
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]));
    }

    static (uint, long, long)? Wide(ReadOnlySpan<byte> bytes, long packed)
    {
        if (bytes.Length < 20 || BinaryPrimitives.ReadInt64LittleEndian(bytes[4..]) != packed) return null;
        return (BinaryPrimitives.ReadUInt32LittleEndian(bytes), packed,
            BinaryPrimitives.ReadInt64LittleEndian(bytes[12..]));
    }
}
