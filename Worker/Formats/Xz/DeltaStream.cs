namespace Decryptor.Worker.Formats.Xz;

/// <summary>The delta filter of xz and 7z: each byte is told by what it adds to the one so far before it.</summary>
/// <param name="inner">The differences.</param>
/// <param name="distance">1 to 256.</param>
sealed class DeltaStream(Stream inner, int distance) : ForwardStream
{
    readonly byte[] _before = new byte[distance];
    int _at;

    public override int Read(Span<byte> buffer)
    {
        var count = inner.Read(buffer);
        foreach (ref var b in buffer[..count])
        {
            b = _before[_at] += b;
            _at = _at + 1 == distance ? 0 : _at + 1;
        }

        return count;
    }

    protected override void Dispose(bool disposing)
    {
        inner.Dispose();
        base.Dispose(disposing);
    }
}
