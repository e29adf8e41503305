using System.Buffers.Binary;
using Decryptor.Protocol;

namespace Decryptor.Benchmarks.Decode;

/// <summary>The ciphertexts of a good file, and its one secret.</summary>
static class LoganBlocks
{
    const int HeadBytes = 5;

    public static IEnumerable<Range> Of(byte[] file)
    {
        for (var at = 0; at < file.Length;)
        {
            var end = at + HeadBytes + BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(at + 1));
            if (end > at + HeadBytes) yield return (at + HeadBytes)..end;
            at = end < file.Length && file[end] == 0 ? end + 1 : end;
        }
    }

    /// <summary>Key and IV, 16 bytes each.</summary>
    public static byte[] Secret(Bench bench) =>
        bench.Ring.Answer(new KeyRequest(new(1, 1, new(1, 1)), 1, "logan", default)).Candidates[0].Secret.ToArray();
}
