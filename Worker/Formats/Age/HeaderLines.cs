namespace Decryptor.Worker.Formats.Age;

/// <summary>
/// The lines of a header, each ended by one line feed. What is not there yet is told apart from what is wrong.
/// </summary>
ref struct HeaderLines(ReadOnlySpan<byte> bytes, long start)
{
    readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>Bytes taken so far.</summary>
    internal int Taken { get; private set; }

    /// <summary>Where the line that was taken last begins, in the file.</summary>
    internal long At { get; private set; }

    /// <summary>The next line without its end, as long as one is there.</summary>
    /// <exception cref="Refusal">It has a carriage return, so the file is not what was sent.</exception>
    internal bool TryTake(out ReadOnlySpan<byte> line)
    {
        var rest = _bytes[Taken..];
        var length = rest.IndexOf((byte)'\n');
        line = length < 0 ? [] : rest[..length];
        if (length < 0) return false;
        At = start + Taken;
        Taken += length + 1;
        if (line.IndexOf((byte)'\r') is >= 0 and var found) throw AgeFaults.TextMode(At + found);
        return true;
    }

    /// <summary>Everything before the line that was taken last.</summary>
    internal readonly ReadOnlySpan<byte> Before => _bytes[..(int)(At - start)];
}
