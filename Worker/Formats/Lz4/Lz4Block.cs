using System.Buffers.Binary;

namespace Decryptor.Worker.Formats.Lz4;

/// <summary>
/// One compressed block (lz4_Block_format.md): literals and copies of what precedes, by turns. What was written before
/// the bytes end, or before they make no sense, is good.
/// </summary>
static class Lz4Block
{
    const int ShortestCopy = 4, Long = 15;

    /// <summary>Decodes behind what is there.</summary>
    /// <param name="packed">The block, or as much of it as is there.</param>
    /// <param name="room">What precedes, and behind it the room for as much as a block may give.</param>
    /// <param name="at">Where the room begins; becomes where what was given ends.</param>
    /// <returns>Whether the block ended where a block may end.</returns>
    internal static bool Decode(ReadOnlySpan<byte> packed, Span<byte> room, ref int at)
    {
        var from = 0;
        while (from < packed.Length)
        {
            var token = packed[from++];
            if (!Length(packed, ref from, token >> 4, out var literals)) return false;
            var some = (int)Math.Min(literals, Math.Min(packed.Length - from, room.Length - at));
            packed.Slice(from, some).CopyTo(room[at..]);
            (from, at) = (from + some, at + some);
            if (some < literals) return false;
            if (from == packed.Length) return true;
            if (packed.Length - from < 2) return false;
            var distance = BinaryPrimitives.ReadUInt16LittleEndian(packed[from..]);
            from += 2;
            if (distance == 0 || distance > at) return false;
            if (!Length(packed, ref from, token & Long, out var copied)) return false;
            if (!Copy(room, ref at, distance, copied + ShortestCopy)) return false;
        }

        return false;
    }

    static bool Length(ReadOnlySpan<byte> packed, ref int from, int four, out long length)
    {
        length = four;
        if (four < Long) return true;
        while (from < packed.Length)
        {
            var more = packed[from++];
            length += more;
            if (more < byte.MaxValue) return true;
        }

        return false;
    }

    static bool Copy(Span<byte> room, ref int at, int distance, long length)
    {
        var fits = length <= room.Length - at;
        var left = fits ? (int)length : room.Length - at;
        while (left > 0)
        {
            // What was just copied may be copied again: the stretch doubles.
            var some = Math.Min(left, distance);
            room.Slice(at - distance, some).CopyTo(room[at..]);
            (at, left, distance) = (at + some, left - some, distance + some);
        }

        return fits;
    }
}
