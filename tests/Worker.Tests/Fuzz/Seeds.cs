using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Decryptor.Protocol;
using Decryptor.Samples;

namespace Decryptor.Worker.Tests.Fuzz;

/// <summary>
/// What the fuzzer begins with: small files of every format, our own encoders' and, where there is one, the corpus';
/// and the keys that open them, so that wounds behind a seal are reached too.
/// </summary>
static class Seeds
{
    const int LengthMax = 160_000;
    const string Password = "age-Pw1!";

    static readonly string[] Folders = ["xlog/good", "xlog/damaged", "logan", "age", "cctv-age", "packages", "hostile"];

    internal static readonly Limits Tight = Trial.Usual with
    {
        OutputBytes = 16 << 20,
        RatioFloor = 4 << 20,
        Members = 100,
        NameBytes = 256,
        WindowBytes = 8 << 20,
        // What the public vectors ask for; it takes one MiB and a few milliseconds a password.
        ScryptLog = 10,
    };

    static readonly AgePair Pair = new(new Random(1));

    static readonly AgePair Stranger = new(new Random(9));

    static readonly AgeRing Age = AgeKeys();

    internal static IReadOnlyList<byte[]> Ours { get; } = [.. Own()];

    internal static IReadOnlyList<byte[]> All { get; } = [.. Ours, Strange(), .. Theirs()];

    internal static Ring Ring { get; } = new([("prod-2026", Made.Ours.PrivateHex)])
    {
        Others = new Dictionary<string, KeyCandidate[]>
        {
            ["logan"] = [Logan(LoganDecoded.Published), Logan(LoganMade.Ours)],
            ["password"] = [Word("zip-Pw1!"), Word(Password), Word("password")],
        },
        Agreement = (format, header) => format.StartsWith("age-", StringComparison.Ordinal)
            ? [.. Age.Answer(format, header)!.Candidates] : null,
    };

    /// <summary>The bytes in an age file that the ring opens.</summary>
    internal static byte[] Sealed(byte[] bytes, Random random) => new AgeEncoder(random).For(Pair.Public).Seal(bytes);

    /// <summary>A tar archive with one member and a line beside it.</summary>
    internal static byte[] Tarred(byte[] bytes, TarEntryFormat format = TarEntryFormat.Pax)
    {
        var tar = new MemoryStream();
        using (var writer = new TarWriter(tar, format, leaveOpen: true))
        {
            Write(writer, format, "a/boot.xlog", bytes);
            // Longer than a header has room for, where the format knows a way around that.
            var isShort = format is TarEntryFormat.Ustar or TarEntryFormat.V7;
            Write(writer, format, isShort ? "b.log" : $"b/{new string('n', 150)}.log", "a sibling\n"u8.ToArray());
        }

        return tar.ToArray();
    }

    static IEnumerable<byte[]> Own()
    {
        foreach (var compression in Enum.GetValues<Compression>())
            foreach (var key in new[] { Made.Ours, null })
                yield return Made.Session(compression, key, blocks: 4, linesInBlock: 10).File;
        yield return "2026-11-23 a line of plain text\n"u8.ToArray();
        var xlog = Made.Session(Compression.Zstd, Made.Ours, blocks: 3, linesInBlock: 10).File;
        foreach (var seed in (byte[][])[.. OurLogans(), .. OurAges(xlog), .. OurPackages(xlog)]) yield return seed;
    }

    static byte[][] OurLogans()
    {
        var (encoder, file) = (LoganMade.Encoder(), new MemoryStream());
        encoder.Add(file, Encoding.UTF8.GetBytes(LoganMade.Line(new Random(4), 1)));
        encoder.Crash(file);
        byte[] crashed = [.. file.ToArray(), .. LoganMade.Day(5, 5).File];
        return [LoganMade.Day(60, 3).File, crashed, LoganEncoder.CacheFile(crashed, [1, 2, 3])];
    }

    static byte[][] OurAges(byte[] xlog)
    {
        var random = new Random(6);
        return
        [
            Sealed(xlog, random),
            Sealed(ZipMade.Text(2, 4000), random),
            Sealed(ZipMade.Of(new ZipPart("boot.xlog", xlog)), random),
            Encoding.ASCII.GetBytes(AgeEncoder.Armor(Sealed(LoganMade.Day(9, 7).File, random))),
            new AgeEncoder(random).For(Stranger.Public).For(Pair.Public).Seal(Tarred(xlog)),
            new AgeEncoder(random).ForPassword(Password, 6).Seal(xlog),
        ];
    }

    // Nothing in the ring opens it.
    static byte[] Strange() => new AgeEncoder(new Random(10)).For(Stranger.Public).Seal("a line\n"u8);

    static byte[][] OurPackages(byte[] xlog)
    {
        var logan = LoganMade.Day(20, 8).File;
        byte[][] zips =
        [
            .. Enum.GetValues<Told>().Select(told =>
                ZipMade.Of(new("boot.xlog", xlog) { Told = told }, new("a/day", logan) { Method = 0, Told = told })),
        ];
        return
        [
            .. zips,
            ZipMade.Of(new ZipPart("inner.zip", zips[0]), new ZipPart("t.tar", Tarred(logan)) { Told = Told.Behind }),
            .. Enum.GetValues<TarEntryFormat>().Where(format => format != TarEntryFormat.Unknown)
                .Select(format => Tarred(xlog, format)),
            Gzipped(Tarred(zips[1])),
        ];
    }

    static byte[] Gzipped(byte[] bytes)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true)) gzip.Write(bytes);
        return packed.ToArray();
    }

    static void Write(TarWriter writer, TarEntryFormat format, string name, byte[] bytes)
    {
        var type = format == TarEntryFormat.V7 ? TarEntryType.V7RegularFile : TarEntryType.RegularFile;
        TarEntry entry = format switch
        {
            TarEntryFormat.V7 => new V7TarEntry(type, name),
            TarEntryFormat.Ustar => new UstarTarEntry(type, name),
            TarEntryFormat.Gnu => new GnuTarEntry(type, name),
            _ => new PaxTarEntry(type, name),
        };
        entry.ModificationTime = new(2026, 11, 23, 9, 0, 0, TimeSpan.Zero);
        entry.DataStream = new MemoryStream(bytes);
        writer.WriteEntry(entry);
    }

    static IEnumerable<byte[]> Theirs() => Corpus.Root is null ? [] : Folders
        .SelectMany(folder => Directory.GetFiles(Path.Combine(Corpus.Root, folder)).Order(StringComparer.Ordinal))
        .Where(file => new FileInfo(file).Length is > 0 and <= LengthMax)
        .Select(file => Bare(File.ReadAllBytes(file)));

    // The public age vectors have lines about the file in front of it, and an empty one.
    static byte[] Bare(byte[] file)
    {
        var end = file.AsSpan().StartsWith("expect: "u8) ? file.AsSpan().IndexOf("\n\n"u8) : -1;
        return end < 0 || end + 2 == file.Length ? file : file[(end + 2)..];
    }

    static AgeRing AgeKeys()
    {
        var ring = new AgeRing().Identity("ours", Pair.Private);
        foreach (var (question, fileKey) in AgeCorpusTests.FileKeys.Values) ring.FileKeys[question] = fileKey;
        if (Corpus.Folder("age") is not { } folder) return ring;
        var files = Directory.GetFiles(folder, "*.key").Append(Corpus.File("cctv-age/x25519_multiple_recipients"));
        foreach (var identity in files.SelectMany(file => File.ReadLines(file, Encoding.Latin1)).Select(Identity))
            if (identity is not null) ring.Identity("corpus", identity);
        return ring;
    }

    static string? Identity(string line) =>
        line.IndexOf("AGE-SECRET-KEY-1", StringComparison.Ordinal) is >= 0 and var at ? line[at..] : null;

    static KeyCandidate Logan((string Name, string Key, string Iv) key) =>
        new(key.Name, Encoding.ASCII.GetBytes(key.Key + key.Iv));

    static KeyCandidate Word(string password) => new(password, Encoding.UTF8.GetBytes(password));
}
