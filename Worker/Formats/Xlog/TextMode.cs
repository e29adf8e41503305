namespace Decryptor.Worker.Formats.Xlog;

/// <summary>
/// Undoes a transfer in text mode, which puts 0D before every 0A of a file and breaks nearly every block. What was done
/// to all alike can be undone exactly: each 0D 0A becomes 0A again.
/// </summary>
static class TextMode
{
    const byte Return = 0x0D;
    const byte Feed = 0x0A;

    /// <summary>
    /// Whether a file that begins with <paramref name="first"/> was transferred so: no 0A in it lacks a 0D, and its
    /// blocks are whole when that is undone, or more of them than before. Lines that end in 0D 0A by themselves do not
    /// deceive it.
    /// </summary>
    internal static bool IsIn(ReadOnlySpan<byte> first)
    {
        if (!HasOnlyPairs(first)) return false;
        var undone = new byte[first.Length];
        var count = Undo(first, undone, out _);
        return Blocks(undone.AsSpan(0, count)) > Blocks(first);
    }

    /// <summary>
    /// Copies <paramref name="bytes"/> without each 0D that precedes a 0A; returns how many bytes that were. A 0D at
    /// the very end is not copied but left, since nobody knows yet what follows it.
    /// </summary>
    internal static int Undo(ReadOnlySpan<byte> bytes, Span<byte> to, out int used)
    {
        var count = 0;
        used = 0;
        while (used < bytes.Length)
        {
            var rest = bytes[used..];
            var found = rest.IndexOf(Return);
            var plain = found < 0 ? rest.Length : found;
            rest[..plain].CopyTo(to[count..]);
            count += plain;
            used += plain;
            if (found < 0 || found + 1 == rest.Length) break;
            if (rest[found + 1] != Feed) to[count++] = Return;
            used++;
        }

        return count;
    }

    static bool HasOnlyPairs(ReadOnlySpan<byte> bytes)
    {
        var any = false;
        for (int found; (found = bytes.IndexOf(Feed)) >= 0; bytes = bytes[(found + 1)..], any = true)
            if (found == 0 || bytes[found - 1] != Return) return false;
        return any;
    }

    // Whole blocks one behind the other, from the first one on.
    static int Blocks(ReadOnlySpan<byte> bytes)
    {
        var count = 0;
        var at = Framing.First(bytes);
        while (at >= 0 && at < bytes.Length && BlockHeader.TryRead(bytes[at..], out var header)
            && header.Length <= BlockHeader.LengthReal && Framing.IsWhole(bytes[at..], header))
        {
            count++;
            at += header.Size + (int)header.Length + 1;
        }

        return count;
    }
}

/// <summary>A file as it was before its transfer in text mode. Its offsets count without the added bytes.</summary>
sealed class UndoneTextMode(Lookahead input) : Stream
{
    const int Step = 64 * 1024;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty) return 0;
        while (true)
        {
            var some = input.Peek(Math.Min(Step, buffer.Length));
            if (some.IsEmpty) return 0;
            var count = TextMode.Undo(some, buffer, out var used);
            input.Skip(used);
            if (count > 0) return count;
            if (used == 0) return ReadReturn(buffer);
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
        // Nothing is written.
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    // A lone 0D came last: what follows it decides.
    int ReadReturn(Span<byte> buffer)
    {
        var pair = input.Peek(2);
        var isPair = pair.Length == 2 && pair[1] == 0x0A;
        buffer[0] = isPair ? pair[1] : pair[0];
        input.Skip(isPair ? 2 : 1);
        return 1;
    }
}
