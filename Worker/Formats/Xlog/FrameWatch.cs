using Decryptor.Protocol;

namespace Decryptor.Worker.Formats.Xlog;

/// <summary>What became of a block whose frame is believed.</summary>
enum Fate
{
    Opened,
    Shut,
    Damaged,

    /// <summary>Nobody wants what was written in its hours.</summary>
    PassedOver,
}

/// <summary>
/// Follows the frames of a file, opened or not: what the headers say, and where one block does not begin at the end of
/// the one before. It judges nothing; the facts that it gathers are for whoever asks what the file is.
/// </summary>
sealed class FrameWatch(Findings findings)
{
    /// <summary>The size of the buffer file that the app keeps, which is one open block and zeros behind it.</summary>
    internal const long BufferFileBytes = 153_600;

    const int LooksMax = 16;

    long _due;
    long _inside = -1;
    long _lookedAt = -1;
    int _looks;

    BlockEvidence Seen => findings.Evidence.Blocks ??= new();

    /// <summary>A block with a whole frame; its client's key where it is sealed.</summary>
    internal void Whole(BlockHeader header, ReadOnlySpan<byte> key, long at, long end, Fate fate)
    {
        Seen.Framed++;
        if (at == _inside) findings.Evidence.Trace(Trace.Overlap, at);
        See(header, key, at, end, fate);
    }

    /// <summary>A block seems to begin there, inside another. It is told when it turns out to be one.</summary>
    internal void Inside(long at) => _inside = at;

    /// <summary>A block that is believed although its frame is not whole, or nothing of ours follows it.</summary>
    internal void Broken(BlockHeader header, ReadOnlySpan<byte> key, long at, Extent extent, Fate fate)
    {
        See(header, key, at, at + extent.Next, fate);
        if ((extent.Damage ?? extent.Wound) is { } why) Seen.Break(at, extent.Next, why.Why);
        else Seen.Framed++;
    }

    /// <summary>The file ends inside a block.</summary>
    internal void Cut(long at, long length, string why)
    {
        Follow(at);
        Seen.Break(at, length, why);
        _due = at + length;
    }

    /// <summary>Zeros where a block is due.</summary>
    internal void Zeros(long at, long count)
    {
        Follow(at);
        _due = Math.Max(_due, at + count);
    }

    /// <summary>
    /// Looks at what is due behind the last frame, where the search for blocks comes by and sees the end of the file:
    /// zeros, or a block that is cut. What no key opens is searched through, and would hide both.
    /// </summary>
    internal void Look(ReadOnlySpan<byte> rest, long position, bool isEnd)
    {
        var ahead = _due - position;
        if (!isEnd || ahead < 0 || ahead >= rest.Length || _lookedAt == _due) return;
        if (findings.Evidence.Blocks is null || ++_looks > LooksMax) return;
        _lookedAt = _due;
        var tail = rest[(int)ahead..];
        if (tail.IndexOfAnyExcept((byte)0) < 0)
        {
            NoteTail(findings, _due, _due + tail.Length);
            _due += tail.Length;
        }
        else if (BlockHeader.TryRead(tail, out var header) && header.Length <= BlockHeader.LengthReal
            && header.Size + (long)header.Length >= tail.Length && Framing.First(tail) < 0)
        {
            Seen.Cut++;
            Cut(_due, tail.Length, "the file ends inside this block");
        }
    }

    /// <summary>The end of the file.</summary>
    internal void End(long size)
    {
        if (findings.Evidence.Blocks is not null) Follow(size);
    }

    /// <summary>Zeros that reach to the end of the file, from <paramref name="at"/>.</summary>
    internal static void NoteTail(Findings findings, long at, long size)
    {
        if (size == BufferFileBytes) findings.Evidence.Trace(Trace.BufferFile, 0);
        else findings.Evidence.Trace(Trace.ZeroTail, at, size - at);
    }

    void See(BlockHeader header, ReadOnlySpan<byte> key, long at, long end, Fate fate)
    {
        Follow(at);
        _due = end;
        var seen = Seen;
        if (header.IsCounted) seen.Async++;
        else seen.Sync++;
        if (header.Packing == Packing.Plain) seen.Plain++;
        else if (header.Packing == Packing.Zstd) seen.Zstd++;
        else seen.Deflate++;
        if (fate == Fate.PassedOver) seen.PassedOver++;
        if (header.KeyedPlain) seen.KeyedPlain++;
        seen.Hours(header.BeginHour, header.EndHour);
        if (!header.Sealed) return;
        seen.Sealed++;
        if (fate == Fate.Shut) seen.Shut++;
        seen.Client(key, fate == Fate.Opened);
    }

    void Follow(long at)
    {
        if (at > _due) Seen.Break(_due, at - _due, "bytes that belong to no whole block");
    }
}
