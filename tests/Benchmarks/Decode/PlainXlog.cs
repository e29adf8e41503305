using System.Buffers.Binary;
using System.IO.Compression;
using ZstdSharp;

namespace Decryptor.Benchmarks.Decode;

/// <summary>
/// The decoder that one would write first: the whole file in memory, TEA a group at a time, a stream object a block
/// that is copied into the output. It checks nothing and hashes nothing, and so does less than a worker.
/// </summary>
sealed class PlainXlog
{
    const byte ZstdMagic = 0x0C;

    readonly string _path;
    readonly string _output;
    readonly Bench _bench;

    public PlainXlog(string path, Bench bench)
    {
        (_path, _bench) = (path, bench);
        _output = Path.Combine(bench.Folder, "plain.log");
        Part = new("plain .NET", Decode, () => File.Delete(_output));
    }

    public Part Part { get; }

    void Decode()
    {
        var file = File.ReadAllBytes(_path);
        using var text = File.Create(_output);
        foreach (var block in XlogBlocks.Of(file, _bench))
        {
            var clear = Open(file.AsSpan(block.At, block.Length), block.Key);
            using var packed = new MemoryStream(clear);
            using Stream unpacked = block.Magic == ZstdMagic
                ? new DecompressionStream(packed, checkEndOfStream: false)
                : new DeflateStream(packed, CompressionMode.Decompress);
            unpacked.CopyTo(text);
        }
    }

    static byte[] Open(ReadOnlySpan<byte> payload, byte[] key)
    {
        var clear = payload.ToArray();
        Span<uint> k = stackalloc uint[4];
        for (var i = 0; i < k.Length; i++) k[i] = BinaryPrimitives.ReadUInt32LittleEndian(key.AsSpan(4 * i));
        for (var at = 0; at + 8 <= clear.Length; at += 8)
        {
            var v0 = BinaryPrimitives.ReadUInt32LittleEndian(clear.AsSpan(at));
            var v1 = BinaryPrimitives.ReadUInt32LittleEndian(clear.AsSpan(at + 4));
            var sum = unchecked(0x9E3779B9u << 4);
            for (var cycle = 0; cycle < 16; cycle++, sum -= 0x9E3779B9u)
            {
                v1 -= ((v0 << 4) + k[2]) ^ (v0 + sum) ^ ((v0 >> 5) + k[3]);
                v0 -= ((v1 << 4) + k[0]) ^ (v1 + sum) ^ ((v1 >> 5) + k[1]);
            }

            BinaryPrimitives.WriteUInt32LittleEndian(clear.AsSpan(at), v0);
            BinaryPrimitives.WriteUInt32LittleEndian(clear.AsSpan(at + 4), v1);
        }

        return clear;
    }
}
