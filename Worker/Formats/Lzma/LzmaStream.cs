using System.Buffers.Binary;

namespace Decryptor.Worker.Formats.Lzma;

/// <summary>
/// LZMA as it stands in 7z and zip: no frame, no checksum; it ends at a size that is known, or by its own mark.
/// </summary>
sealed class LzmaStream : ForwardStream
{
    /// <summary>The byte of properties and the window.</summary>
    internal const int PropertyBytes = 5;

    readonly Lookahead _outer;
    readonly Budget _budget;
    readonly string _what;
    readonly History _history;
    readonly LzmaDecoder _decoder;
    readonly long _size;
    (uint Range, uint Code) _state = (uint.MaxValue, 0);
    long _given;
    bool _begun;
    bool _done;
    Refusal? _trouble;

    /// <param name="outer">Stands at its first byte, behind the properties.</param>
    /// <param name="properties">Five bytes.</param>
    /// <param name="resources">Hold the window against the limit.</param>
    /// <param name="size">Bytes that are to come out; null where only its mark tells.</param>
    /// <param name="what">The word for it.</param>
    /// <exception cref="Refusal">The window is too large, or the properties make no sense.</exception>
    internal LzmaStream(
        Lookahead outer, ReadOnlySpan<byte> properties, Resources resources, long? size, string what)
    {
        (_outer, _budget, _what, _size) = (outer, resources.Budget, what, size ?? long.MaxValue);
        var window = BinaryPrimitives.ReadUInt32LittleEndian(properties[1..]);
        _history = new(LzmaWindow.Needed(window, _size, resources.Limits.WindowBytes, what));
        _decoder = new(_history);
        if (!_decoder.SetProperties(properties[0]))
            throw Faults.Damaged($"the properties of the {what} make no sense");
    }

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty || _done) return 0;
        if (_trouble is not null) throw _trouble;
        if (!_begun) Begin();
        if (_given == _size) return End();
        var given = Step(buffer);
        _given += given;
        _budget.Unpacked(_given);
        if (given > 0 || _done) return given;
        throw _trouble!;
    }

    void Begin()
    {
        var head = _outer.Peek(RangeDecoder.HeadBytes);
        if (head.Length < RangeDecoder.HeadBytes) throw _outer.BrokenOff(_what);
        if (head[0] != 0) throw Faults.Damaged($"the {_what} is damaged at its first byte");
        _state.Code = BinaryPrimitives.ReadUInt32BigEndian(head[1..]);
        _outer.Skip(RangeDecoder.HeadBytes);
        _begun = true;
    }

    int Step(Span<byte> buffer)
    {
        _history.Allow((int)Math.Min(buffer.Length, _size - _given));
        var range = new RangeDecoder(_outer, _state, long.MaxValue);
        var end = _decoder.Decode(ref range);
        (_state, _) = range.Leave();
        var given = _history.Give(buffer);
        _done = end == Stretch.End;
        if (end == Stretch.Starved) _trouble = _outer.BrokenOff(_what);
        if (end == Stretch.Wrong)
            _trouble = Faults.Damaged($"the {_what} is damaged at {_outer.Position}, after {_given + given} bytes");
        return given;
    }

    // A mark may stand behind a size that was known; it is then no news.
    int End()
    {
        _done = true;
        var range = new RangeDecoder(_outer, _state, long.MaxValue);
        range.Normalize();
        if (!range.IsAtEnd)
        {
            _history.Allow(1);
            _decoder.Decode(ref range);
        }

        range.Leave();
        return 0;
    }
}
