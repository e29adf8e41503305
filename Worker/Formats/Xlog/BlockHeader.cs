using System.Buffers.Binary;

namespace Decryptor.Worker.Formats.Xlog;

/// <summary>How the payload of a block is kept.</summary>
enum Packing
{
    /// <summary>The text as it is.</summary>
    Plain,

    /// <summary>One raw deflate stream that is never finished.</summary>
    Deflate,

    /// <summary>The same, cut into chunks with a length in front of each.</summary>
    ChunkedDeflate,

    /// <summary>One zstd frame that is never ended.</summary>
    Zstd,
}

/// <summary>
/// The front of a block, read from bytes that may be anything: <see cref="TryRead"/> says no unless magic and hours can
/// be those of a block. The length is only claimed; nobody may believe it before it is held against what follows.
/// </summary>
readonly record struct BlockHeader(byte Magic, ushort Sequence, uint Length)
{
    /// <summary>The shortest stretch on which anything can be said.</summary>
    internal const int Least = 9;

    /// <summary>The longest header.</summary>
    internal const int Longest = 73;

    /// <summary>The client's public key.</summary>
    internal const int KeyBytes = 64;

    /// <summary>The longest payload that the real encoder can write.</summary>
    internal const int LengthReal = 153_526;

    /// <summary>The longest that is believed, of a fork with a larger buffer, where all else fits.</summary>
    internal const int LengthMax = 1024 * 1024;

    internal const byte FirstMagic = 0x03;
    internal const byte LastMagic = 0x0D;

    const byte LastLegacyMagic = 0x05;

    internal int Size => Magic <= LastLegacyMagic ? 13 : Longest;

    /// <summary>
    /// Blocks of the async writer are counted from 1. One that is not counted and has no payload is nothing that an
    /// encoder writes, but what a lone byte among zeros looks like.
    /// </summary>
    internal bool IsCounted => Sequence != 0;

    internal bool Sealed => Magic is 0x07 or 0x0C;

    /// <summary>Plain text of an app that has a key: readable by anyone, which its owner may not know.</summary>
    internal bool KeyedPlain => Magic is 0x06 or 0x0A;

    internal Packing Packing => Magic switch
    {
        0x04 or 0x07 or 0x09 => Packing.Deflate,
        0x05 => Packing.ChunkedDeflate,
        0x0C or 0x0D => Packing.Zstd,
        _ => Packing.Plain,
    };

    internal static bool TryRead(ReadOnlySpan<byte> bytes, out BlockHeader header)
    {
        header = default;
        if (bytes.Length < Least || bytes[0] is < FirstMagic or > LastMagic) return false;
        if (bytes[3] > 23 || bytes[4] > 23) return false;
        header = new(bytes[0], BinaryPrimitives.ReadUInt16LittleEndian(bytes[1..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[5..]));
        return true;
    }

    /// <summary>The client's key in the block that begins with <paramref name="block"/>.</summary>
    internal static ReadOnlySpan<byte> ClientKey(ReadOnlySpan<byte> block) => block.Slice(Least, KeyBytes);
}
