using System.Text.Json;

namespace Decryptor.Benchmarks.Decode;

/// <summary>
/// Every file that is decoded for its speed: those of the corpus, or ones of our own encoders where there is none.
/// </summary>
static class Cases
{
    public static IEnumerable<DecodeCase> All(string scratch) =>
    [
        .. XlogCases.All(Corpus, scratch),
        .. LoganCases.All(Corpus, scratch),
        .. LayerCases.All(scratch),
        .. ZipCases.All(scratch),
    ];

    /// <summary>Where the corpus lies; null for nowhere.</summary>
    static string? Corpus
    {
        get
        {
            for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
                if (Path.Combine(folder.FullName, "shared", "corpus") is var corpus && Directory.Exists(corpus))
                    return corpus;
            return null;
        }
    }

    /// <summary>What the manifest of the large files says of one.</summary>
    public static (string Path, long TextBytes, string TextSha256) Large(string corpus, string file)
    {
        var folder = Path.Combine(corpus, "large");
        using var manifest = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "manifest.json")));
        var entry = manifest.RootElement.GetProperty("files").EnumerateArray()
            .First(entry => entry.GetProperty("file").GetString() == file);
        return (Path.Combine(folder, file), entry.GetProperty("plaintext_bytes").GetInt64(),
            entry.GetProperty("plaintext_sha256").GetString()!);
    }
}
