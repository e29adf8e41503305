using System.Buffers;

namespace Decryptor.Worker.Formats.Zip;

/// <summary>
/// A stretch of a file in memory, for a search that goes forward in it: each byte is read a few times at most, however
/// many small things are looked at.
/// </summary>
sealed class Window(Seekable whole) : IDisposable
{
    /// <summary>The longest look: a local header with the longest name and extra field.</summary>
    internal const int Reach = ZipEntry.LocalFixed + 2 * ushort.MaxValue;

    readonly byte[] _bytes = ArrayPool<byte>.Shared.Rent(2 * Reach);
    long _at;
    int _length;

    internal long Length => whole.Length;

    /// <summary>
    /// The bytes from <paramref name="at"/> on: at least <paramref name="least"/>, or fewer where the file ends.
    /// </summary>
    internal ReadOnlySpan<byte> From(long at, int least)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(least, Reach);
        var isHere = at >= _at && at <= _at + _length;
        if (!isHere || (_at + _length - at < least && _at + _length < whole.Length))
            (_at, _length) = (at, whole.Read(at, _bytes));
        return _bytes.AsSpan((int)(at - _at), (int)(_at + _length - at));
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_bytes);
}
