namespace Decryptor.Worker.Formats.Logan;

/// <summary>
/// A file that was sent as text: a carriage return was put in front of every line feed. Taking each out again gives the
/// file back as it was, pairs of its own included.
/// </summary>
sealed class LineFeeds(Lookahead input) : Stream
{
    /// <summary>Line feeds that must all have a carriage return before it is no chance: once in 2^32.</summary>
    const int Telling = 4;

    const byte Return = (byte)'\r', Feed = (byte)'\n';

    long _position;

    /// <summary>Whether no line feed in this stretch lacks its carriage return.</summary>
    internal static bool AreMangled(ReadOnlySpan<byte> stretch)
    {
        var count = 0;
        for (var at = stretch.IndexOf(Feed); at >= 0; count++)
        {
            if (at == 0 || stretch[at - 1] != Return) return false;
            var step = stretch[(at + 1)..].IndexOf(Feed);
            at = step < 0 ? -1 : at + 1 + step;
        }

        return count >= Telling;
    }

    /// <summary>
    /// Copies the first <paramref name="count"/> bytes without the carriage returns that stand before line feeds;
    /// returns how many were written.
    /// </summary>
    internal static int Restore(ReadOnlySpan<byte> mangled, int count, Span<byte> target)
    {
        var written = 0;
        for (var i = 0; i < count; i++)
            if (mangled[i] != Return || i + 1 == mangled.Length || mangled[i + 1] != Feed)
                target[written++] = mangled[i];
        return written;
    }

    public override int Read(Span<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            // One byte more is looked at: the line feed that a return belongs to may be behind this stretch.
            var room = Math.Min(buffer.Length, Lookahead.Reach - 1);
            var some = input.Peek(room + 1);
            var count = Math.Min(some.Length, room);
            var written = Restore(some, count, buffer);
            input.Skip(count);
            _position += written;
            if (written > 0 || count == 0) return written;
        }

        return 0;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
