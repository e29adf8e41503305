namespace Decryptor.Worker.Formats.Zip;

/// <summary>
/// Deflate64: deflate (RFC 1951) with a window of 64 KiB, two more distance codes, and a longest length that is told in
/// 16 bits (APPNOTE 5.10; the numbers are those that all readers agree on). It consumes exactly what belongs to the
/// stream, bit by bit: it is rare, and gigabytes of it are not sent.
/// </summary>
sealed class Deflate64Body(Lookahead outer)
{
    const int WindowBytes = 64 * 1024;
    const int LengthCodes = 29, DistanceCodes = 32, EndOfBlock = 256;

    static readonly int[] LengthBase =
    [
        3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 3,
    ];

    static readonly byte[] LengthExtra =
        [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 16];

    static readonly byte[] OrderOfLengths = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

    readonly byte[] _window = new byte[WindowBytes];
    readonly Huffman _symbols = new();
    readonly Huffman _distances = new();
    readonly byte[] _lengths = new byte[288 + DistanceCodes];
    State _state = State.Head;
    bool _isLast;
    uint _bits;
    int _bitCount;
    int _stored;
    int _match;
    int _distance;
    Refusal? _trouble;

    enum State
    {
        Head,
        Stored,
        Codes,
    }

    /// <summary>Whether the last block has ended.</summary>
    internal bool Ended => _isLast && _state == State.Head;

    /// <summary>Bytes given so far.</summary>
    internal long Given { get; private set; }

    /// <summary>Reads some bytes; 0 only when the stream has ended.</summary>
    /// <exception cref="Refusal">The bits are wrong, or they end before the stream does.</exception>
    internal int Read(Span<byte> buffer, string what)
    {
        if (_trouble is not null) throw _trouble;
        var given = 0;
        try
        {
            while (given < buffer.Length && !Ended) given += Step(buffer[given..], what);
        }
        catch (Refusal refusal) when (given > 0)
        {
            // What came before it is good, and is given first.
            _trouble = refusal;
        }

        return given;
    }

    int Step(Span<byte> room, string what)
    {
        if (_match > 0) return Repeat(room);
        if (_state == State.Stored) return Copy(room, what);
        if (_state == State.Head)
        {
            Begin(what);
            return 0;
        }

        var symbol = _symbols.Decode(this, what);
        if (symbol < EndOfBlock) return Give(room, (byte)symbol);
        if (symbol == EndOfBlock) _state = State.Head;
        else BeginMatch(symbol - EndOfBlock - 1, what);
        return 0;
    }

    int Give(Span<byte> room, byte b)
    {
        room[0] = b;
        _window[(int)(Given++ & (WindowBytes - 1))] = b;
        return 1;
    }

    int Repeat(Span<byte> room)
    {
        var count = Math.Min(_match, room.Length);
        for (var i = 0; i < count; i++) Give(room[i..], _window[(int)((Given - _distance) & (WindowBytes - 1))]);
        _match -= count;
        return count;
    }

    int Copy(Span<byte> room, string what)
    {
        var count = Math.Min(_stored, room.Length);
        var some = outer.Peek(Math.Min(count, WindowBytes));
        if (some.IsEmpty && count > 0) throw outer.BrokenOff(what);
        for (var i = 0; i < some.Length; i++) Give(room[i..], some[i]);
        outer.Skip(some.Length);
        _stored -= some.Length;
        if (_stored == 0) _state = State.Head;
        return some.Length;
    }

    void Begin(string what)
    {
        _isLast = Bits(1, what) == 1;
        switch (Bits(2, what))
        {
            case 0: BeginStored(what); break;
            case 1: BeginFixed(); break;
            case 2: BeginDynamic(what); break;
            default: throw Wrong(what);
        }
    }

    void BeginStored(string what)
    {
        (_bits, _bitCount) = (0, 0);
        _stored = (int)Bits(16, what);
        if (Bits(16, what) != (~_stored & 0xFFFF)) throw Wrong(what);
        _state = _stored > 0 ? State.Stored : State.Head;
    }

    void BeginFixed()
    {
        var lengths = _lengths.AsSpan(0, 288);
        lengths[..144].Fill(8);
        lengths[144..256].Fill(9);
        lengths[256..280].Fill(7);
        lengths[280..].Fill(8);
        _ = _symbols.Make(lengths);
        var distances = _lengths.AsSpan(288, DistanceCodes);
        distances.Fill(5);
        _ = _distances.Make(distances);
        _state = State.Codes;
    }

    void BeginDynamic(string what)
    {
        var (symbols, distances, lengths) = ((int)Bits(5, what) + 257, (int)Bits(5, what) + 1, (int)Bits(4, what) + 4);
        if (symbols > 286) throw Wrong(what);
        _lengths.AsSpan(0, OrderOfLengths.Length).Clear();
        for (var i = 0; i < lengths; i++) _lengths[OrderOfLengths[i]] = (byte)Bits(3, what);
        if (!_symbols.Make(_lengths.AsSpan(0, OrderOfLengths.Length))) throw Wrong(what);
        ReadLengths(symbols + distances, what);
        if (_lengths[EndOfBlock] == 0) throw Wrong(what);
        if (!_symbols.Make(_lengths.AsSpan(0, symbols))) throw Wrong(what);
        if (!_distances.Make(_lengths.AsSpan(symbols, distances))) throw Wrong(what);
        _state = State.Codes;
    }

    void ReadLengths(int count, string what)
    {
        for (var i = 0; i < count;)
        {
            var symbol = _symbols.Decode(this, what);
            var (value, times) = symbol switch
            {
                16 when i == 0 => throw Wrong(what),
                16 => (_lengths[i - 1], 3 + (int)Bits(2, what)),
                17 => ((byte)0, 3 + (int)Bits(3, what)),
                18 => ((byte)0, 11 + (int)Bits(7, what)),
                _ => ((byte)symbol, 1),
            };
            if (i + times > count) throw Wrong(what);
            _lengths.AsSpan(i, times).Fill(value);
            i += times;
        }
    }

    void BeginMatch(int code, string what)
    {
        if (code >= LengthCodes) throw Wrong(what);
        var length = LengthBase[code] + (int)Bits(LengthExtra[code], what);
        var symbol = _distances.Decode(this, what);
        var extra = symbol < 4 ? 0 : symbol / 2 - 1;
        var start = symbol < 4 ? symbol + 1 : (2 + (symbol & 1) << extra) + 1;
        var distance = start + (int)Bits(extra, what);
        if (distance > Given) throw Wrong(what);
        (_match, _distance) = (length, distance);
    }

    uint Bits(int count, string what)
    {
        while (_bitCount < count) TakeByte(what);
        var value = _bits & ((1u << count) - 1);
        _bits >>= count;
        _bitCount -= count;
        return value;
    }

    void TakeByte(string what)
    {
        var next = outer.Peek(1);
        if (next.IsEmpty) throw outer.BrokenOff(what);
        _bits |= (uint)next[0] << _bitCount;
        _bitCount += 8;
        outer.Skip(1);
    }

    Refusal Wrong(string what) => Faults.Damaged($"the {what} is damaged at {outer.Position}, after {Given} bytes");

    /// <summary>A canonical code (RFC 1951, 3.2.2), decoded bit by bit, so that no bit is taken too early.</summary>
    sealed class Huffman
    {
        const int LengthMax = 15;

        readonly int[] _counts = new int[LengthMax + 1];
        readonly ushort[] _sorted = new ushort[288];

        /// <summary>False when the lengths are those of no code: more words than there is room for.</summary>
        internal bool Make(ReadOnlySpan<byte> lengths)
        {
            Array.Clear(_counts);
            foreach (var length in lengths) _counts[length]++;
            _counts[0] = 0;
            Span<int> places = stackalloc int[LengthMax + 2];
            var room = 1;
            for (var length = 1; length <= LengthMax; length++)
            {
                room = (room << 1) - _counts[length];
                if (room < 0) return false;
                places[length + 1] = places[length] + _counts[length];
            }

            for (var symbol = 0; symbol < lengths.Length; symbol++)
                if (lengths[symbol] > 0) _sorted[places[lengths[symbol]]++] = (ushort)symbol;
            return true;
        }

        internal int Decode(Deflate64Body body, string what)
        {
            int word = 0, first = 0, index = 0;
            for (var length = 1; length <= LengthMax; length++)
            {
                word |= (int)body.Bits(1, what);
                var count = _counts[length];
                if (word - first < count) return _sorted[index + word - first];
                index += count;
                first = first + count << 1;
                word <<= 1;
            }

            throw body.Wrong(what);
        }
    }
}
