using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Decryptor.Protocol;

/// <summary>
/// Cuts a stream of bytes into messages, however the bytes are glued or split: read into <see cref="Room"/>, tell
/// <see cref="Advance"/> how many came, then call <see cref="TryRead"/> until it says no. Its memory is one frame,
/// taken once; a length is checked before anything else is done with it.
/// </summary>
public sealed class FrameParser
{
    readonly byte[] _buffer = new byte[Frame.PrefixLength + Frame.LengthMax];
    readonly bool _fromWorker;
    int _start;
    int _end;

    FrameParser(bool fromWorker) => _fromWorker = fromWorker;

    /// <summary>A parser for what a worker may say; anything else is a <see cref="ProtocolException"/>.</summary>
    public static FrameParser OfWorker() => new(fromWorker: true);

    /// <summary>A parser for what the supervisor may say; anything else is a <see cref="ProtocolException"/>.</summary>
    public static FrameParser OfSupervisor() => new(fromWorker: false);

    /// <summary>Where the next bytes go; never empty after <see cref="TryRead"/> has said no.</summary>
    public Memory<byte> Room
    {
        get
        {
            if (_start > 0) Compact();
            return _buffer.AsMemory(_end);
        }
    }

    /// <summary>
    /// Bytes of a frame that has begun and is not yet whole. At end of file this is what a crash cut off.
    /// </summary>
    public int Pending => _end - _start;

    /// <summary>Says that <paramref name="count"/> bytes were put into <see cref="Room"/>.</summary>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _buffer.Length - _end);
        _end += count;
    }

    /// <summary>Takes the next whole message, if there is one.</summary>
    /// <exception cref="ProtocolException">The bytes are no frame, or no message that this side may send.</exception>
    public bool TryRead([NotNullWhen(true)] out Message? message)
    {
        message = null;
        var bytes = _buffer.AsMemory(_start, _end - _start);
        if (bytes.Length < Frame.PrefixLength) return false;
        var length = BinaryPrimitives.ReadUInt32BigEndian(bytes.Span);
        if (length is 0 or > Frame.LengthMax)
            throw new ProtocolException($"a frame claims {length} bytes; 1 to {Frame.LengthMax} are allowed");
        if (bytes.Length < Frame.PrefixLength + (int)length) return false;
        message = MessageReader.Read(bytes.Slice(Frame.PrefixLength, (int)length), _fromWorker);
        _start += Frame.PrefixLength + (int)length;
        return true;
    }

    void Compact()
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        _end -= _start;
        _start = 0;
    }
}
