using System.Buffers;
using System.Buffers.Binary;

namespace Decryptor.Worker.Formats.Xlog;

/// <summary>
/// Turns the payload of one block into lines: opens it, unpacks it, and keeps what came before an error. Its buffers
/// are taken once for a file.
/// </summary>
sealed class BlockReader(SessionKeys keys, InflateReader inflate, WholeLines lines) : IDisposable
{
    const int ProbeBytes = 4096;
    const int ChunkLengthBytes = 2;

    // Nothing that is sealed holds two groups of zeros; pages that a disk lost do.
    static ReadOnlySpan<byte> Hole => new byte[16];
    static ReadOnlySpan<byte> PlainHole => new byte[8];

    readonly byte[] _clear = ArrayPool<byte>.Shared.Rent(BlockHeader.LengthMax);
    readonly byte[] _stretch = new byte[512];
    readonly ZstdReader _zstd = new();

    /// <summary>
    /// Reads <paramref name="payload"/> of the block at <paramref name="offset"/>; null when all of it is well. Lines
    /// are held back at its end until the caller knows whether the block itself was whole.
    /// </summary>
    internal Damage? Read(BlockHeader header, ReadOnlySpan<byte> clientKey, ReadOnlySpan<byte> payload, long offset)
    {
        lines.Begin();
        if (header.Packing == Packing.Plain) return ReadPlain(payload);

        var hole = header.Sealed ? payload.IndexOf(Hole) : -1;
        if (hole >= 0) payload = payload[..hole];
        var damage = Clear(header, clientKey, payload, mayAsk: true, out var count)
            ?? Unpack(header.Packing, count, offset);
        if (hole >= 0 && lines.Given > 0) return Damage.Wrong($"zeros begin {hole} bytes into its payload");
        return damage is null && lines.Given == 0 && payload.Length > 0 ? Damage.Wrong("it holds no text") : damage;
    }

    /// <summary>Whether the payload begins as one does, for a block whose frame proves nothing.</summary>
    internal bool Begins(BlockHeader header, ReadOnlySpan<byte> clientKey, ReadOnlySpan<byte> payload, bool mayAsk)
    {
        var some = payload[..Math.Min(payload.Length, ProbeBytes)];
        if (header.Packing == Packing.Plain)
            return Stretch.IsText(some[..Math.Min(some.Length, _stretch.Length)]);
        if (Clear(header, clientKey, some, mayAsk, out var count) is not null) return false;
        if (header.Packing == Packing.Zstd) return ZstdReader.IsFrame(_clear.AsSpan(0, count));
        return Stretch.IsText(_stretch.AsSpan(0, inflate.Try(_clear.AsSpan(0, count), _stretch)));
    }

    public void Dispose()
    {
        _zstd.Dispose();
        ArrayPool<byte>.Shared.Return(_clear);
    }

    Damage? Clear(BlockHeader header, ReadOnlySpan<byte> clientKey, ReadOnlySpan<byte> payload, bool mayAsk,
        out int count)
    {
        count = 0;
        if (header.Packing == Packing.ChunkedDeflate)
        {
            count = JoinChunks(payload);
            return null;
        }

        if (header.Sealed)
        {
            if (keys.Open(header.Packing, clientKey, payload, _clear, mayAsk) is { } damage) return damage;
        }
        else
        {
            payload.CopyTo(_clear);
        }

        count = payload.Length;
        return null;
    }

    // Lines that a hole runs through are lost, the others are not.
    Damage? ReadPlain(ReadOnlySpan<byte> text)
    {
        if (text.IndexOf(PlainHole) < 0)
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

    Damage? Unpack(Packing packing, int count, long offset) => packing == Packing.Zstd
        ? _zstd.Read(_clear.AsSpan(0, count), offset, lines)
        : inflate.Read(_clear.AsSpan(0, count), lines);

    // A chunk that claims more than there is ends the stream there; what it has is still taken.
    int JoinChunks(ReadOnlySpan<byte> payload)
    {
        var count = 0;
        while (payload.Length >= ChunkLengthBytes)
        {
            var claimed = BinaryPrimitives.ReadUInt16LittleEndian(payload);
            var chunk = payload.Slice(ChunkLengthBytes, Math.Min(claimed, payload.Length - ChunkLengthBytes));
            chunk.CopyTo(_clear.AsSpan(count));
            count += chunk.Length;
            payload = payload[(ChunkLengthBytes + chunk.Length)..];
        }

        return count;
    }
}
