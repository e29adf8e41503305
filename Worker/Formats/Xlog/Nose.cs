namespace Decryptor.Worker.Formats.Xlog;

/// <summary>
/// Whether a stretch of a file holds an xlog block, without any key: for the choice between formats that no first bytes
/// prove. A block that is longer than the stretch is believed for a client key on the curve, or for a payload that
/// begins to unpack; such looks are few, whatever is in the stretch.
/// </summary>
sealed class Nose : IDisposable
{
    const int LooksMax = 64;

    readonly InflateProbe _probe = new();
    readonly byte[] _text = new byte[256];
    int _looks;

    /// <summary>Where the first block begins that can be believed; -1 for none.</summary>
    internal static int Sniff(ReadOnlySpan<byte> first)
    {
        using var nose = new Nose();
        if (!TextMode.IsIn(first)) return nose.Find(first);
        var undone = new byte[first.Length];
        return nose.Find(undone.AsSpan(0, TextMode.Undo(first, undone, out _)));
    }

    public void Dispose() => _probe.Dispose();

    int Find(ReadOnlySpan<byte> stretch)
    {
        for (var at = 0; (at = Framing.NextMagic(stretch, at, stretch.Length)) >= 0; at++)
        {
            var rest = stretch[at..];
            if (!BlockHeader.TryRead(rest, out var header) || header.Length > BlockHeader.LengthMax) continue;
            if (Framing.IsWhole(rest, header) || (Reaches(rest, header) && Begins(rest, header))) return at;
        }

        return -1;
    }

    // A shorter one would have shown its end.
    bool Reaches(ReadOnlySpan<byte> rest, BlockHeader header) => rest.Length > header.Size
        && header.Size + (long)header.Length >= rest.Length && header.Length <= BlockHeader.LengthReal
        && _looks++ < LooksMax;

    bool Begins(ReadOnlySpan<byte> rest, BlockHeader header)
    {
        if (header.Sealed) return Curve.Holds(BlockHeader.ClientKey(rest));
        var payload = rest[header.Size..];
        if (header.Packing == Packing.Zstd) return ZstdReader.IsFrame(payload);
        if (header.Packing == Packing.Plain)
            return payload[0] == (byte)'[' && Stretch.IsText(payload[..Math.Min(payload.Length, _text.Length)]);
        if (header.Packing == Packing.ChunkedDeflate) payload = payload[Math.Min(2, payload.Length)..];
        return Stretch.IsText(_text.AsSpan(0, _probe.Try(payload, _text)));
    }
}
