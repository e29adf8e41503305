namespace Decryptor.Worker.Formats.Lzma;

/// <summary>
/// What was decoded last, as far back as a copy may reach. Its memory grows with what is decoded, never with what a
/// header claims.
/// </summary>
/// <param name="most">Bytes that a copy may reach back.</param>
sealed class History(int most)
{
    const int First = 64 * 1024;

    byte[] _bytes = new byte[Math.Min(most, First)];
    int _begin;
    int _at;
    int _limit;
    int _copyLeft;
    int _copyDistance;
    bool _wrapped;

    /// <summary>How far back a copy may reach now.</summary>
    internal int Filled => _wrapped ? _bytes.Length : _at;

    internal bool IsFull => _at == _limit;

    /// <summary>The byte so far back; the one before is 1.</summary>
    internal byte this[int distance] => _bytes[_at >= distance ? _at - distance : _at - distance + _bytes.Length];

    /// <summary>Forgets all, as at a new beginning.</summary>
    internal void Clear() => (_begin, _at, _limit, _copyLeft, _wrapped) = (0, 0, 0, 0, false);

    /// <summary>Allows to write at most so many bytes, and finishes the copy that did not fit before.</summary>
    internal void Allow(int bytes)
    {
        if (_at == _bytes.Length) MakeRoom();
        _begin = _at;
        _limit = _at + Math.Min(bytes, _bytes.Length - _at);
        if (_copyLeft > 0) Copy(_copyDistance, _copyLeft);
    }

    internal void Put(byte one) => _bytes[_at++] = one;

    /// <summary>Copies from so far back, as much as is allowed now; the rest comes next time.</summary>
    internal void Copy(int distance, int length)
    {
        var some = Math.Min(length, _limit - _at);
        (_copyLeft, _copyDistance) = (length - some, distance);
        var from = _at - distance;
        if (from < 0)
        {
            from += _bytes.Length;
            var early = Math.Min(some, _bytes.Length - from);
            _bytes.AsSpan(from, early).CopyTo(_bytes.AsSpan(_at));
            (_at, some, from) = (_at + early, some - early, 0);
        }

        if (some <= _at - from) _bytes.AsSpan(from, some).CopyTo(_bytes.AsSpan(_at));
        else for (var i = 0; i < some; i++) _bytes[_at + i] = _bytes[from + i];
        _at += some;
    }

    /// <summary>Takes bytes as they are, at most as many as are allowed.</summary>
    internal int Store(ReadOnlySpan<byte> bytes)
    {
        var some = Math.Min(bytes.Length, _limit - _at);
        bytes[..some].CopyTo(_bytes.AsSpan(_at));
        _at += some;
        return some;
    }

    /// <summary>Gives what was written since it was allowed; at most as much as was allowed.</summary>
    internal int Give(Span<byte> buffer)
    {
        var given = _at - _begin;
        _bytes.AsSpan(_begin, given).CopyTo(buffer);
        _begin = _at;
        return given;
    }

    /// <summary>Whether a copy is not finished.</summary>
    internal bool Owes => _copyLeft > 0;

    void MakeRoom()
    {
        if (_bytes.Length < most) Array.Resize(ref _bytes, (int)Math.Min(2L * _bytes.Length, most));
        else (_at, _wrapped) = (0, true);
    }
}
