using System.Buffers;

namespace Decryptor.Worker.Formats;

/// <summary>
/// A stream that can be looked at before it is consumed, as far as <see cref="Reach"/>. Its memory is taken once, and
/// each byte is moved at most once, however the looks overlap; a worker's next attempt has the same memory again.
/// </summary>
sealed class Lookahead(Stream stream) : IDisposable
{
    /// <summary>How far ahead one can look: the longest block that is believed, and what must follow it.</summary>
    internal const int Reach = 1024 * 1024 + 256 * 1024;

    const int ReadBytes = 256 * 1024;

    readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(2 * Reach);
    int _start;
    int _end;
    bool _ended;

    /// <summary>Where in the stream the next byte is.</summary>
    internal long Position { get; private set; }

    /// <summary>
    /// The next bytes without consuming them: <paramref name="count"/>, or fewer where the stream ends.
    /// </summary>
    internal ReadOnlySpan<byte> Peek(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Reach);
        while (_end - _start < count && !_ended) Fill();
        return _buffer.AsSpan(_start, Math.Min(count, _end - _start));
    }

    /// <summary>Consumes bytes that were looked at.</summary>
    internal void Skip(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _end - _start);
        _start += count;
        Position += count;
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

    void Fill()
    {
        if (_buffer.Length - _end < ReadBytes) Compact();
        var count = stream.Read(_buffer.AsSpan(_end, ReadBytes));
        _end += count;
        _ended = count == 0;
    }

    void Compact()
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        _end -= _start;
        _start = 0;
    }
}
