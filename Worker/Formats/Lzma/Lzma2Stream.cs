using System.Buffers.Binary;

namespace Decryptor.Worker.Formats.Lzma;

/// <summary>
/// LZMA2: chunks of LZMA, or of bytes as they are, with their lengths; it ends by its own mark, and consumes no byte
/// behind it.
/// </summary>
sealed class Lzma2Stream : ForwardStream
{
    const int ChunkHead = 6, StoredHead = 3, ClearAndStored = 1, Stored = 2, Packed = 0x80, NewState = 0xA0,
        NewProperties = 0xC0, ClearAll = 0xE0;

    readonly Lookahead _outer;
    readonly string _what;
    readonly History _history;
    readonly LzmaDecoder _decoder;
    (uint Range, uint Code) _state;
    long _packed;
    int _left;
    bool _isStored;
    bool _isCleared;
    bool _needsState = true;
    bool _done;
    Refusal? _trouble;

    /// <param name="outer">Stands at its first byte.</param>
    /// <param name="window">The byte of properties.</param>
    /// <param name="resources">Hold the window against the limit.</param>
    /// <param name="size">Bytes that are to come out; null where it is not known.</param>
    /// <param name="what">The word for it.</param>
    /// <exception cref="Refusal">The window is too large.</exception>
    internal Lzma2Stream(Lookahead outer, byte window, Resources resources, long? size, string what)
    {
        (_outer, _what) = (outer, what);
        var bytes = LzmaWindow.OfByte(window) ?? throw Faults.Damaged($"the properties of the {what} make no sense");
        _history = new(LzmaWindow.Needed(bytes, size ?? long.MaxValue, resources.Limits.WindowBytes, what));
        _decoder = new(_history);
    }

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty) return 0;
        while (!_done)
        {
            if (_trouble is not null) throw _trouble;
            if (_left == 0 && !NextChunk()) break;
            var given = _isStored ? Copy(buffer) : Decode(buffer);
            if (given > 0) return given;
        }

        return 0;
    }

    bool NextChunk()
    {
        var head = _outer.Peek(ChunkHead);
        if (head.IsEmpty) throw _outer.BrokenOff(_what);
        var control = head[0];
        if (control == 0)
        {
            _outer.Skip(1);
            _done = true;
            return false;
        }

        _isStored = control < Packed;
        if (_isStored && control > Stored) throw Wrong();
        if (head.Length < (_isStored ? StoredHead : ChunkHead)) throw _outer.BrokenOff(_what);
        if (control is ClearAndStored or >= ClearAll) Clear();
        if (!_isCleared) throw Wrong();
        var size = BinaryPrimitives.ReadUInt16BigEndian(head[1..]) + 1;
        if (_isStored)
        {
            _outer.Skip(StoredHead);
            _left = size;
            return true;
        }

        BeginPacked(control, head);
        _left = ((control & 0x1F) << 16) + size;
        return true;
    }

    void Clear()
    {
        _history.Clear();
        _decoder.Restart();
        (_isCleared, _needsState) = (true, true);
    }

    void BeginPacked(byte control, ReadOnlySpan<byte> head)
    {
        _packed = BinaryPrimitives.ReadUInt16BigEndian(head[3..]) + 1;
        if (control >= NewProperties)
        {
            if (!_decoder.SetProperties(head[5]) || !_decoder.HasLc4) throw Wrong();
            _outer.Skip(ChunkHead);
        }
        else
        {
            if (!_decoder.IsReady || (_needsState && control < NewState)) throw Wrong();
            if (control >= NewState) _decoder.Reset();
            _outer.Skip(ChunkHead - 1);
        }

        _needsState = false;
        if (_packed < RangeDecoder.HeadBytes) throw Wrong();
        var first = _outer.Peek(RangeDecoder.HeadBytes);
        if (first.Length < RangeDecoder.HeadBytes) throw _outer.BrokenOff(_what);
        if (first[0] != 0) throw Wrong();
        _state = (uint.MaxValue, BinaryPrimitives.ReadUInt32BigEndian(first[1..]));
        _outer.Skip(RangeDecoder.HeadBytes);
        _packed -= RangeDecoder.HeadBytes;
    }

    int Copy(Span<byte> buffer)
    {
        _history.Allow(Math.Min(_left, buffer.Length));
        var some = _outer.Peek(Math.Min(_left, buffer.Length));
        if (some.IsEmpty) throw _outer.BrokenOff(_what);
        var stored = _history.Store(some);
        _outer.Skip(stored);
        _decoder.Passed(stored);
        _left -= stored;
        return _history.Give(buffer);
    }

    int Decode(Span<byte> buffer)
    {
        _history.Allow(Math.Min(_left, buffer.Length));
        var range = new RangeDecoder(_outer, _state, _packed);
        var end = _decoder.Decode(ref range);
        var given = _history.Give(buffer);
        _left -= given;
        if (_left == 0) range.Normalize();
        var (isAtEnd, isStarved) = (range.IsAtEnd, range.Starved);
        (_state, _packed) = range.Leave();
        if (isStarved) _trouble = _packed > 0 ? _outer.BrokenOff(_what) : Wrong();
        else if (end != Stretch.Full || (_left == 0 && (_packed > 0 || !isAtEnd || _history.Owes))) _trouble = Wrong();
        return given;
    }

    Refusal Wrong() => Faults.Damaged($"the {_what} is damaged at {_outer.Position}");
}
