using System.Buffers.Binary;
using Decryptor.Protocol;
using Decryptor.Worker.Formats.Xlog;

namespace Decryptor.Benchmarks.Decode;

/// <summary>One sealed block of a good file: where its payload is, and the key that opens it.</summary>
readonly record struct XlogBlock(int At, int Length, byte Magic, byte[] Key);

/// <summary>The blocks of a good file whose headers all have 73 bytes, one behind the other.</summary>
static class XlogBlocks
{
    const int HeaderBytes = 73;
    const int KeyAt = 9;
    const int KeyBytes = 64;
    const int LengthAt = 5;

    /// <summary>Reads all headers and asks the ring for each key that it has not seen before.</summary>
    public static IEnumerable<XlogBlock> Of(byte[] file, Bench bench)
    {
        var (asked, key) = (Array.Empty<byte>(), Array.Empty<byte>());
        for (var at = 0; at < file.Length;)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(at + LengthAt));
            if (!file.AsSpan(at + KeyAt, KeyBytes).SequenceEqual(asked))
            {
                asked = file.AsSpan(at + KeyAt, KeyBytes).ToArray();
                var answer = bench.Ring.Answer(new KeyRequest(new(1, 1, new(1, 1)), 1, "xlog", asked));
                key = answer.Candidates[0].Secret.ToArray();
            }

            yield return new(at + HeaderBytes, length, file[at], key);
            at += HeaderBytes + length + 1;
        }
    }
}
