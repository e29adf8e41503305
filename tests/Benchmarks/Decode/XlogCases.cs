using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Decryptor.Samples;

namespace Decryptor.Benchmarks.Decode;

/// <summary>Large sealed xlog files of both compressions, and one of very many very small blocks.</summary>
static class XlogCases
{
    const long MadeBytes = 64 << 20;

    static readonly Quoted[] Zlib =
        [new("Mars Python", 3.1), new("Mars C -O2", 129), new("Rprop C", 197), new("plain .NET", 249)];

    static readonly Quoted[] Zstd = [new("Mars C (loses data)", 177), new("plain .NET", 142)];

    // 11.7 MB in 196, 10.5 and 0.46 seconds.
    static readonly Quoted[] Tiny = [new("Mars Python", 0.06), new("Mars C", 1.11), new("plain .NET", 25.4)];

    public static IEnumerable<DecodeCase> All(string? corpus, string scratch) =>
        corpus is null ? Made(scratch) : OfCorpus(corpus);

    static IEnumerable<DecodeCase> OfCorpus(string corpus)
    {
        using var keys = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(corpus, "xlog", "keys.json")));
        var key = $"xlog {keys.RootElement.GetProperty("A").GetProperty("private_hex").GetString()}";
        yield return Case("xlog zlib+crypt", Cases.Large(corpus, "async-zlib-crypt-64m.xlog"), key, Zlib);
        yield return Case("xlog zstd+crypt", Cases.Large(corpus, "async-zstd-crypt-64m.xlog"), key, Zstd);
        var tiny = Cases.Large(corpus, "async-zlib-crypt-seqwrap-67k-blocks.xlog");
        yield return Case("xlog tiny blocks", tiny, key, Tiny);
    }

    static IEnumerable<DecodeCase> Made(string scratch)
    {
        yield return Make("xlog zlib+crypt, made here", Compression.Deflate, 51_200, MadeBytes, scratch, Zlib);
        yield return Make("xlog zstd+crypt, made here", Compression.Zstd, 51_200, MadeBytes, scratch, Zstd);
        yield return Make("xlog tiny blocks, made here", Compression.Deflate, 1, MadeBytes / 6, scratch, Tiny);
    }

    static DecodeCase Case(
        string name, (string Path, long TextBytes, string TextSha256) file, string key, Quoted[] rivals) =>
        new(name, file.Path, [key], file.TextBytes, file.TextSha256)
        {
            BareParts = bench => new XlogParts(file.Path, bench).All,
            Plain = bench => new PlainXlog(file.Path, bench).Part,
            Rivals = rivals,
        };

    static DecodeCase Make(
        string name, Compression compression, int flushAt, long bytes, string folder, Quoted[] rivals)
    {
        var random = new Random(17);
        var receiver = new KeyPair(random);
        var encoder = new XlogEncoder(compression, receiver, random);
        var lines = new LogLines(random, DateTime.Parse("2026-11-23 09:12", CultureInfo.InvariantCulture));
        var path = Path.Combine(folder, $"{compression}-{flushAt}.xlog");
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var length = 0L;
        using (var file = File.Create(path))
        {
            foreach (var line in lines.Take(int.MaxValue).TakeWhile(_ => length < bytes))
            {
                encoder.Add(line);
                hash.AppendData(line);
                length += line.Length;
                if (encoder.Pending >= flushAt) encoder.Flush(file);
            }

            encoder.Flush(file);
        }

        return Case(name, (path, length, Convert.ToHexStringLower(hash.GetHashAndReset())),
            $"xlog {receiver.PrivateHex}", rivals);
    }
}
