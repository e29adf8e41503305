using System.Buffers;
using System.Buffers.Binary;
using Decryptor.Worker.Formats.Deflate;

namespace Decryptor.Worker.Formats.Xlog;

/// <summary>
/// The payload of one block on its way to text: opened while it is moved here, then unpacked a piece at a time. It
/// knows nothing but its bytes and its key, so whoever does it, and when, the text and the damage are the same. Its
/// memory is taken once.
/// </summary>
/// <param name="longest">The longest payload that is put in.</param>
sealed class Payload(int longest) : IDisposable
{
    const int ChunkLengthBytes = 2;

    // A writer that does finish its streams may fill the last group of 8 bytes up.
    const int SlackMax = 8;

    readonly byte[] _clear = ArrayPool<byte>.Shared.Rent(longest + WholeInflater.Padding);
    WholeInflater? _inflater;
    ZstdReader? _zstd;
    Packing _packing;
    Unpacked _end;
    int _count;
    long _given;

    /// <summary>What is packed, in clear.</summary>
    internal ReadOnlySpan<byte> Clear => _clear.AsSpan(0, _count);

    /// <summary>The piece of text that was unpacked last.</summary>
    internal ReadOnlySpan<byte> Text => _packing == Packing.Zstd ? _zstd!.Text : _inflater!.Text;

    /// <summary>Puts a payload in, opened with <paramref name="tea"/> where it is sealed.</summary>
    internal void Take(Packing packing, ReadOnlySpan<byte> payload, Tea? tea)
    {
        _packing = packing;
        if (packing == Packing.ChunkedDeflate)
        {
            JoinChunks(payload);
            return;
        }

        if (tea is null) payload.CopyTo(_clear);
        else tea.Decrypt(payload, _clear);
        _count = payload.Length;
    }

    /// <summary>Opens what was put in as it was.</summary>
    internal void Open(Tea tea) => tea.Decrypt(Clear, _clear);

    /// <summary>Begins to unpack what was put in.</summary>
    internal void Begin()
    {
        _given = 0;
        if (_packing == Packing.Zstd) (_zstd ??= new()).Begin(_clear, _count);
        else (_inflater ??= new()).Begin(_clear, _count);
    }

    /// <summary>Unpacks the next piece; false when it was the last, and <see cref="Damage"/> is known.</summary>
    internal bool Next()
    {
        _end = _packing == Packing.Zstd ? _zstd!.Next() : _inflater!.Next();
        _given += Text.Length;
        return _end == Unpacked.Full;
    }

    /// <summary>
    /// What is wrong with it; null when all is well. Real streams are never finished: to run out of input is their
    /// normal end. An error in the middle is damage, and every byte before it was given.
    /// </summary>
    internal Damage? Damage
    {
        get
        {
            if (_packing == Packing.Zstd) return _end == Unpacked.Wrong ? _zstd!.WhatIsWrong(_given) : null;
            if (_end == Unpacked.Wrong)
                return Xlog.Damage.Wrong($"the deflate stream is wrong after {_given} bytes of text");
            var left = _end == Unpacked.End ? _inflater!.BytesLeft : 0;
            if (left < SlackMax) return null;
            return Xlog.Damage.Wrong($"the deflate stream ends {left} bytes before the block does");
        }
    }

    public void Dispose()
    {
        _inflater?.Dispose();
        _zstd?.Dispose();
        ArrayPool<byte>.Shared.Return(_clear);
    }

    // A chunk that claims more than there is ends the stream there; what it has is still taken.
    void JoinChunks(ReadOnlySpan<byte> payload)
    {
        _count = 0;
        while (payload.Length >= ChunkLengthBytes)
        {
            var claimed = BinaryPrimitives.ReadUInt16LittleEndian(payload);
            var chunk = payload.Slice(ChunkLengthBytes, Math.Min(claimed, payload.Length - ChunkLengthBytes));
            chunk.CopyTo(_clear.AsSpan(_count));
            _count += chunk.Length;
            payload = payload[(ChunkLengthBytes + chunk.Length)..];
        }
    }
}
