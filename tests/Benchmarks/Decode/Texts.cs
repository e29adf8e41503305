using System.Globalization;
using Decryptor.Samples;

namespace Decryptor.Benchmarks.Decode;

/// <summary>The invented log that the layers are put around: always the same.</summary>
static class Texts
{
    public static IEnumerable<byte[]> Lines(int seed = 17) => new LogLines(new Random(seed),
        DateTime.Parse("2026-11-23 09:12", CultureInfo.InvariantCulture)).Take(int.MaxValue);

    /// <summary>Exactly so many bytes of it.</summary>
    public static byte[] Of(int bytes, int seed = 17)
    {
        var text = new byte[bytes];
        var at = 0;
        foreach (var line in Lines(seed))
        {
            var some = line.AsSpan(0, Math.Min(line.Length, bytes - at));
            some.CopyTo(text.AsSpan(at));
            at += some.Length;
            if (at == bytes) break;
        }

        return text;
    }
}
