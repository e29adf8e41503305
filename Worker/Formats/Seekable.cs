using Microsoft.Win32.SafeHandles;

namespace Decryptor.Worker.Formats;

/// <summary>A file that may be read at any place.</summary>
/// <param name="file">The file; whoever opened it closes it.</param>
/// <param name="length">Bytes, as they were counted when it was opened.</param>
/// <param name="read">Told of the bytes of each read.</param>
/// <param name="free">Gives back what was taken for it; null where it is the input, which outlasts this.</param>
sealed class Seekable(SafeFileHandle file, long length, Action<int>? read = null, Action? free = null) : IDisposable
{
    internal long Length => length;

    /// <summary>It can be read as long as the attempt lasts, also when this was disposed.</summary>
    internal bool Lasts => free is null;

    /// <summary>Reads at <paramref name="offset"/>; fewer bytes than asked for only at the end.</summary>
    internal int Read(long offset, Span<byte> bytes)
    {
        var done = 0;
        while (done < bytes.Length && offset + done < length)
        {
            var some = bytes[done..(int)Math.Min(bytes.Length, length - offset)];
            var count = ReadSome(offset + done, some);
            if (count == 0) break;
            done += count;
        }

        return done;
    }

    /// <summary>A part of it as a stream.</summary>
    internal Stream Part(long offset, long count) => new Slice(this, offset, count);

    public void Dispose() => free?.Invoke();

    int ReadSome(long offset, Span<byte> some)
    {
        try
        {
            var count = RandomAccess.Read(file, some, offset);
            read?.Invoke(count);
            return count;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Faults.Reading(e.Message);
        }
    }

    sealed class Slice(Seekable whole, long offset, long count) : ForwardStream
    {
        readonly long _end = offset + count;
        long _at = offset;

        public override int Read(Span<byte> buffer)
        {
            var read = whole.Read(_at, buffer[..(int)Math.Min(buffer.Length, _end - _at)]);
            _at += read;
            return read;
        }
    }
}
