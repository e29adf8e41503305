using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Decryptor.Worker.Formats.Xz;

/// <summary>
/// The index behind a stream's blocks, held against the blocks that were there: their number and a hash over their
/// lengths, so that it takes no memory however many they are.
/// </summary>
sealed class XzIndex : IDisposable
{
    readonly IncrementalHash _seen = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    long _count;

    /// <summary>Notes a block that was read.</summary>
    /// <param name="unpadded">Bytes of its header, its data and its checksum.</param>
    /// <param name="size">Bytes that came out.</param>
    internal void Add(long unpadded, long size)
    {
        Note(_seen, unpadded, size);
        _count++;
    }

    /// <summary>Consumes the index; gives its length, or null where it tells of other blocks.</summary>
    /// <exception cref="Refusal">It is cut.</exception>
    internal long? Read(Lookahead outer, Budget budget, string what)
    {
        var (at, crc) = (outer.Position, 0u);
        Take(outer, 1, ref crc);
        using var told = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        if (Number(outer, what, ref crc) != _count) return null;
        for (var i = 0L; i < _count; i++)
        {
            if (Number(outer, what, ref crc) is not { } unpadded || Number(outer, what, ref crc) is not { } size)
                return null;
            Note(told, unpadded, size);
            if (i % 4096 == 0) budget.Unpacked(0);
        }

        var padding = (int)(-(outer.Position - at) & 3);
        var rest = outer.Peek(padding + 4);
        if (rest.Length < padding + 4) throw outer.BrokenOff(what);
        var isRight = rest[..padding].IndexOfAnyExcept((byte)0) < 0;
        Take(outer, padding, ref crc);
        isRight &= BinaryPrimitives.ReadUInt32LittleEndian(outer.Peek(4)) == crc;
        outer.Skip(4);
        isRight &= told.GetHashAndReset().AsSpan().SequenceEqual(_seen.GetHashAndReset());
        _count = 0;
        return isRight ? outer.Position - at : null;
    }

    public void Dispose() => _seen.Dispose();

    static void Note(IncrementalHash hash, long unpadded, long size)
    {
        Span<byte> pair = stackalloc byte[16];
        BinaryPrimitives.WriteInt64LittleEndian(pair, unpadded);
        BinaryPrimitives.WriteInt64LittleEndian(pair[8..], size);
        hash.AppendData(pair);
    }

    static long? Number(Lookahead outer, string what, ref uint crc)
    {
        var some = outer.Peek(XzNumber.LongestBytes);
        var at = 0;
        var number = XzNumber.Read(some, ref at);
        if (number is null && some.Length < XzNumber.LongestBytes) throw outer.BrokenOff(what);
        Take(outer, at, ref crc);
        return number;
    }

    static void Take(Lookahead outer, int bytes, ref uint crc)
    {
        if (bytes == 0) return;
        crc = Inflater.Crc(crc, outer.Peek(bytes));
        outer.Skip(bytes);
    }
}
