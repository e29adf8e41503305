namespace Decryptor.Worker.Formats.Xlog;

/// <summary>
/// Turns the payload of one block into lines: opens it, unpacks it, and keeps what came before an error. Where a crew
/// has unpacked the block ahead of its turn, its text is taken as it is.
/// </summary>
sealed class BlockReader(SessionKeys keys, InflateProbe probe, WholeLines lines) : IDisposable
{
    /// <summary>The most text that one zstd block may give. The real encoder's most repetitive gave 4.56 MB.</summary>
    internal const long TextMax = 64L * 1024 * 1024;

    const int ProbeBytes = 4096;

    // Nothing that is sealed holds two groups of zeros; pages that a disk lost do.
    static ReadOnlySpan<byte> Hole => new byte[16];
    static ReadOnlySpan<byte> PlainHole => new byte[8];

    readonly Payload _payload = new(BlockHeader.LengthMax);
    readonly byte[] _stretch = new byte[512];

    /// <summary>Who may have unpacked a block already; null for nobody.</summary>
    internal Crew<BlockAhead>? Crew { get; set; }

    /// <summary>Blocks of which the crew had the text.</summary>
    internal long Ahead { get; private set; }

    /// <summary>Where zeros begin in the payload last read that cannot belong there; -1 for nowhere.</summary>
    internal int HoleAt { get; private set; }

    /// <summary>
    /// Reads <paramref name="payload"/> of the block at <paramref name="offset"/>; null when all of it is well. Lines
    /// are held back at its end until the caller knows whether the block itself was whole.
    /// </summary>
    internal Damage? Read(BlockHeader header, ReadOnlySpan<byte> clientKey, ReadOnlySpan<byte> payload, long offset)
    {
        lines.Begin();
        HoleAt = -1;
        if (header.Packing == Packing.Plain) return ReadPlain(payload);

        var hole = HoleAt = header.Sealed ? payload.IndexOf(Hole) : -1;
        if (hole >= 0) payload = payload[..hole];
        Tea? tea = null;
        var damage = header.Sealed ? keys.Choose(header.Packing, clientKey, payload, mayAsk: true, out tea) : null;
        damage ??= Unpack(header.Packing, payload, tea, offset);
        if (hole >= 0 && lines.Given > 0) return Damage.Wrong($"zeros begin {hole} bytes into its payload");
        var isEmpty = lines.Given == 0 && (payload.Length > 0 || hole == 0);
        return damage is null && isEmpty ? Damage.Wrong("it holds no text") : damage;
    }

    /// <summary>Whether the payload begins as one does, for a block whose frame proves nothing.</summary>
    internal bool Begins(BlockHeader header, ReadOnlySpan<byte> clientKey, ReadOnlySpan<byte> payload, bool mayAsk)
    {
        var some = payload[..Math.Min(payload.Length, ProbeBytes)];
        if (header.Packing == Packing.Plain)
            return Stretch.IsText(some[..Math.Min(some.Length, _stretch.Length)]);
        Tea? tea = null;
        if (header.Sealed && keys.Choose(header.Packing, clientKey, some, mayAsk, out tea) is not null) return false;
        _payload.Take(header.Packing, some, tea);
        if (header.Packing == Packing.Zstd) return ZstdReader.IsFrame(_payload.Clear);
        return Stretch.IsText(_stretch.AsSpan(0, probe.Try(_payload.Clear, _stretch)));
    }

    public void Dispose() => _payload.Dispose();

    Damage? Unpack(Packing packing, ReadOnlySpan<byte> payload, Tea? tea, long offset)
    {
        if (Crew?.Find(offset) is { } ready && ready.IsOf(payload.Length, tea))
        {
            Ahead++;
            lines.Write(ready.Text);
            return ready.Damage;
        }

        _payload.Take(packing, payload, tea);
        _payload.Begin();
        var more = true;
        while (more)
        {
            more = _payload.Next();
            lines.Write(_payload.Text);
            if (packing == Packing.Zstd && lines.Given > TextMax) throw Faults.BlockRatio(offset, TextMax);
        }

        return _payload.Damage;
    }

    // Lines that a hole runs through are lost, the others are not.
    Damage? ReadPlain(ReadOnlySpan<byte> text)
    {
        HoleAt = text.IndexOf(PlainHole);
        if (HoleAt < 0)
        {
            lines.Write(text);
            return null;
        }

        while (!text.IsEmpty)
        {
            var end = text.IndexOf((byte)'\n') + 1;
            var line = end > 0 ? text[..end] : text;
            if (line.IndexOf(PlainHole) < 0) lines.Write(line);
            text = text[line.Length..];
        }

        return Damage.Wrong("it has a hole of zeros");
    }
}
