using System.Text;
using Decryptor.Samples;

namespace Decryptor.Worker.Tests;

/// <summary>Logan files made by the project's own encoder, with the text that is in them.</summary>
static class LoganMade
{
    internal static readonly (string Name, string Key, string Iv) Ours =
        ("app", "K9#mZ2!qLp7$xW4&", "iv-of-16-bytes!!");

    internal static LoganEncoder Encoder(byte system = 3) =>
        new(Encoding.ASCII.GetBytes(Ours.Key), Encoding.ASCII.GetBytes(Ours.Iv)) { System = system };

    internal static string Line(Random random, int number, int? length = null) => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"{{\"c\":\"[I][net] 订单 {number} {Body(random, length ?? random.Next(4, 120))}\",\"f\":{random.Next(1, 6)},"
        + $"\"l\":{1767225600000 + number * 17L},\"n\":\"worker-{random.Next(9)}\",\"i\":{random.Next(200)},"
        + $"\"m\":{(random.Next(2) == 0 ? "true" : "false")}}}\n");

    /// <summary>A day's file: lines, flushes between them, and the last block closed.</summary>
    internal static (byte[] File, byte[] Text) Day(int lines, int seed, byte system = 3)
    {
        var random = new Random(seed);
        var encoder = Encoder(system);
        var (file, text) = (new MemoryStream(), new MemoryStream());
        for (var number = 0; number < lines; number++)
        {
            var line = Encoding.UTF8.GetBytes(Line(random, number));
            encoder.Add(file, line);
            text.Write(line);
            if (random.Next(60) == 0) encoder.Flush(file);
        }

        encoder.Flush(file);
        return (file.ToArray(), text.ToArray());
    }

    /// <summary>The offsets of the blocks of a sound file, zero-length ones left out, and its size.</summary>
    internal static int[] Borders(byte[] file)
    {
        var borders = new List<int>();
        for (var at = 0; at < file.Length;)
        {
            var length = System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(at + 1));
            if (length > 0) borders.Add(at);
            at += length > 0 ? length + 6 : 5;
        }

        return [.. borders, file.Length];
    }

    static string Body(Random random, int length) =>
        string.Concat(Enumerable.Range(0, length).Select(_ => "abcdefghijklmnop 0123456789/=?&"[random.Next(31)]));
}
