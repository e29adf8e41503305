using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Decryptor.Worker.Formats.Xz;

/// <summary>The checksum of a block's text: none, CRC-32, CRC-64 or SHA-256.</summary>
/// <param name="type">As the stream's header has it, 0 to 15.</param>
sealed class XzCheck(int type) : IDisposable
{
    internal const int LongestCheck = 64;

    const int Crc32 = 1, Crc64 = 4, Sha256 = 10;

    static readonly ulong[] Table = MakeTable();

    readonly IncrementalHash? _hash = type == Sha256 ? IncrementalHash.CreateHash(HashAlgorithmName.SHA256) : null;
    uint _crc32;
    ulong _crc64 = ulong.MaxValue;

    internal int Bytes => type == 0 ? 0 : 4 << (type - 1) / 3;

    /// <summary>Whether it is one that can be computed, or none.</summary>
    internal bool IsKnown => type is 0 or Crc32 or Crc64 or Sha256;

    internal void Add(ReadOnlySpan<byte> bytes)
    {
        // zlib takes nothing at all for the wish to begin anew.
        if (bytes.IsEmpty) return;
        if (type == Crc32) _crc32 = Inflater.Crc(_crc32, bytes);
        else if (type == Crc64) foreach (var b in bytes) _crc64 = _crc64 >> 8 ^ Table[(byte)(_crc64 ^ b)];
        else _hash?.AppendData(bytes);
    }

    /// <summary>Whether what was added has this checksum. It begins anew.</summary>
    internal bool IsRight(ReadOnlySpan<byte> claimed)
    {
        var (crc32, crc64) = (_crc32, ~_crc64);
        (_crc32, _crc64) = (0, ulong.MaxValue);
        return type switch
        {
            Crc32 => BinaryPrimitives.ReadUInt32LittleEndian(claimed) == crc32,
            Crc64 => BinaryPrimitives.ReadUInt64LittleEndian(claimed) == crc64,
            Sha256 => _hash!.GetHashAndReset().AsSpan().SequenceEqual(claimed),
            _ => true,
        };
    }

    public void Dispose() => _hash?.Dispose();

    static ulong[] MakeTable()
    {
        var table = new ulong[256];
        for (var i = 0u; i < table.Length; i++)
        {
            var one = (ulong)i;
            for (var bit = 0; bit < 8; bit++) one = (one & 1) == 0 ? one >> 1 : one >> 1 ^ 0xC96C5795D7870F42;
            table[i] = one;
        }

        return table;
    }
}
