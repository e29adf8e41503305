using System.Runtime.CompilerServices;

namespace Decryptor.Worker.Formats.Deflate;

/// <summary>
/// An entry of a <see cref="CodeTable"/>, from its lowest bit: 8 bits, how many bits of the stream it uses in all; 4
/// bits, how many of them are the code, the others being a number that is added to the value; 3 bits of marks; 15 bits,
/// its value; 1 bit that says that the value is a literal.
/// </summary>
static class CodeEntry
{
    /// <summary>The value is a byte of text.</summary>
    internal const uint Literal = 1u << 31;

    /// <summary>Neither a literal nor a length or distance.</summary>
    internal const uint Special = 1 << 15;

    /// <summary>Special: the value is where a second table begins, its code bits those that index it.</summary>
    internal const uint IsSecond = 1 << 14;

    /// <summary>Special: the block ends.</summary>
    internal const uint IsEnd = 1 << 13;

    /// <summary>Special and nothing else: no encoder writes this.</summary>
    internal const uint Meaningless = Special;

    internal const int ValueShift = 16;
    internal const int CodeShift = 8;

    /// <summary>The 288 symbols of the first code (RFC 1951, 3.2.5): literals, the end, lengths.</summary>
    internal static uint[] LengthMeanings { get; } =
        [.. Enumerable.Range(0, 256).Select(value => Literal | (uint)value << ValueShift), Special | IsEnd,
            .. Enumerable.Range(0, 28).Select(LengthOf), 258u << ValueShift, Meaningless, Meaningless];

    /// <summary>The 32 symbols of the second code: distances.</summary>
    internal static uint[] DistanceMeanings { get; } =
        [.. Enumerable.Range(0, 30).Select(DistanceOf), Meaningless, Meaningless];

    /// <summary>
    /// The 19 symbols of the code in which the lengths of the other two are written. Their values are how often a
    /// length comes, and above <see cref="RunShift"/> which, <see cref="RunOfLast"/> for the one before.
    /// </summary>
    internal static uint[] HeaderMeanings { get; } =
        [.. Enumerable.Range(0, 16).Select(length => RunOf(length, 1, 0)), RunOf(RunOfLast, 3, 2), RunOf(0, 3, 3),
            RunOf(0, 11, 7)];

    internal const int RunShift = 8;
    internal const int RunOfLast = 16;

    /// <summary>
    /// What a bit means where that code has no symbol at all: one length of zero, as zlib reads it. So the head ends,
    /// if only to be found without an end of the block.
    /// </summary>
    internal const uint NoHeader = 1u << ValueShift;

    /// <summary>The value is a byte of text.</summary>
    internal static bool IsLiteral(uint entry) => (int)entry < 0;

    /// <summary>What a literal stands for.</summary>
    internal static byte Byte(uint entry) => (byte)(entry >> ValueShift);

    internal static uint Of(uint meaning, int codeBits) => meaning + (uint)(codeBits | codeBits << CodeShift);

    internal static uint Second(int start, int bits, int rootBits) =>
        Special | IsSecond | (uint)start << ValueShift | (uint)bits << CodeShift | (uint)rootBits;

    /// <summary>What the entry stands for, with the bits that follow its code.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static uint Value(uint entry, ulong bits) =>
        (entry >> ValueShift) + ((uint)(bits & ((1ul << (byte)entry) - 1)) >> (int)(entry >> CodeShift & 0xF));

    /// <summary>Where the entry in the second table is, by the bits behind those of the first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static uint InSecond(uint entry, ulong bits) =>
        (entry >> ValueShift) + ((uint)bits & ((1u << (int)(entry >> CodeShift & 0xF)) - 1));

    static uint RunOf(int length, int least, int extra) =>
        (uint)(length << RunShift | least) << ValueShift | (uint)extra;

    // Four symbols for each number of further bits; the first eight have none.
    static uint LengthOf(int symbol)
    {
        var extra = Math.Max(0, symbol / 4 - 1);
        var first = symbol < 8 ? symbol : (4 + symbol % 4) << extra;
        return (uint)(first + 3) << ValueShift | (uint)extra;
    }

    // Two symbols for each number of further bits; the first four have none.
    static uint DistanceOf(int symbol)
    {
        var extra = Math.Max(0, symbol / 2 - 1);
        var first = symbol < 4 ? symbol : (2 + symbol % 2) << extra;
        return (uint)(first + 1) << ValueShift | (uint)extra;
    }
}
