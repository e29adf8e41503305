using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace Decryptor.Samples;

/// <summary>
/// The vectors of <c>decryptor selftest</c>: a small package of each kind that our own encoders make, with the keys
/// that open them, the code that each must end with, and the hash of its text. A line each.
/// </summary>
static class VectorMaker
{
    const string Secret = "self-test-secret";

    const string LoganLine =
        """
        {"c":"screen 7 shown","f":2,"l":1763888000000,"n":"main","i":1,"m":true}

        """;

    static readonly DateTime Morning = new(2026, 11, 23, 9, 12, 0, DateTimeKind.Unspecified);

    internal static IEnumerable<string> Lines()
    {
        var random = new Random(4712);
        var (app, stranger, support) = (new KeyPair(random), new KeyPair(random), new AgePair(random));
        byte[] text = [.. new LogLines(random, Morning).Take(12).SelectMany(line => line)];
        var logan = Encoding.ASCII.GetBytes(LoganLine);
        yield return "# dotnet run --project tests/Samples -- vectors > Supervisor/Cli/SelfTest/vectors.txt";
        yield return $"key xlog {app.PrivateHex}";
        yield return $"key logan {Secret} {Secret}";
        yield return $"key {support.Identity}";
        yield return Vector("plain.xlog", Xlog(Compression.Zstd, null, text, random), "-", text);
        yield return Vector("sealed-zlib.xlog", Xlog(Compression.Deflate, app, text, random), "-", text);
        var zstd = Xlog(Compression.Zstd, app, text, random);
        yield return Vector("sealed-zstd.xlog", zstd, "-", text);
        yield return Vector("cut.xlog", [.. zstd, .. zstd[..^9]], "TRUNCATED", null);
        var shut = Xlog(Compression.Zstd, stranger, text, random);
        yield return Vector("for-somebody-else.xlog", shut, "KEY_NO_MATCH", []);
        yield return Vector("day.logan", Logan(logan), "-", logan);
        var sealedText = new AgeEncoder(random).For(support.Public).Seal(text);
        yield return Vector("log.age", sealedText, "-", text);
        sealedText[^1] ^= 1;
        yield return Vector("forged.age", sealedText, "NOT_AUTHENTIC", []);
        const CompressionLevel level = CompressionLevel.Optimal;
        yield return Vector("log.gz", Packed(to => new GZipStream(to, level, leaveOpen: true), text), "-", text);
        yield return Vector("log.z", Packed(to => new ZLibStream(to, level, leaveOpen: true), text), "-", text);
        yield return Vector("upload.zip", Zip(("a.log", text), ("b.xlog", zstd)), "-", [.. text, .. text]);
        yield return Vector("notes.txt", text, "-", text);
        yield return Vector("empty.xlog", [], "EMPTY", []);
        yield return Vector("noise.bin", [.. Enumerable.Range(0, 256).Select(i => (byte)(i * 131 + 7))],
            "UNKNOWN_FORMAT", []);
    }

    // A text that is not told is whatever can be had of it.
    static string Vector(string name, byte[] package, string code, byte[]? text) =>
        $"vector {name} {code} {(text is null ? "-" : Convert.ToHexStringLower(SHA256.HashData(text)))} "
        + Convert.ToBase64String(package);

    static byte[] Xlog(Compression compression, KeyPair? receiver, byte[] text, Random random)
    {
        var (file, encoder) = (new MemoryStream(), new XlogEncoder(compression, receiver, random));
        foreach (var line in Encoding.UTF8.GetString(text).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            encoder.Add(Encoding.UTF8.GetBytes(line + "\n"));
        encoder.Flush(file);
        return file.ToArray();
    }

    static byte[] Logan(byte[] line)
    {
        var file = new MemoryStream();
        var encoder = new LoganEncoder(Encoding.ASCII.GetBytes(Secret), Encoding.ASCII.GetBytes(Secret));
        encoder.Add(file, line);
        encoder.Flush(file);
        return file.ToArray();
    }

    static byte[] Packed(Func<Stream, Stream> layer, byte[] text)
    {
        var packed = new MemoryStream();
        using (var stream = layer(packed)) stream.Write(text);
        return packed.ToArray();
    }

    static byte[] Zip(params (string Name, byte[] Bytes)[] members)
    {
        var packed = new MemoryStream();
        using (var zip = new ZipArchive(packed, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, bytes) in members)
            {
                var entry = zip.CreateEntry(name);
                entry.LastWriteTime = new(Morning, TimeSpan.Zero);
                using var stream = entry.Open();
                stream.Write(bytes);
            }
        }

        return packed.ToArray();
    }
}
