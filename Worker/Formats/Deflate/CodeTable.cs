using System.Numerics;
using System.Runtime.Intrinsics;

namespace Decryptor.Worker.Formats.Deflate;

/// <summary>
/// One Huffman code of a deflate block as a table: the next bits of the stream index an entry, which says at once what
/// they mean and how many of them are used. Codes longer than the table's root go on in a second table behind it.
/// </summary>
/// <param name="meanings">
/// What each symbol means, as an entry without the length of its code, see <see cref="CodeEntry"/>.
/// </param>
/// <param name="rootMax">The most bits that index the first table.</param>
/// <param name="room">
/// Entries: as many as the worst complete code of so many symbols needs with such a root.
/// </param>
/// <param name="nothing">What any bit means where no symbol has a code.</param>
sealed class CodeTable(uint[] meanings, int rootMax, int room, uint nothing = CodeEntry.Meaningless)
{
    /// <summary>The longest code that deflate has.</summary>
    internal const int LengthMax = 15;

    readonly uint[] _entries = new uint[room];
    readonly ushort[] _sorted = new ushort[meanings.Length];

    /// <summary>The first table of <c>1 &lt;&lt; Root</c> entries, and the second ones behind it.</summary>
    internal uint[] Entries => _entries;

    /// <summary>Bits that index the first table.</summary>
    internal int Root { get; private set; }

    /// <summary>
    /// Takes up another code: <paramref name="lengths"/> has the length of each symbol's code, 0 for none, and
    /// <paramref name="counts"/> how many symbols have each length. False where they make no code: too many, or too few
    /// unless <paramref name="mayBeSingle"/> allows a code of one bit, of which only half has a meaning.
    /// </summary>
    internal bool Take(ReadOnlySpan<byte> lengths, ReadOnlySpan<ushort> counts, bool mayBeSingle)
    {
        var longest = LengthMax;
        while (longest > 0 && counts[longest] == 0) longest--;
        if (longest == 0) return TakeNothing();
        var left = Left(counts);
        if (left < 0 || (left > 0 && !(mayBeSingle && longest == 1))) return false;
        Sort(lengths, counts);
        Root = Math.Min(rootMax, longest);
        if (left > 0) _entries[1] = CodeEntry.Of(CodeEntry.Meaningless, 1);
        var (reversed, used) = FillRoot(counts);
        return longest <= Root || FillSecond(counts, reversed, used, longest);
    }

    /// <summary>How many symbols have each length.</summary>
    internal static void Count(ReadOnlySpan<byte> lengths, Span<ushort> counts)
    {
        counts.Clear();
        foreach (var length in lengths) counts[length]++;
    }

    // Codes that are left over when each symbol has its own; below 0, there are not enough.
    static int Left(ReadOnlySpan<ushort> counts)
    {
        var left = 1;
        for (var length = 1; length <= LengthMax; length++)
        {
            left = (left << 1) - counts[length];
            if (left < 0) break;
        }

        return left;
    }

    bool TakeNothing()
    {
        Root = 1;
        _entries.AsSpan(0, 2).Fill(CodeEntry.Of(nothing, 1));
        return true;
    }

    // By the length of their codes. Of the symbols of a short block most have none: those are passed by sixteens.
    void Sort(ReadOnlySpan<byte> lengths, ReadOnlySpan<ushort> counts)
    {
        Span<ushort> next = stackalloc ushort[LengthMax + 1];
        next[1] = 0;
        for (var length = 1; length < LengthMax; length++) next[length + 1] = (ushort)(next[length] + counts[length]);
        var symbol = 0;
        for (; symbol + Vector128<byte>.Count <= lengths.Length; symbol += Vector128<byte>.Count)
        {
            var zeros = Vector128.Equals(Vector128.Create(lengths[symbol..]), Vector128<byte>.Zero);
            for (var some = ~zeros.ExtractMostSignificantBits() & 0xFFFF; some != 0; some &= some - 1)
            {
                var one = symbol + BitOperations.TrailingZeroCount(some);
                _sorted[next[lengths[one]]++] = (ushort)one;
            }
        }

        for (; symbol < lengths.Length; symbol++)
            if (lengths[symbol] is > 0 and var length) _sorted[next[length]++] = (ushort)symbol;
    }

    // Every code is written once, at the size that its length needs; then the table is doubled by a copy, which is what
    // makes a table of a thousand entries cost little more than the codes in it. Most blocks of a log are so short that
    // their tables cost as much as their text.
    (int Reversed, int Used) FillRoot(ReadOnlySpan<ushort> counts)
    {
        var (reversed, used) = (0, 0);
        for (var length = 1; length <= Root; length++)
        {
            for (var i = counts[length]; i > 0; i--, used++)
            {
                _entries[reversed] = CodeEntry.Of(meanings[_sorted[used]], length);
                reversed = Next(reversed, length);
            }

            if (length < Root) _entries.AsSpan(0, 1 << length).CopyTo(_entries.AsSpan(1 << length));
        }

        return (reversed, used);
    }

    bool FillSecond(ReadOnlySpan<ushort> counts, int reversed, int used, int longest)
    {
        var (mask, prefix, start, bits) = ((1 << Root) - 1, -1, 0, 0);
        var end = 1 << Root;
        for (var length = Root + 1; length <= longest; length++)
        {
            for (var i = counts[length]; i > 0; i--, used++)
            {
                if ((reversed & mask) != prefix)
                {
                    (prefix, start, bits) = (reversed & mask, end, SecondBits(counts, length, i, longest));
                    end += 1 << bits;
                    if (end > _entries.Length) return false;
                    _entries[prefix] = CodeEntry.Second(start, bits, Root);
                }

                var entry = CodeEntry.Of(meanings[_sorted[used]], length - Root);
                for (var at = reversed >> Root; at < 1 << bits; at += 1 << (length - Root))
                    _entries[start + at] = entry;
                reversed = Next(reversed, length);
            }
        }

        return true;
    }

    // As many bits as the codes under one prefix need, of which the first has this length and left others follow.
    int SecondBits(ReadOnlySpan<ushort> counts, int length, int left, int longest)
    {
        var bits = length - Root;
        var free = (1 << bits) - left;
        while (free > 0 && bits + Root < longest)
        {
            bits++;
            free = (free << 1) - counts[bits + Root];
        }

        return bits;
    }

    // Codes count upwards from their highest bit, and the stream has that bit first: the highest that is not set is,
    // and those above it are no more.
    static int Next(int reversed, int length)
    {
        var unset = (uint)(~reversed & ((1 << length) - 1));
        if (unset == 0) return 0;
        var highest = 1 << BitOperations.Log2(unset);
        return (reversed & (highest - 1)) | highest;
    }
}
