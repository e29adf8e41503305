namespace Decryptor.Worker.Formats.Xlog;

/// <summary>
/// Looks ahead for blocks whose frames are whole and whose keys are known, and gives them to a crew. It asks nobody and
/// believes nothing for good: what the decoder later takes for something else was done in vain, at most once a block.
/// The crew comes with the first stretch that is worth it.
/// </summary>
sealed class Scout(Foresight foresight, SessionKeys keys) : IDisposable
{
    long _seenTo;

    /// <summary>Null until there is something for it to do.</summary>
    internal Crew<BlockAhead>? Crew { get; private set; }

    /// <summary>
    /// Looks at <paramref name="rest"/>, which begins at <paramref name="position"/> with a block that ends before
    /// <paramref name="from"/>.
    /// </summary>
    internal void Look(ReadOnlySpan<byte> rest, long position, int from)
    {
        if (foresight.Threads < 2 || (Crew is null && rest.Length < foresight.LeastStretch)) return;
        var at = (int)Math.Min(rest.Length, Math.Max(from, _seenTo - position));
        while (at < rest.Length && Crew is not { HasRoom: false })
        {
            var block = rest[at..];
            if (!BlockHeader.TryRead(block, out var header) || header.Length > BlockHeader.LengthReal) return;
            if (!Framing.IsWhole(block, header)) return;
            if (!Send(block, header, position + at)) return;
            at += header.Size + (int)header.Length + 1;
            _seenTo = position + at;
        }
    }

    public void Dispose() => Crew?.Dispose();

    // False for a block whose key is not known yet: with those behind it, it is looked at again.
    bool Send(ReadOnlySpan<byte> block, BlockHeader header, long offset)
    {
        if (header.Length < foresight.LeastPayload || !header.Written.Meets(foresight.Wanted)) return true;
        if (header.Packing is not (Packing.Deflate or Packing.Zstd)) return true;
        var tea = header.Sealed ? keys.Known(BlockHeader.ClientKey(block)) : null;
        if (header.Sealed && tea is null) return false;
        Crew ??= new(foresight.Threads, () => new());
        Crew.Free.Take(offset, header.Packing, block.Slice(header.Size, (int)header.Length), tea);
        Crew.HandOver();
        return true;
    }
}
