using System.Security.Cryptography;
using System.Text.Json;
using Decryptor.Samples;

namespace Decryptor.Benchmarks.Decode;

/// <summary>A large Logan file: the corpus', made by the real encoder, or one of ours.</summary>
static class LoganCases
{
    const long MadeBytes = 64 << 20;

    const string Secret = "0123456789012345";

    // 69.4 MB of text in 0.92, 0.24 and 0.155 seconds.
    static readonly Quoted[] Rivals =
        [new("Logan's Java server", 75), new("C", 289), new("plain .NET, elsewhere", 448)];

    public static IEnumerable<DecodeCase> All(string? corpus, string scratch)
    {
        yield return corpus is null ? Make(scratch) : OfCorpus(corpus);
    }

    static DecodeCase OfCorpus(string corpus)
    {
        using var keys = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(corpus, "logan", "keys.json")));
        var app = keys.RootElement.GetProperty("logan-default");
        return Case("logan", Cases.Large(corpus, "logan_64m.logan"),
            $"logan {app.GetProperty("key").GetString()} {app.GetProperty("iv").GetString()}");
    }

    static DecodeCase Make(string folder)
    {
        var path = Path.Combine(folder, "made.logan");
        var encoder = new LoganEncoder("0123456789012345"u8, "0123456789012345"u8);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var length = 0L;
        using (var file = File.Create(path))
        {
            foreach (var line in Texts.Lines().TakeWhile(_ => length < MadeBytes))
            {
                encoder.Add(file, line);
                hash.AppendData(line);
                length += line.Length;
            }

            encoder.Flush(file);
        }

        return Case("logan, made here", (path, length, Convert.ToHexStringLower(hash.GetHashAndReset())),
            $"logan {Secret} {Secret}");
    }

    static DecodeCase Case(string name, (string Path, long TextBytes, string TextSha256) file, string key) =>
        new(name, file.Path, [key], file.TextBytes, file.TextSha256)
        {
            BareParts = bench => new LoganParts(file.Path, bench).All,
            Plain = bench => new PlainLogan(file.Path, bench).Part,
            Rivals = Rivals,
        };
}
