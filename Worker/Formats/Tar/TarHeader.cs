namespace Decryptor.Worker.Formats.Tar;

/// <summary>
/// A header block of 512 bytes: name 0, size 124, checksum 148, type 156, mark 257, prefix 345 (POSIX.1-1988 "ustar",
/// and the layouts before and beside it). Numbers are octal digits, or binary where the first bit is set (GNU).
/// </summary>
/// <param name="NameBytes">The name, with its prefix in front where the block has one.</param>
/// <param name="Size">Bytes of the member as the block claims them; never below 0.</param>
/// <param name="Type">What the member is; 0 in the oldest archives for a file.</param>
/// <param name="HasMark">Whether the block says that it is a header.</param>
sealed record TarHeader(byte[] NameBytes, long Size, char Type, bool HasMark)
{
    /// <summary>What everything in an archive is a multiple of.</summary>
    internal const int Block = 512;

    const int NameMax = 100, PrefixAt = 345, PrefixMax = 155;
    const int ModeAt = 100, SizeAt = 124, SumAt = 148, TypeAt = 156, MarkAt = 257, SparseMoreAt = 482;

    /// <summary>Whether a block of holes follows (old GNU sparse members).</summary>
    internal bool HasMoreHoles { get; private init; }

    /// <summary>The header in a block; null where there is none, or a damaged one.</summary>
    internal static TarHeader? Read(ReadOnlySpan<byte> block)
    {
        if (block.Length < Block || !IsSummed(block)) return null;
        var size = Number(block.Slice(SizeAt, 12));
        if (size < 0) return null;
        var mark = block[MarkAt..].StartsWith("ustar"u8);
        return new(Name(block), size, (char)block[TypeAt], mark) { HasMoreHoles = block[SparseMoreAt] != 0 };
    }

    /// <summary>
    /// Whether a file that begins so is an archive: with a mark the sum is proof enough; without one (before 1988) the
    /// name and the mode must look like such, too.
    /// </summary>
    internal static bool Begins(ReadOnlySpan<byte> first)
    {
        if (Read(first) is not { } header) return false;
        if (header.HasMark) return true;
        var name = first[..NameMax];
        var text = name[..Length(name)];
        return text.Length > 0 && text.IndexOfAnyInRange((byte)0, (byte)0x1F) < 0
            && name[text.Length..].IndexOfAnyExcept((byte)0) < 0 && Number(first.Slice(ModeAt, 8)) >= 0;
    }

    static byte[] Name(ReadOnlySpan<byte> block)
    {
        var name = Text(block[..NameMax]);
        // Only with a zero byte behind it does the mark mean that there is a prefix; GNU has times there.
        var prefix = block[MarkAt..].StartsWith("ustar\0"u8) ? Text(block.Slice(PrefixAt, PrefixMax)) : default;
        return prefix.IsEmpty ? name.ToArray() : [.. prefix, (byte)'/', .. name];
    }

    static ReadOnlySpan<byte> Text(ReadOnlySpan<byte> field) => field[..Length(field)];

    static int Length(ReadOnlySpan<byte> field) => field.IndexOf((byte)0) is >= 0 and var end ? end : field.Length;

    // The sum of all bytes, its own field taken as blanks; some writers counted bytes as signed.
    static bool IsSummed(ReadOnlySpan<byte> block)
    {
        var claimed = Number(block.Slice(SumAt, 8));
        long plain = 0, signed = 0;
        for (var i = 0; i < Block; i++)
        {
            var b = i is >= SumAt and < SumAt + 8 ? (byte)' ' : block[i];
            plain += b;
            signed += (sbyte)b;
        }

        return claimed >= 0 && (claimed == plain || claimed == signed);
    }

    /// <summary>The number in a field, an empty one being 0; -1 where it is none that a file may have.</summary>
    static long Number(ReadOnlySpan<byte> field)
    {
        if ((field[0] & 0x80) != 0) return Binary(field);
        var digits = Text(field).Trim((byte)' ');
        var number = 0L;
        foreach (var digit in digits)
        {
            if (digit is < (byte)'0' or > (byte)'7') return -1;
            number = number << 3 | (uint)(digit - '0');
        }

        return number;
    }

    static long Binary(ReadOnlySpan<byte> field)
    {
        var number = field[0] & 0x7FL;
        foreach (var b in field[1..])
        {
            if (number > long.MaxValue >> 8) return -1;
            number = number << 8 | b;
        }

        return number;
    }
}
