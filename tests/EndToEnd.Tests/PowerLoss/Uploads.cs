using System.IO.Compression;
using System.Text;
using Decryptor.Samples;

namespace Decryptor.EndToEnd.Tests.PowerLoss;

/// <summary>Fifty small uploads of all ends: whole, partial, damaged, empty, packed, and sealed for keys that come
/// late.</summary>
sealed class Uploads
{
    const int Count = 50;
    const int Kinds = 10;

    static readonly DateTime Morning = new(2026, 11, 23, 9, 12, 0, DateTimeKind.Unspecified);

    readonly Random _random = new(4711);
    readonly KeyPair _early;
    readonly KeyPair _late;

    public Uploads()
    {
        (_early, _late) = (new(_random), new(_random));
        foreach (var number in Enumerable.Range(0, Count))
        {
            var folder = number % 7 == 3 ? "tenant/" : "";
            All[$"{folder}{number:00}{Extension(number)}"] = Make(number);
        }
    }

    /// <summary>By their places in <c>incoming/</c>.</summary>
    public Dictionary<string, byte[]> All { get; } = new(StringComparer.Ordinal);

    public string EarlyKey => $"xlog {_early.PrivateHex}";

    public string LateKey => $"xlog {_late.PrivateHex}";

    static string Extension(int number) => (number % Kinds) switch
    {
        0 or 1 => ".txt",
        2 => ".log.gz",
        3 => ".zip",
        _ => ".xlog",
    };

    byte[] Make(int number) => (number % Kinds) switch
    {
        0 => Text(20 + number),
        1 => number == 11 ? [] : Text(200),
        2 => Packed(Text(90 + number)),
        3 => Package(number),
        4 => Session(_early, Compression.Zstd, 80),
        5 => Damaged(Session(_early, Compression.Deflate, 400)),
        6 => Session(_late, Compression.Zstd, 60 + number),
        7 => Session(_early, Compression.Deflate, 300)[..^77],
        8 => Noise(700 + number),
        _ => Session(_early, Compression.Deflate, 150),
    };

    byte[] Text(int lines) => [.. new LogLines(_random, Morning).Take(lines).SelectMany(line => line)];

    byte[] Noise(int length)
    {
        var noise = new byte[length];
        _random.NextBytes(noise);
        return noise;
    }

    byte[] Session(KeyPair receiver, Compression compression, int lines)
    {
        using var file = new MemoryStream();
        var encoder = new XlogEncoder(compression, receiver, _random);
        foreach (var line in new LogLines(_random, Morning).Take(lines))
        {
            encoder.Add(line);
            if (encoder.Pending >= 4000) encoder.Flush(file);
        }

        encoder.Flush(file);
        return file.ToArray();
    }

    static byte[] Damaged(byte[] bytes)
    {
        bytes.AsSpan(bytes.Length / 2, 40).Fill(0xA5);
        return bytes;
    }

    static byte[] Packed(byte[] text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true)) gzip.Write(text);
        return packed.ToArray();
    }

    // One member of three wants the late key: the package is partial first, and tried again.
    byte[] Package(int number)
    {
        using var packed = new MemoryStream();
        using (var zip = new ZipArchive(packed, ZipArchiveMode.Create, leaveOpen: true))
        {
            Put(zip, "a.xlog", Session(number % 20 == 3 ? _late : _early, Compression.Zstd, 40));
            Put(zip, "b.log", Text(30));
            Put(zip, "empty.log", []);
        }

        return packed.ToArray();
    }

    static void Put(ZipArchive zip, string name, byte[] bytes)
    {
        var entry = zip.CreateEntry(name);
        entry.LastWriteTime = new(Morning, TimeSpan.Zero);
        using var stream = entry.Open();
        stream.Write(bytes);
    }
}
