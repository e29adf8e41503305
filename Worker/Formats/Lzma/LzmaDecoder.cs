namespace Decryptor.Worker.Formats.Lzma;

/// <summary>How a stretch of LZMA ended.</summary>
enum Stretch
{
    /// <summary>As much as was allowed was written.</summary>
    Full,

    /// <summary>The mark of the end.</summary>
    End,

    /// <summary>The bytes are used up.</summary>
    Starved,

    /// <summary>A copy from where nothing is.</summary>
    Wrong,
}

/// <summary>
/// LZMA's symbols (LZMA SDK, lzma-specification.txt): literals, copies, and copies of the last four distances again.
/// What was written before something is wrong is good, as far as anything without a checksum is.
/// </summary>
sealed class LzmaDecoder(History history)
{
    const int States = 12, PositionStates = 16, LengthsAt = 2, LengthBits = 3, HighBits = 8, LengthSize = 2 + 256 + 256;
    const int IsMatch = 0, IsRep = IsMatch + States * PositionStates, IsRep0 = IsRep + States,
        IsRep1 = IsRep0 + States, IsRep2 = IsRep1 + States, IsRepLong = IsRep2 + States,
        Slots = IsRepLong + States * PositionStates, Special = Slots + 4 * 64, Align = Special + 128,
        MatchLength = Align + 16, RepLength = MatchLength + LengthSize, Literals = RepLength + LengthSize;
    const int ShortestCopy = 2, LiteralSize = 0x300, AlignBits = 4, FirstDirect = 4, LastSpecial = 14;

    ushort[] _odds = [];
    int _lc;
    int _lp;
    int _pb;
    int _state;
    uint _rep0, _rep1, _rep2, _rep3;
    uint _position;

    /// <summary>Takes the byte of properties; false where there is no such.</summary>
    internal bool SetProperties(byte properties)
    {
        if (properties >= 9 * 5 * 5) return false;
        (_lc, _lp, _pb) = (properties % 9, properties / 9 % 5, properties / 45);
        var size = Literals + (LiteralSize << (_lc + _lp));
        if (_odds.Length != size) _odds = new ushort[size];
        Reset();
        return true;
    }

    internal bool HasLc4 => _lc + _lp <= 4;

    internal bool IsReady => _odds.Length > 0;

    /// <summary>Forgets what it learnt of the odds.</summary>
    internal void Reset()
    {
        _odds.AsSpan().Fill(1 << 10);
        (_state, _rep0, _rep1, _rep2, _rep3) = (0, 0, 0, 0, 0);
    }

    /// <summary>Counts places anew, where the history was cleared.</summary>
    internal void Restart() => _position = 0;

    /// <summary>Bytes that were not compressed were put into the history.</summary>
    internal void Passed(int bytes) => _position += (uint)bytes;

    /// <summary>Writes into the history as much as that allows, or to where it ends.</summary>
    internal Stretch Decode(scoped ref RangeDecoder range)
    {
        Span<ushort> odds = _odds;
        while (!history.IsFull)
        {
            var place = (int)(_position & ((1u << _pb) - 1));
            if (range.Bit(ref odds[IsMatch + _state * PositionStates + place]) == 0)
            {
                var literal = Literal(ref range, odds);
                if (range.Starved) return Stretch.Starved;
                history.Put(literal);
                _position++;
                continue;
            }

            var length = range.Bit(ref odds[IsRep + _state]) == 0
                ? New(ref range, odds, place) : Again(ref range, odds, place);
            if (range.Starved) return Stretch.Starved;
            if (_rep0 == uint.MaxValue) return Stretch.End;
            if (_rep0 >= (uint)history.Filled) return Stretch.Wrong;
            history.Copy((int)_rep0 + 1, length);
            _position += (uint)length;
        }

        return Stretch.Full;
    }

    byte Literal(scoped ref RangeDecoder range, Span<ushort> odds)
    {
        var before = history.Filled > 0 ? history[1] : 0;
        var context = (int)((_position & ((1u << _lp) - 1)) << _lc) + (before >> (8 - _lc));
        var own = odds.Slice(Literals + LiteralSize * context, LiteralSize);
        var symbol = 1;
        if (_state >= 7 && _rep0 < (uint)history.Filled)
        {
            int like = history[(int)_rep0 + 1];
            while (symbol < 0x100)
            {
                var bit = like >> 7 & 1;
                like <<= 1;
                var read = range.Bit(ref own[(1 + bit) * 0x100 + symbol]);
                symbol = symbol << 1 | read;
                if (bit != read) break;
            }
        }

        while (symbol < 0x100) symbol = symbol << 1 | range.Bit(ref own[symbol]);
        _state = _state < 4 ? 0 : _state < 10 ? _state - 3 : _state - 6;
        return (byte)symbol;
    }

    int New(scoped ref RangeDecoder range, Span<ushort> odds, int place)
    {
        (_rep3, _rep2, _rep1) = (_rep2, _rep1, _rep0);
        var length = Length(ref range, odds.Slice(MatchLength, LengthSize), place);
        _state = _state < 7 ? 7 : 10;
        var slot = range.Tree(odds.Slice(Slots + 64 * Math.Min(length - ShortestCopy, 3), 64), 6);
        _rep0 = (uint)slot;
        if (slot < FirstDirect) return length;
        var bits = (slot >> 1) - 1;
        _rep0 = (2u | (uint)slot & 1) << bits;
        if (slot < LastSpecial) _rep0 += range.Reverse(odds[(Special + (int)_rep0 - slot)..], bits);
        else
        {
            _rep0 += range.Direct(bits - AlignBits) << AlignBits;
            _rep0 += range.Reverse(odds.Slice(Align, 16), AlignBits);
        }

        return length;
    }

    int Again(scoped ref RangeDecoder range, Span<ushort> odds, int place)
    {
        if (range.Bit(ref odds[IsRep0 + _state]) == 0)
        {
            if (range.Bit(ref odds[IsRepLong + _state * PositionStates + place]) == 0)
            {
                _state = _state < 7 ? 9 : 11;
                return 1;
            }
        }
        else if (range.Bit(ref odds[IsRep1 + _state]) == 0) (_rep0, _rep1) = (_rep1, _rep0);
        else if (range.Bit(ref odds[IsRep2 + _state]) == 0) (_rep0, _rep1, _rep2) = (_rep2, _rep0, _rep1);
        else (_rep0, _rep1, _rep2, _rep3) = (_rep3, _rep0, _rep1, _rep2);

        var length = Length(ref range, odds.Slice(RepLength, LengthSize), place);
        _state = _state < 7 ? 8 : 11;
        return length;
    }

    static int Length(scoped ref RangeDecoder range, Span<ushort> odds, int place)
    {
        const int low = LengthsAt, middle = low + 8 * PositionStates, high = middle + 8 * PositionStates;
        if (range.Bit(ref odds[0]) == 0)
            return ShortestCopy + range.Tree(odds.Slice(low + 8 * place, 8), LengthBits);
        if (range.Bit(ref odds[1]) == 0)
            return ShortestCopy + 8 + range.Tree(odds.Slice(middle + 8 * place, 8), LengthBits);
        return ShortestCopy + 16 + range.Tree(odds.Slice(high, 256), HighBits);
    }
}
