using System.Buffers.Binary;

namespace Decryptor.Worker.Formats.Logan;

/// <summary>
/// The head of the buffer file <c>logan.mmap2</c>: 0D, the length of a JSON text in 16 bits, the text with its NUL, 0E,
/// and in 24 bits how many bytes of blocks follow; both little-endian. What lies behind those is stale.
/// </summary>
readonly record struct CacheHead(int Size, int Content)
{
    const byte First = 0x0D, Second = 0x0E;
    const int TextMax = 4096;
    const int Before = 3, Behind = 4;

    internal static bool TryRead(ReadOnlySpan<byte> rest, out CacheHead head)
    {
        head = default;
        if (rest.Length < Before || rest[0] != First) return false;
        var text = BinaryPrimitives.ReadUInt16LittleEndian(rest[1..]);
        var size = Before + text + Behind;
        if (text is 0 or > TextMax || rest.Length < size) return false;
        if (!rest[Before..].StartsWith("{\"logan_version\":"u8) || rest[Before + text] != Second) return false;
        var total = rest[(Before + text + 1)..];
        head = new(size, total[0] | (total[1] << 8) | (total[2] << 16));
        return true;
    }
}
