namespace Decryptor.Worker.Formats.Bzip2;

/// <summary>How the reading of a block ended.</summary>
enum BlockEnd
{
    Good,
    Cut,
    Wrong,
    Randomised,
}

/// <summary>
/// One block of bzip2: Huffman codes of a move-to-front list of a Burrows-Wheeler transform of run lengths, undone in
/// that order. A block comes out whole or not at all.
/// </summary>
sealed class Bzip2Block(int most)
{
    const int GroupSize = 50, SelectorsMax = 18_002, RunA = 0, RunB = 1;

    readonly uint[] _next = new uint[most];
    readonly byte[] _selectors = new byte[SelectorsMax];
    readonly HuffmanTable[] _tables = [.. Enumerable.Range(0, 6).Select(_ => new HuffmanTable())];
    readonly byte[] _used = new byte[256];
    int _symbols;
    int _count;
    int _selectorCount;
    uint _place;
    int _given;
    int _last;
    int _repeats;
    int _run;

    /// <summary>What the checksum of what comes out must be.</summary>
    internal uint Claimed { get; private set; }

    /// <summary>The checksum of what came out so far.</summary>
    internal uint Sum => ~_sum;

    uint _sum;

    /// <summary>Reads what follows a block's mark.</summary>
    internal BlockEnd Read(BitSource bits)
    {
        Claimed = bits.Take(32);
        var isRandomised = bits.Take(1) != 0;
        var origin = bits.Take(24);
        var end = ReadTables(bits) ? ReadSymbols(bits) : BlockEnd.Wrong;
        if (bits.Starved) return BlockEnd.Cut;
        if (end != BlockEnd.Good) return end;
        if (isRandomised) return BlockEnd.Randomised;
        if (origin >= _count) return _count == 0 && origin == 0 ? Begin(0) : BlockEnd.Wrong;
        return Begin(origin);
    }

    /// <summary>Gives what is in it; 0 at its end.</summary>
    internal int Give(Span<byte> buffer)
    {
        var done = 0;
        while (done < buffer.Length)
        {
            if (_run > 0)
            {
                var some = Math.Min(_run, buffer.Length - done);
                buffer.Slice(done, some).Fill((byte)_last);
                (_run, done) = (_run - some, done + some);
                continue;
            }

            if (_given == _count) break;
            _place = _next[_place];
            var next = (byte)_place;
            (_place, _given) = (_place >> 8, _given + 1);
            if (_repeats == 4)
            {
                (_run, _repeats) = (next, 0);
                continue;
            }

            _repeats = next == _last ? _repeats + 1 : 1;
            _last = next;
            buffer[done++] = next;
        }

        _sum = Crc(_sum, buffer[..done]);
        return done;
    }

    bool ReadTables(BitSource bits)
    {
        ReadUsed(bits);
        var tables = (int)bits.Take(3);
        var selectors = (int)bits.Take(15);
        if (_symbols == 0 || tables is < 2 or > 6 || selectors == 0) return false;
        Span<byte> order = [0, 1, 2, 3, 4, 5];
        for (var i = 0; i < selectors && !bits.Starved; i++)
        {
            var place = 0;
            while (bits.Take(1) != 0)
                if (++place >= tables) return false;
            var chosen = order[place];
            order[..place].CopyTo(order[1..]);
            order[0] = chosen;
            // Some writers leave more than a block can use; they are never looked at.
            if (i < SelectorsMax) _selectors[i] = chosen;
        }

        _selectorCount = Math.Min(selectors, SelectorsMax);
        for (var i = 0; i < tables; i++)
            if (!ReadLengths(bits, _tables[i])) return false;
        return true;
    }

    void ReadUsed(BitSource bits)
    {
        _symbols = 0;
        var ranges = bits.Take(16);
        for (var range = 0; range < 16; range++)
        {
            if ((ranges & 0x8000u >> range) == 0) continue;
            var some = bits.Take(16);
            for (var i = 0; i < 16; i++)
                if ((some & 0x8000u >> i) != 0) _used[_symbols++] = (byte)(16 * range + i);
        }
    }

    bool ReadLengths(BitSource bits, HuffmanTable table)
    {
        Span<byte> lengths = stackalloc byte[_symbols + 2];
        var length = (int)bits.Take(5);
        foreach (ref var one in lengths)
        {
            while (true)
            {
                if (length is < 1 or > HuffmanTable.LongestCode || bits.Starved) return false;
                if (bits.Take(1) == 0) break;
                length += bits.Take(1) == 0 ? 1 : -1;
            }

            one = (byte)length;
        }

        table.Make(lengths);
        return true;
    }

    BlockEnd ReadSymbols(BitSource bits)
    {
        Span<byte> front = stackalloc byte[256];
        _used.AsSpan(0, _symbols).CopyTo(front);
        var (group, left, run, weight) = (-1, 0, 0, 1);
        HuffmanTable table = _tables[0];
        _count = 0;
        while (!bits.Starved)
        {
            if (left-- == 0)
            {
                if (++group >= _selectorCount) return BlockEnd.Wrong;
                (table, left) = (_tables[_selectors[group]], GroupSize - 1);
            }

            var symbol = table.Next(bits);
            if (symbol < 0) return BlockEnd.Wrong;
            if (symbol is RunA or RunB)
            {
                if (weight > most) return BlockEnd.Wrong;
                (run, weight) = (run + (weight << symbol), weight << 1);
                continue;
            }

            if (run > 0 && !Repeat(front[0], run)) return BlockEnd.Wrong;
            (run, weight) = (0, 1);
            if (symbol == _symbols + 1) return BlockEnd.Good;
            if (symbol > _symbols || _count == most) return BlockEnd.Wrong;
            var chosen = front[symbol - 1];
            front[..(symbol - 1)].CopyTo(front[1..]);
            _next[_count++] = front[0] = chosen;
        }

        return BlockEnd.Cut;
    }

    bool Repeat(byte symbol, int run)
    {
        if (run > most - _count) return false;
        _next.AsSpan(_count, run).Fill(symbol);
        _count += run;
        return true;
    }

    // The low byte of each number is a symbol; above it comes the place of the one that follows.
    BlockEnd Begin(uint origin)
    {
        Span<int> places = stackalloc int[256];
        for (var i = 0; i < _count; i++) places[(byte)_next[i]]++;
        var sum = 0;
        foreach (ref var place in places) (place, sum) = (sum, sum + place);
        for (var i = 0; i < _count; i++) _next[places[(byte)_next[i]]++] |= (uint)i << 8;
        _place = _count == 0 ? 0 : _next[origin] >> 8;
        (_given, _last, _repeats, _run, _sum) = (0, -1, 0, 0, uint.MaxValue);
        return BlockEnd.Good;
    }

    static readonly uint[] Table = MakeTable();

    // The CRC-32 of Ethernet, the highest bit first.
    static uint Crc(uint sum, ReadOnlySpan<byte> bytes)
    {
        foreach (var b in bytes) sum = sum << 8 ^ Table[(byte)(sum >> 24 ^ b)];
        return sum;
    }

    static uint[] MakeTable()
    {
        var table = new uint[256];
        for (var i = 0u; i < table.Length; i++)
        {
            var one = i << 24;
            for (var bit = 0; bit < 8; bit++) one = (one & 0x80000000) == 0 ? one << 1 : one << 1 ^ 0x04C11DB7;
            table[i] = one;
        }

        return table;
    }
}
