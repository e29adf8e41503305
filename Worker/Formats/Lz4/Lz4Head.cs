using System.Buffers.Binary;
using Decryptor.Protocol;

namespace Decryptor.Worker.Formats.Lz4;

/// <summary>What the header of a frame says.</summary>
/// <param name="Flags">The first byte behind the mark.</param>
/// <param name="BlockMax">Bytes that a block gives at most.</param>
/// <param name="Size">Bytes that the frame gives; null where it does not say.</param>
readonly record struct Lz4Head(byte Flags, int BlockMax, ulong? Size)
{
    const int Fixed = 6, Dictionary = 1, Reserved = 2, ContentSum = 4, SizeTold = 8, BlockSums = 16, Alone = 32;

    internal bool IsLinked => (Flags & Alone) == 0;

    internal bool HasBlockSums => (Flags & BlockSums) != 0;

    internal bool HasContentSum => (Flags & ContentSum) != 0;

    /// <summary>Consumes a header that begins with the mark.</summary>
    /// <exception cref="Refusal">It is cut, damaged, or of another version.</exception>
    internal static Lz4Head Read(Lookahead outer, string what)
    {
        var at = outer.Position;
        var first = outer.Peek(Fixed);
        if (first.Length < Fixed) throw outer.BrokenOff(what);
        var (flags, sizes) = (first[4], first[5]);
        var length = Fixed + ((flags & SizeTold) != 0 ? 8 : 0) + ((flags & Dictionary) != 0 ? 4 : 0) + 1;
        var head = outer.Peek(length);
        if (head.Length < length) throw outer.BrokenOff(what);
        if ((byte)(XxHash32.Of(head[4..^1]) >> 8) != head[^1])
            throw Faults.Damaged($"the checksum of the lz4 header at {at} is wrong");
        var code = sizes >> 4;
        if (flags >> 6 != 1 || (flags & Reserved) != 0 || (sizes & 0x8F) != 0 || code < 4)
            throw Faults.Unsupported($"an lz4 frame of another version, at {at}");
        if ((flags & Dictionary) != 0)
            throw new Refusal(FailureCode.Unsupported, "the lz4 frame was made with a dictionary, not known here",
                "decompress it yourself and send what is inside");
        var size = (flags & SizeTold) != 0 ? BinaryPrimitives.ReadUInt64LittleEndian(head[Fixed..]) : (ulong?)null;
        outer.Skip(length);
        return new(flags, 1 << (8 + 2 * code), size);
    }
}
