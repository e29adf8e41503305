namespace Decryptor.Worker.Formats.Xlog;

/// <summary>
/// Where blocks are, judged by nothing but headers, lengths and end bytes. There is no checksum in the format, so a
/// block is believed when four things agree: magic, hours, an end byte where the length says, and behind it another
/// header, zeros or the end of the file.
/// </summary>
static class Framing
{
    const int ZerosThatPad = BlockHeader.Longest;

    /// <summary>
    /// Whether <paramref name="rest"/>, which reaches to the end of the file or as far as one can look, begins with a
    /// block whose frame is whole.
    /// </summary>
    internal static bool IsWhole(ReadOnlySpan<byte> rest) =>
        BlockHeader.TryRead(rest, out var header) && IsWhole(rest, header);

    internal static bool IsWhole(ReadOnlySpan<byte> rest, BlockHeader header)
    {
        if (header.Length > BlockHeader.LengthMax || (header.Length == 0 && !header.IsCounted)) return false;
        var end = header.Size + (int)header.Length;
        return end < rest.Length && rest[end] == 0 && IsBoundary(rest[(end + 1)..]);
    }

    /// <summary>Whether another block, padding or the end of the file may begin here.</summary>
    internal static bool IsBoundary(ReadOnlySpan<byte> rest)
    {
        if (rest.IsEmpty) return true;
        if (rest[0] == 0) return rest[..Math.Min(ZerosThatPad, rest.Length)].IndexOfAnyExcept((byte)0) < 0;
        if (rest.Length < BlockHeader.Least) return rest[0] is >= BlockHeader.FirstMagic and <= BlockHeader.LastMagic;
        return BlockHeader.TryRead(rest, out var next) && next.Length <= BlockHeader.LengthMax;
    }

    /// <summary>The first whole block; -1 for none.</summary>
    internal static int First(ReadOnlySpan<byte> rest)
    {
        for (var at = 0; (at = NextMagic(rest, at, rest.Length)) >= 0; at++)
            if (IsWhole(rest[at..])) return at;
        return -1;
    }

    /// <summary>The next byte that may be a magic; -1 for none before <paramref name="to"/>.</summary>
    internal static int NextMagic(ReadOnlySpan<byte> rest, int from, int to)
    {
        if (from >= to) return -1;
        var found = rest[from..to].IndexOfAnyInRange(BlockHeader.FirstMagic, BlockHeader.LastMagic);
        return found < 0 ? -1 : from + found;
    }
}
