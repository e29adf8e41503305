using Decryptor.Protocol;
using Decryptor.Samples;

namespace Decryptor.Worker.Tests.Fuzz;

/// <summary>
/// What the fuzzer begins with: small files of every format, our own encoders' and, where there is one, the corpus'.
/// </summary>
static class Seeds
{
    const int LengthMax = 160_000;

    static readonly string[] Folders = ["xlog/good", "xlog/damaged", "logan", "age", "cctv-age", "packages", "hostile"];

    internal static readonly Limits Tight = Trial.Usual with
    {
        OutputBytes = 16 << 20,
        RatioFloor = 4 << 20,
        Members = 100,
        NameBytes = 256,
        WindowBytes = 8 << 20,
        ScryptLog = 8,
    };

    internal static IReadOnlyList<byte[]> All { get; } = [.. Ours(), .. Theirs()];

    internal static Ring Ring { get; } = new([("prod-2026", Made.Ours.PrivateHex)])
    {
        Others = new Dictionary<string, KeyCandidate[]>
        {
            ["logan"] = [new("default", "01234567890123450123456789012345"u8.ToArray())],
            ["password"] = [new("zip", "zip-Pw1!"u8.ToArray())],
        },
    };

    static IEnumerable<byte[]> Ours()
    {
        foreach (var compression in Enum.GetValues<Compression>())
            foreach (var key in new[] { Made.Ours, null })
                yield return Made.Session(compression, key, blocks: 4, linesInBlock: 10).File;
        yield return "2026-11-23 a line of plain text\n"u8.ToArray();
    }

    static IEnumerable<byte[]> Theirs() => Corpus.Root is null ? [] : Folders
        .SelectMany(folder => Directory.GetFiles(Path.Combine(Corpus.Root, folder)).Order(StringComparer.Ordinal))
        .Where(file => new FileInfo(file).Length is > 0 and <= LengthMax)
        .Select(File.ReadAllBytes);
}
