namespace Decryptor.Worker.Formats.Bzip2;

/// <summary>Codes of at most 20 bits, the shorter ones first (bzip2's canonical order).</summary>
sealed class HuffmanTable
{
    internal const int LongestCode = 20;

    readonly int[] _limits = new int[LongestCode + 2];
    readonly int[] _bases = new int[LongestCode + 2];
    readonly ushort[] _symbols = new ushort[258];

    /// <param name="lengths">The length of each symbol's code, 1 to 20.</param>
    internal void Make(ReadOnlySpan<byte> lengths)
    {
        var (code, index) = (0, 0);
        for (var bits = 1; bits <= LongestCode; bits++)
        {
            _bases[bits] = index - code;
            for (var symbol = 0; symbol < lengths.Length; symbol++)
            {
                if (lengths[symbol] != bits) continue;
                _symbols[index++] = (ushort)symbol;
                code++;
            }

            // Left-aligned: a code of so many bits is smaller than this.
            _limits[bits] = code << (LongestCode - bits);
            code <<= 1;
        }
    }

    /// <summary>The next symbol; -1 where no code is so.</summary>
    internal int Next(BitSource bits)
    {
        var next = (int)bits.Peek(LongestCode);
        for (var length = 1; length <= LongestCode; length++)
        {
            if (next >= _limits[length]) continue;
            bits.Take(length);
            var index = (next >> (LongestCode - length)) + _bases[length];
            return (uint)index < (uint)_symbols.Length ? _symbols[index] : -1;
        }

        return -1;
    }
}
