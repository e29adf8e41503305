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

    /// <summary>
    /// Why the stream broke off: it then ends here early, and everything before is good. Null while it has not, and
    /// after an end that was verified.
    /// </summary>
    internal Refusal? Trouble { get; private set; }

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

    /// <summary>The stream ended although more was due: why, from the outermost cause.</summary>
    internal Refusal BrokenOff(string what) => Trouble ?? Faults.Truncated(what, Position);

    /// <summary>
    /// What is inside has ended; so must this. Zeros are padding, and other bytes are told. Nothing is left unread, so
    /// that the layers around can verify their own ends.
    /// </summary>
    /// <exception cref="Refusal">A layer around is damaged, if only in its end.</exception>
    internal void MustEnd(string what, Findings findings)
    {
        var (from, strange) = (Position, false);
        while (Peek(ReadBytes) is { IsEmpty: false } some)
        {
            strange |= some.IndexOfAnyExcept((byte)0) >= 0;
            Skip(some.Length);
        }

        if (strange) findings.Warn($"{Position - from} bytes follow the {what} at {from}; they are not part of it");
        if (Trouble is not null) throw Trouble;
    }

    /// <summary>The stream behind it begins again, and so does this.</summary>
    internal void Restart()
    {
        (_start, _end, _ended) = (0, 0, false);
        Position = 0;
        Trouble = null;
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

    void Fill()
    {
        if (_buffer.Length - _end < ReadBytes || IsNearlyUsedUp) Compact();
        try
        {
            var count = stream.Read(_buffer.AsSpan(_end, ReadBytes));
            _end += count;
            _ended = count == 0;
        }
        catch (Refusal refusal)
        {
            Trouble = refusal;
            _ended = true;
        }
    }

    // Memory that was just used is still in the processor's cache: going round the whole buffer cost age and plain text
    // a fifteenth of their time, and all layers 3 MiB each. What is moved is little beside what was consumed.
    bool IsNearlyUsedUp => _end - _start <= _start / 4;

    void Compact()
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        _end -= _start;
        _start = 0;
    }
}
