using System.IO.Compression;
using Decryptor.Samples;

namespace Decryptor.Benchmarks.Decode;

/// <summary>A package of many logs: half of them deflated once more, half stored.</summary>
static class ZipCases
{
    const int Logs = 200;
    const int FlushAt = 51_200;
    const int SmallestBytes = 50_000, LargestBytes = 500_000;

    public static IEnumerable<DecodeCase> All(string scratch)
    {
        var random = new Random(17);
        var receiver = new KeyPair(random);
        var (sums, length) = (new List<string>(), 0L);
        var path = Path.Combine(scratch, "logs.zip");
        using (var zip = ZipFile.Open(path, ZipArchiveMode.Create))
        {
            for (var i = 0; i < Logs; i++)
            {
                var text = Texts.Of(random.Next(SmallestBytes, LargestBytes), seed: i);
                Put(zip, $"logs/{i:000}.xlog", Xlog(text, receiver, random), isStored: i % 2 == 1);
                sums.Add(Sums.Of(text));
                length += text.Length;
            }
        }

        yield return new("zip of 200 xlogs", path, [$"xlog {receiver.PrivateHex}"], length, Sums.Joined(sums))
        {
            Programs = bench => Unzipped(path, bench),
        };
    }

    static byte[] Xlog(byte[] text, KeyPair receiver, Random random)
    {
        var (file, encoder) = (new MemoryStream(), new XlogEncoder(Compression.Deflate, receiver, random));
        for (var at = 0; at < text.Length;)
        {
            var end = Array.IndexOf(text, (byte)'\n', at) is >= 0 and var found ? found + 1 : text.Length;
            encoder.Add(text.AsSpan(at, end - at));
            at = end;
            if (encoder.Pending >= FlushAt) encoder.Flush(file);
        }

        encoder.Flush(file);
        return file.ToArray();
    }

    static void Put(ZipArchive zip, string name, byte[] bytes, bool isStored)
    {
        using var member = zip.CreateEntry(name, isStored ? CompressionLevel.NoCompression : CompressionLevel.Optimal)
            .Open();
        member.Write(bytes);
    }

    // unzip by itself does no more than the first half of the work; to have the text, its files are decoded then.
    static IReadOnlyList<Part> Unzipped(string path, Bench bench)
    {
        var folder = Path.Combine(bench.Folder, "unzipped");
        void Clear() => Directory.Delete(folder, recursive: true);
        string[] arguments = ["-q", "-o", path, "-d", folder];
        var alone = ForeignProgram.AsRival("unzip", "unzip", arguments, Clear);
        if (alone.Count == 0) return [];
        void Both()
        {
            ForeignProgram.Run(ForeignProgram.Find("unzip")!, arguments);
            WorkerRun.OfEach(WorkerPath.All[0], Directory.GetFiles(Path.Combine(folder, "logs")), bench.Ring, folder);
        }

        return [.. alone, new("unzip, then a worker over its files", Both, Clear) { IsProgram = true }];
    }
}
