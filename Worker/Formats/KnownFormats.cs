using Decryptor.Worker.Formats.Age;
using Decryptor.Worker.Formats.Bzip2;
using Decryptor.Worker.Formats.Compression;
using Decryptor.Worker.Formats.Lz4;
using Decryptor.Worker.Formats.Tar;
using Decryptor.Worker.Formats.Xz;
using Decryptor.Worker.Formats.Zip;

namespace Decryptor.Worker.Formats;

/// <summary>Whether a file that begins with these bytes is of a format, as far as first bytes can prove that.</summary>
delegate bool Mark(ReadOnlySpan<byte> first);

/// <summary>
/// A format that first bytes prove, and what can be done with it: exactly one of <paramref name="Layer"/>,
/// <paramref name="Container"/> and nothing.
/// </summary>
/// <param name="Name">The word for it in reports.</param>
/// <param name="Looks">What a person calls a file of it.</param>
/// <param name="Begins">The proof.</param>
/// <param name="MayHoldLogs">Whether logs are sent in it. What cannot hold logs is no format of ours.</param>
sealed record KnownFormat(string Name, string Looks, Mark Begins, bool MayHoldLogs = true)
{
    internal OpenLayer? Layer { get; init; }

    internal OpenContainer? Container { get; init; }
}

/// <summary>
/// First bytes → format. Only bytes that prove a format decide here; the block formats have no such bytes and are
/// found by looking for a block (<see cref="Unpacker"/> tries them before it believes in text).
/// </summary>
static class KnownFormats
{
    /// <summary>How many first bytes the proofs may look at.</summary>
    internal const int Stretch = 64 * 1024;

    /// <summary>What a file is that begins with these bytes; null when they prove nothing.</summary>
    internal static KnownFormat? Of(ReadOnlySpan<byte> first)
    {
        foreach (var format in Ours)
            if (format.Begins(first)) return format;
        foreach (var format in Others)
            if (format.Begins(first)) return format;
        return null;
    }

    static readonly KnownFormat[] Ours =
    [
        new("age", "an age file", AgeLayer.Begins) { Layer = AgeLayer.Open },
        new("gzip", "a gzip file", GzipLayer.Begins) { Layer = GzipLayer.Open },
        new("zstd", "a zstd file", ZstdLayer.Begins) { Layer = ZstdLayer.Open },
        new("zlib", "a zlib stream", ZlibLayer.Begins) { Layer = ZlibLayer.Open },
        new("xz", "an xz file", XzLayer.Begins) { Layer = XzLayer.Open },
        new("bzip2", "a bzip2 file", Bzip2Layer.Begins) { Layer = Bzip2Layer.Open },
        new("lz4", "an lz4 file", Lz4Layer.Begins) { Layer = Lz4Layer.Open },
        new("zip", "a zip archive", ZipPackage.Begins) { Container = ZipPackage.Open },
        new("tar", "a tar archive", TarPackage.Begins) { Container = TarPackage.Open },
    ];

    static readonly KnownFormat[] Others =
    [
        Package("7z", "a 7z archive", [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]),
        Package("rar", "a rar archive", "Rar!\x1A\x07"u8),
        Package("cab", "a cabinet file", "MSCF\0\0\0\0"u8),
        Package("openpgp", "an OpenPGP message", "-----BEGIN PGP "u8),
        new("openpgp", "an OpenPGP message", IsOpenPgp),
        new("cms", "a CMS message", IsCms),
        Package("cms", "a CMS message", "-----BEGIN CMS-----"u8),
        Package("cms", "a PKCS #7 message", "-----BEGIN PKCS7-----"u8),
        Package("openssl", "a file encrypted by openssl enc", "Salted__"u8),
        Package("openssl", "a file encrypted by openssl enc", "U2FsdGVkX1"u8),
        Other("a PNG image", [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]),
        Other("a JPEG image", [0xFF, 0xD8, 0xFF]),
        Other("a GIF image", "GIF8"u8),
        new("webp", "a WebP image", first => At(first, 0, "RIFF"u8) && At(first, 8, "WEBP"u8), MayHoldLogs: false),
        new("video", "an MP4 or QuickTime video", first => At(first, 4, "ftyp"u8), MayHoldLogs: false),
        Other("a PDF document", "%PDF-"u8),
        Other("an SQLite database", "SQLite format 3\0"u8),
        Other("an ELF program", [0x7F, 0x45, 0x4C, 0x46]),
        Other("an Android dex file", "dex\n03"u8),
        Other("a Java class file", [0xCA, 0xFE, 0xBA, 0xBE]),
        Other("a core dump or Mach-O program", [0xCF, 0xFA, 0xED, 0xFE]),
        Other("a packet capture", [0xD4, 0xC3, 0xB2, 0xA1]),
        Other("a binary property list", "bplist00"u8),
        new("html", "an HTML page", IsHtml, MayHoldLogs: false),
    ];

    static KnownFormat Package(string name, string looks, ReadOnlySpan<byte> mark) => new(name, looks, Mark(mark));

    static KnownFormat Other(string looks, ReadOnlySpan<byte> mark) => new("unknown", looks, Mark(mark), false);

    static Mark Mark(ReadOnlySpan<byte> mark)
    {
        var kept = mark.ToArray();
        return first => first.StartsWith(kept);
    }

    static bool At(ReadOnlySpan<byte> first, int offset, ReadOnlySpan<byte> mark) =>
        first.Length >= offset && first[offset..].StartsWith(mark);

    // The first packet (RFC 9580) is a sealed session key: its tag, a length of one or two bytes, a version. Or nothing
    // is sealed, and it is a compressed or a signed message.
    static bool IsOpenPgp(ReadOnlySpan<byte> first) => first.Length >= 16 && first[0] switch
    {
        0x84 or 0xC1 when first[2] is 3 or 6 => true,
        0x85 when first[3] == 3 => true,
        0xC1 when first[1] >= 192 && first[3] == 3 => true,
        0x8C or 0xC3 => first[2] is 4 or 6,
        0xA3 => first[1] switch
        {
            1 => IsDeflate(first[2..]),
            2 => ZlibLayer.Begins(first[2..]),
            3 => Bzip2Layer.Begins(first[2..]),
            _ => false,
        },
        0x90 => first[1] == 13 && first[2] == 3,
        _ => false,
    };

    static bool IsDeflate(ReadOnlySpan<byte> first)
    {
        using var inflater = new Inflater();
        Span<byte> text = stackalloc byte[1024];
        var step = inflater.Step(first[..Math.Min(first.Length, 4096)], text, out _, out var given);
        return step != Inflated.Wrong && given >= 64;
    }

    // A DER or BER sequence whose first element is an object identifier of PKCS #7 (1.2.840.113549.1.7 or …1.9.16).
    static bool IsCms(ReadOnlySpan<byte> first) => first.Length >= 32 && first[0] == 0x30
        && first[1..24].IndexOf((ReadOnlySpan<byte>)[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01]) is > 0 and < 12;

    static bool IsHtml(ReadOnlySpan<byte> first)
    {
        if (At(first, 0, [0xEF, 0xBB, 0xBF])) first = first[3..];
        first = first.TrimStart(" \t\r\n"u8);
        return Begins(first, "<!doctype html"u8) || Begins(first, "<html"u8);
    }

    static bool Begins(ReadOnlySpan<byte> first, ReadOnlySpan<byte> word) =>
        first.Length >= word.Length && System.Text.Ascii.EqualsIgnoreCase(first[..word.Length], word);
}
