namespace Decryptor.Worker.Formats;

/// <summary>
/// First bytes → format. Only bytes that prove a format decide here; the block formats have no such bytes and are
/// found by looking for a block (<see cref="Unpacker"/> tries them before it believes in text).
/// </summary>
static class KnownFormats
{
    /// <summary>
    /// What a file is that begins with these bytes and cannot be opened here; null when they prove nothing.
    /// </summary>
    internal static string? Foreign(ReadOnlySpan<byte> first)
    {
        foreach (var (name, offset, mark) in Marks)
            if (first.Length >= offset && first[offset..].StartsWith(mark)) return name;
        return null;
    }

    static readonly (string Name, int Offset, byte[] Mark)[] Marks =
    [
        ("a zip archive", 0, "PK\x03\x04"u8.ToArray()),
        ("an empty zip archive", 0, "PK\x05\x06"u8.ToArray()),
        ("a gzip file", 0, [0x1F, 0x8B, 0x08]),
        ("a zstd file", 0, [0x28, 0xB5, 0x2F, 0xFD]),
        ("an xz file", 0, [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]),
        ("a 7z archive", 0, [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]),
        ("a bzip2 file", 0, "BZh"u8.ToArray()),
        ("an lz4 file", 0, [0x04, 0x22, 0x4D, 0x18]),
        ("a rar archive", 0, "Rar!\x1A\x07"u8.ToArray()),
        ("a tar archive", 257, "ustar"u8.ToArray()),
        ("an age file", 0, "age-encryption.org/v1\n"u8.ToArray()),
        ("an armored age file", 0, "-----BEGIN AGE ENCRYPTED FILE-----"u8.ToArray()),
        ("an OpenPGP message", 0, "-----BEGIN PGP MESSAGE-----"u8.ToArray()),
        ("a CMS message", 0, "-----BEGIN CMS-----"u8.ToArray()),
        ("a PKCS #7 message", 0, "-----BEGIN PKCS7-----"u8.ToArray()),
        ("a file encrypted by openssl enc", 0, "Salted__"u8.ToArray()),
        ("a PNG image", 0, [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]),
        ("a JPEG image", 0, [0xFF, 0xD8, 0xFF]),
        ("a GIF image", 0, "GIF8"u8.ToArray()),
        ("a PDF document", 0, "%PDF-"u8.ToArray()),
        ("an SQLite database", 0, "SQLite format 3\0"u8.ToArray()),
        ("an ELF program", 0, [0x7F, 0x45, 0x4C, 0x46]),
    ];
}
