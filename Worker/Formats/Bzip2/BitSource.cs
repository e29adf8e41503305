namespace Decryptor.Worker.Formats.Bzip2;

/// <summary>
/// Bits from a lookahead, the highest of each byte first. Whole bytes are consumed as soon as one of their bits is
/// wanted, so what is behind the last is the next to be read there.
/// </summary>
sealed class BitSource(Lookahead outer)
{
    const int Pieces = 4096;

    readonly byte[] _bytes = new byte[Pieces];
    int _at;
    int _end;
    ulong _kept;
    int _count;

    /// <summary>The bytes ended before the bits that were asked for; those are then zero.</summary>
    internal bool Starved { get; private set; }

    /// <summary>Where the next whole byte is.</summary>
    internal long Position => outer.Position + _at - _count / 8;

    /// <param name="count">At most 32.</param>
    internal uint Take(int count)
    {
        if (_count < count) Fill();
        if (_count < count)
        {
            Starved = true;
            _kept <<= count - _count;
            _count = count;
        }

        _count -= count;
        return (uint)(_kept >> _count) & (uint)((1UL << count) - 1);
    }

    /// <summary>The next bits without consuming them, zeros where there are no more.</summary>
    internal uint Peek(int count)
    {
        if (_count < count) Fill();
        return _count >= count
            ? (uint)(_kept >> (_count - count)) & (uint)((1UL << count) - 1)
            : (uint)(_kept << (count - _count)) & (uint)((1UL << count) - 1);
    }

    /// <summary>Leaves the rest of a byte, and gives whole bytes back to the lookahead.</summary>
    internal void Align()
    {
        outer.Skip(_at - _count / 8);
        (_at, _end, _count, _kept) = (0, 0, 0, 0);
    }

    void Fill()
    {
        while (_count <= 56)
        {
            if (_at == _end && !Refill()) return;
            _kept = _kept << 8 | _bytes[_at++];
            _count += 8;
        }
    }

    // What is held as bits stays before the lookahead's position, so that it can be given back.
    bool Refill()
    {
        var held = _count / 8;
        outer.Skip(_at - held);
        var some = outer.Peek(Pieces);
        some.CopyTo(_bytes);
        (_at, _end) = (held, some.Length);
        return _at < _end;
    }
}
