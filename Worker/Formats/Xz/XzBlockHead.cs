using System.Buffers.Binary;
using Decryptor.Worker.Formats.Lzma;

namespace Decryptor.Worker.Formats.Xz;

/// <summary>What the header of a block says (xz-file-format.txt 3.1).</summary>
/// <param name="Bytes">Its own length.</param>
/// <param name="Packed">Bytes of the block before they are decompressed; null where it does not say.</param>
/// <param name="Size">Bytes that come out; null where it does not say.</param>
/// <param name="Window">The byte that tells LZMA2's window.</param>
/// <param name="Deltas">The distances of the delta filters, from the text inwards.</param>
sealed record XzBlockHead(int Bytes, long? Packed, long? Size, byte Window, IReadOnlyList<int> Deltas)
{
    const int CrcBytes = 4, DeltaFilter = 3, Lzma2Filter = 0x21, Reserved = 0x3C, PackedTold = 0x40, SizeTold = 0x80;

    /// <summary>Consumes a header; its first byte is not 0.</summary>
    /// <exception cref="Refusal">It is cut, damaged, or asks for what is not known.</exception>
    internal static XzBlockHead Read(Lookahead outer, string what)
    {
        var at = outer.Position;
        var length = (outer.Peek(1)[0] + 1) * 4;
        var head = outer.Peek(length);
        if (head.Length < length) throw outer.BrokenOff(what);
        if (BinaryPrimitives.ReadUInt32LittleEndian(head[^CrcBytes..]) != Inflater.Crc(0, head[..^CrcBytes]))
            throw Faults.Damaged($"the checksum of the header of an xz block at {at} is wrong");
        var fields = head[1..^CrcBytes];
        if ((fields[0] & Reserved) != 0) throw Faults.Unsupported($"an xz file of a newer kind, at {at}");
        var read = Parse(fields, length) ?? throw Faults.Damaged($"the header of an xz block at {at} makes no sense");
        outer.Skip(length);
        return read;
    }

    static XzBlockHead? Parse(ReadOnlySpan<byte> fields, int length)
    {
        var flags = fields[0];
        var at = 1;
        long? packed = null, size = null;
        if ((flags & PackedTold) != 0 && (packed = XzNumber.Read(fields, ref at)) is null or 0) return null;
        if ((flags & SizeTold) != 0 && (size = XzNumber.Read(fields, ref at)) is null) return null;
        var deltas = new List<int>();
        byte? window = null;
        for (var left = (flags & 3) + 1; left > 0; left--)
        {
            var filter = XzNumber.Read(fields, ref at);
            var bytes = XzNumber.Read(fields, ref at);
            if (filter is null || bytes is null || bytes > fields.Length - at) return null;
            if (filter is not DeltaFilter and not Lzma2Filter)
                throw Faults.Unsupported($"an xz file made with the filter {filter:x}, as programs are packed");
            if (bytes != 1 || (filter == Lzma2Filter) != (left == 1)) return null;
            if (filter == Lzma2Filter) window = fields[at];
            else deltas.Add(fields[at] + 1);
            at++;
        }

        return fields[at..].IndexOfAnyExcept((byte)0) < 0 ? new(length, packed, size, window!.Value, deltas) : null;
    }

    /// <summary>The text of the block, whose bytes the lookahead stands at.</summary>
    internal Stream Open(Lookahead outer, Resources resources, string what)
    {
        Stream text = new Lzma2Stream(outer, Window, resources, null, what);
        foreach (var distance in Deltas.Reverse()) text = new DeltaStream(text, distance);
        return text;
    }
}

/// <summary>Numbers of one to nine bytes, seven bits in each.</summary>
static class XzNumber
{
    internal const int LongestBytes = 9;

    /// <summary>The number at a place, which moves behind it; null where there is none.</summary>
    internal static long? Read(ReadOnlySpan<byte> bytes, ref int at)
    {
        var value = 0L;
        for (var i = 0; i < LongestBytes && at < bytes.Length; i++)
        {
            var one = bytes[at++];
            value |= (long)(one & 0x7F) << (7 * i);
            if (one < 0x80) return one == 0 && i > 0 ? null : value;
        }

        return null;
    }
}
