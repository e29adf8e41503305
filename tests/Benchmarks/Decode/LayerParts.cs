using System.Security.Cryptography;
using Decryptor.Worker.Formats;
using Decryptor.Worker.Formats.Compression;
using ZstdSharp.Unsafe;

namespace Decryptor.Benchmarks.Decode;

/// <summary>
/// The bare work of each layer, with the worker's own library, from the whole file in memory into one buffer that is
/// used again and again.
/// </summary>
static unsafe class LayerParts
{
    const int Room = 256 * 1024;
    const int ChunkBytes = 64 * 1024;

    /// <param name="path">The file.</param>
    /// <param name="head">Bytes in front of the deflate stream.</param>
    /// <param name="tail">Bytes behind it.</param>
    public static Part Inflate(string path, int head, int tail)
    {
        var (packed, room, inflater) = (File.ReadAllBytes(path)[head..^tail], new byte[Room], new Inflater());
        return new("inflate", () =>
        {
            inflater.Reset();
            var at = 0;
            while (inflater.Step(packed.AsSpan(at), room, out var used, out _) == Inflated.More) at += used;
        });
    }

    public static Part Adler(byte[] text) => new("Adler-32", () => Adler32.Of(1, text));

    public static Part Zstd(string path)
    {
        var (packed, room) = (File.ReadAllBytes(path), new byte[Room]);
        var decoder = Methods.ZSTD_createDCtx();
        return new("zstd", () => Unpack(decoder, packed, room));
    }

    /// <summary>Whole chunks of the text, each sealed by itself; what is deciphered is thrown away.</summary>
    public static Part ChaCha(byte[] text)
    {
        var (cipher, nonce, tag) = (new ChaCha20Poly1305(new byte[32]), new byte[12], new byte[16]);
        var chunks = text.Chunk(ChunkBytes).Select(chunk =>
        {
            var secret = new byte[chunk.Length];
            cipher.Encrypt(nonce, chunk, secret, tag);
            return (Secret: secret, Tag: tag.ToArray());
        }).ToArray();
        var room = new byte[ChunkBytes];
        return new("ChaCha20-Poly1305", () =>
        {
            foreach (var chunk in chunks)
                cipher.Decrypt(nonce, chunk.Secret, chunk.Tag, room.AsSpan(0, chunk.Secret.Length));
        });
    }

    static void Unpack(ZSTD_DCtx_s* decoder, byte[] packed, byte[] room)
    {
        _ = Methods.ZSTD_DCtx_reset(decoder, ZSTD_ResetDirective.ZSTD_reset_session_only);
        fixed (byte* source = packed, target = room)
        {
            var input = new ZSTD_inBuffer_s { src = source, size = (nuint)packed.Length };
            nuint left = 1;
            while (left != 0)
            {
                var output = new ZSTD_outBuffer_s { dst = target, size = Room };
                left = Methods.ZSTD_decompressStream(decoder, &output, &input);
                if (Methods.ZSTD_isError(left)) throw new InvalidDataException("the file is damaged");
            }
        }
    }
}
