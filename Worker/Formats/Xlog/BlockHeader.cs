using System.Buffers.Binary;
using Decryptor.Protocol;

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
    /// <summary>The local hour in which the block was opened, 0 to 23.</summary>
    internal byte BeginHour { get; init; }

    /// <summary>The local hour in which it was written to the file.</summary>
    internal byte EndHour { get; init; }

    /// <summary>
    /// The hours in which its lines may have been written: a line is stamped before its block is opened, and a block
    /// that a crash left behind names only the hour of its beginning. The writer flushes every quarter of an hour.
    /// </summary>
    internal HourSet Written => HourSet.Between(BeginHour, EndHour).Widened();

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
    const byte LastHour = 23;
    const int BytesThatShow = 64;

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
        if (bytes[3] > LastHour || bytes[4] > LastHour) return false;
        header = Read(bytes, bytes[0]);
        return true;
    }

    /// <summary>
    /// The header of a block of <paramref name="client"/>, whose key is in it, with all that can be known mended; and
    /// in words what was wrong, or null. Plain text shows itself; hours that are none are taken for the other one.
    /// </summary>
    internal static BlockHeader Mend(ReadOnlySpan<byte> block, Client client, out string? wound)
    {
        var claimed = Read(block, block[0]);
        var read = claimed with { Magic = MagicOf(block, claimed, client) };
        wound = read.Magic == block[0] ? null : $"begins with {block[0]:x2} where {read.Magic:x2} should be";
        if (read.BeginHour <= LastHour && read.EndHour <= LastHour) return read;
        wound ??= $"claims the hours {read.BeginHour} to {read.EndHour}";
        var hour = Math.Min(read.BeginHour, read.EndHour);
        return read with { BeginHour = Math.Min(hour, LastHour), EndHour = Math.Min(hour, LastHour) };
    }

    // The key of a sealed session is its own, so its blocks have its two magics; the field of others is left from
    // whatever was in memory, and may be the same in sessions of another kind.
    static byte MagicOf(ReadOnlySpan<byte> block, BlockHeader claimed, Client client)
    {
        var open = client.Counted is not (0x07 or 0x0C);
        if (open && claimed.Magic is > LastLegacyMagic and <= LastMagic) return claimed.Magic;
        var usual = claimed.IsCounted ? client.Counted : UncountedBeside(client.Counted);
        if (claimed.Magic == usual) return usual;
        var shown = claimed.Length == 0 ? BytesThatShow : Math.Min(BytesThatShow, claimed.Length);
        var payload = block[Longest..(int)Math.Min(block.Length, Longest + shown)];
        return Stretch.IsText(payload) ? UncountedBeside(client.Counted) : client.Counted;
    }

    /// <summary>The magic of the counted blocks of a session whose single lines have this one.</summary>
    internal static byte CountedBeside(byte magic) => magic switch
    {
        0x06 => 0x07,
        0x08 => 0x09,
        0x0A => 0x0C,
        0x0B => 0x0D,
        _ => magic,
    };

    static byte UncountedBeside(byte magic) => magic switch
    {
        0x07 => 0x06,
        0x09 => 0x08,
        0x0C => 0x0A,
        0x0D => 0x0B,
        _ => magic,
    };

    static BlockHeader Read(ReadOnlySpan<byte> bytes, byte magic) => new(magic,
        BinaryPrimitives.ReadUInt16LittleEndian(bytes[1..]), BinaryPrimitives.ReadUInt32LittleEndian(bytes[5..]))
    {
        BeginHour = bytes[3],
        EndHour = bytes[4],
    };

    /// <summary>The client's key in the block that begins with <paramref name="block"/>.</summary>
    internal static ReadOnlySpan<byte> ClientKey(ReadOnlySpan<byte> block) => block.Slice(Least, KeyBytes);
}
