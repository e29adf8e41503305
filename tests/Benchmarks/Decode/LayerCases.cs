using System.IO.Compression;
using Decryptor.Samples;
using ZstdSharp;

namespace Decryptor.Benchmarks.Decode;

/// <summary>A large text, bare and in each of the layers.</summary>
static class LayerCases
{
    const int TextBytes = 64 << 20;
    const int AgeBytes = 60_000_000;

    public static IEnumerable<DecodeCase> All(string scratch)
    {
        var text = Texts.Of(TextBytes);
        yield return Case("text", Save(scratch, "text.log", text), text) with
        {
            BareParts = bench => Parts(Path.Combine(scratch, "text.log"), text, bench, []),
        };
        var gzip = Save(scratch, "text.gz", Packed(text, to => new GZipStream(to, CompressionLevel.Optimal)));
        yield return Case("gzip", gzip, text) with
        {
            BareParts = bench => Parts(gzip, text, bench, [LayerParts.Inflate(gzip, 10, 8), CommonParts.Crc(text)]),
            Programs = bench => Streaming("gzip", "gzip", gzip, bench),
        };
        var zlib = Save(scratch, "text.zlib", Packed(text, to => new ZLibStream(to, CompressionLevel.Optimal)));
        yield return Case("zlib", zlib, text) with
        {
            BareParts = bench => Parts(zlib, text, bench, [LayerParts.Inflate(zlib, 2, 4), LayerParts.Adler(text)]),
        };
        var zstd = Save(scratch, "text.zst", Packed(text, to => new CompressionStream(to, level: 3)));
        yield return Case("zstd", zstd, text) with
        {
            BareParts = bench => Parts(zstd, text, bench, [LayerParts.Zstd(zstd)]),
            Programs = bench => Streaming("zstd", "zstd", zstd, bench),
        };
        yield return Age(scratch, text[..AgeBytes]);
    }

    static DecodeCase Age(string scratch, byte[] text)
    {
        var random = new Random(17);
        var pair = new AgePair(random);
        var path = Save(scratch, "text.age", new AgeEncoder(random).For(pair.Public).Seal(text));
        var identity = Path.Combine(scratch, "identity");
        File.WriteAllText(identity, pair.Identity + "\n");
        return Case("age", path, text) with
        {
            KeyLines = [pair.Identity],
            BareParts = bench => Parts(path, text, bench, [LayerParts.ChaCha(text)]),
            Programs = bench => Output(bench) is var output
                ? ForeignProgram.AsRival("age", "age", ["-d", "-i", identity, "-o", output, path],
                    () => File.Delete(output))
                : [],
        };
    }

    static DecodeCase Case(string name, string path, byte[] text) => new(name, path, [], text.Length, Sums.Of(text));

    static IReadOnlyList<Part> Parts(string path, byte[] text, Bench bench, IReadOnlyList<Part> layer) =>
        [CommonParts.Read(path), .. layer, CommonParts.Hash(text), CommonParts.Write(text, bench.Folder)];

    // Both programs write beside their input what they make of it, under its name without the ending.
    static IReadOnlyList<Part> Streaming(string program, string package, string path, Bench bench)
    {
        var copy = Path.Combine(bench.Folder, $"rival{Path.GetExtension(path)}");
        File.Copy(path, copy, overwrite: true);
        var output = Path.ChangeExtension(copy, null);
        return ForeignProgram.AsRival(program, package, ["-q", "-d", "-k", "-f", copy], () => File.Delete(output));
    }

    static string Output(Bench bench) => Path.Combine(bench.Folder, "rival.log");

    static byte[] Packed(byte[] text, Func<Stream, Stream> pack)
    {
        var packed = new MemoryStream();
        using (var stream = pack(packed)) stream.Write(text);
        return packed.ToArray();
    }

    static string Save(string folder, string name, byte[] bytes)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
