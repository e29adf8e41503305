using System.IO.Compression;
using System.Text.Json;

namespace Decryptor.Worker.Tests;

/// <summary>
/// The files made by the real encoders. They lie beside the project, and where they do not, the tests that need them
/// say so.
/// </summary>
static class Corpus
{
    /// <summary>Where it lies; null for nowhere.</summary>
    internal static string? Root { get; } = Find();

    /// <summary>The path of a corpus file; ignores the test when there is no corpus.</summary>
    internal static string File(string path)
    {
        if (Root is null) Assert.Ignore("no corpus: shared/corpus is in no folder above the test assembly");
        return Path.Combine(Root!, path);
    }

    /// <summary>A folder of the corpus; null when there is no corpus.</summary>
    internal static string? Folder(string name) => Root is null ? null : Path.Combine(Root, name);

    internal static IEnumerable<TestCaseData> Xlog(string kind) =>
        Root is null
            ? [new TestCaseData(null) { TestName = $"no corpus, so no {kind} files" }]
            : Entries(kind).Select(entry =>
                new TestCaseData(entry) { TestName = entry.GetProperty("file").GetString()! });

    internal static byte[] Unzipped(string path)
    {
        using var zipped = new GZipStream(System.IO.File.OpenRead(File(path)), CompressionMode.Decompress);
        var text = new MemoryStream();
        zipped.CopyTo(text);
        return text.ToArray();
    }

    internal static Ring Ring(params string[] names)
    {
        using var keys = JsonDocument.Parse(System.IO.File.ReadAllBytes(File("xlog/keys.json")));
        return new Ring([.. names.Select(name =>
            (name, keys.RootElement.GetProperty(name).GetProperty("private_hex").GetString()!))]);
    }

    static JsonElement.ArrayEnumerator Entries(string kind) =>
        JsonDocument.Parse(System.IO.File.ReadAllBytes(File("xlog/manifest.json"))).RootElement.GetProperty(
            kind).EnumerateArray();

    static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (Directory.Exists(Path.Combine(folder.FullName, "shared", "corpus")))
                return Path.Combine(folder.FullName, "shared", "corpus");
        return null;
    }
}
