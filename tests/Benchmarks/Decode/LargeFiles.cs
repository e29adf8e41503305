using System.IO.Compression;
using Decryptor.Samples;

namespace Decryptor.Benchmarks.Decode;

/// <summary>A kind of file that can be made as large as one likes.</summary>
/// <param name="Name">What it is called in the table.</param>
/// <param name="KeyLine">What opens it; empty for nothing.</param>
/// <param name="Write">Writes a good one of at least so many bytes.</param>
sealed record LargeFile(string Name, string KeyLine, Action<Stream, long> Write);

/// <summary>The kinds whose memory must not depend on how large they are.</summary>
static class LargeFiles
{
    const int LoganPieceBytes = 128 << 20;

    const int XlogBlockBytes = 50 * 1024;

    const string Secret = "0123456789012345";

    static readonly AgePair Pair = new(new Random(17));

    static readonly KeyPair App = new(new Random(18));

    public static IReadOnlyList<LargeFile> All { get; } =
    [
        new("text", "", (file, bytes) => new EndlessText(bytes).CopyTo(file)),
        new("gzip", "", (file, bytes) => Pack(new GZipStream(file, CompressionLevel.Fastest, leaveOpen: true), bytes)),
        new("zip", "", WriteZip),
        new("age", Pair.Identity, (file, bytes) =>
            new AgeEncoder(new Random(17)).For(Pair.Public).Seal(new EndlessText(bytes), file)),
        new("logan", $"logan {Secret} {Secret}", WriteLogan),
        new("xlog", $"xlog {App.PrivateHex}", (file, bytes) => WriteXlog(Compression.Deflate, file, bytes)),
        new("xlog zstd", $"xlog {App.PrivateHex}", (file, bytes) => WriteXlog(Compression.Zstd, file, bytes)),
    ];

    static void Pack(Stream layer, long bytes)
    {
        using (layer) new EndlessText(bytes).CopyTo(layer);
    }

    static void WriteZip(Stream file, long bytes)
    {
        using var zip = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true);
        Pack(zip.CreateEntry("large.log", CompressionLevel.Fastest).Open(), bytes);
    }

    // One session, whose numbers begin anew several times.
    static void WriteXlog(Compression compression, Stream file, long bytes)
    {
        var encoder = new XlogEncoder(compression, App, new Random(19));
        using var lines = new StreamReader(new EndlessText(long.MaxValue));
        for (var number = 0L; file.Position < bytes; number++)
        {
            encoder.Add(System.Text.Encoding.ASCII.GetBytes($"[I][2026-11-24 +0.0 09:00:00.000][{number}, 1*][tag]["
                + $", , 0][{lines.ReadLine()}\n"));
            if (encoder.Pending >= XlogBlockBytes) encoder.Flush(file);
        }
    }

    // Some thousand blocks, again and again: all are as real as the first.
    static void WriteLogan(Stream file, long bytes)
    {
        var (piece, encoder) = (new MemoryStream(), new LoganEncoder("0123456789012345"u8, "0123456789012345"u8));
        using var lines = new StreamReader(new EndlessText(Math.Min(bytes, LoganPieceBytes)));
        while (lines.ReadLine() is { } line)
            encoder.Add(piece, System.Text.Encoding.ASCII.GetBytes(
                $"{{\"c\":\"{line}\",\"f\":1,\"l\":1763888000000,\"n\":\"main\",\"i\":1,\"m\":true}}\n"));
        encoder.Flush(piece);
        for (var written = 0L; written < bytes; written += piece.Length) piece.WriteTo(file);
    }
}
