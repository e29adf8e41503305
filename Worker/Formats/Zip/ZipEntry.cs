using System.Buffers.Binary;

namespace Decryptor.Worker.Formats.Zip;

/// <summary>The fields that a record of the directory and a local header have in common, in one order.</summary>
/// <param name="Flags">Bit 0 encrypted, 3 sizes behind the data, 6 and 13 strong encryption.</param>
/// <param name="Method">How it is compressed; 99 for WinZip's AES, which hides the method in an extra field.</param>
/// <param name="Time">Of the last change, in DOS time: the check byte of some encrypted members.</param>
/// <param name="Crc">CRC-32 of the file.</param>
readonly record struct ZipFields(int Flags, int Method, int Time, uint Crc)
{
    internal const int Encrypted = 1, SizesBehind = 8, Strong = 0x40, Masked = 0x2000;

    /// <summary>Bytes in the package; 4,294,967,295 where an extra field tells.</summary>
    internal uint Packed { get; private init; }

    /// <summary>Bytes of the file; 4,294,967,295 where an extra field tells.</summary>
    internal uint Size { get; private init; }

    internal int NameBytes { get; private init; }

    internal int ExtraBytes { get; private init; }

    internal bool Has(int flag) => (Flags & flag) != 0;

    /// <summary>Reads the 24 bytes that begin with the flags.</summary>
    internal static ZipFields Read(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadUInt16LittleEndian(bytes),
        BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]),
        BinaryPrimitives.ReadUInt16LittleEndian(bytes[4..]),
        BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]))
    {
        Packed = BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]),
        Size = BinaryPrimitives.ReadUInt32LittleEndian(bytes[16..]),
        NameBytes = BinaryPrimitives.ReadUInt16LittleEndian(bytes[20..]),
        ExtraBytes = BinaryPrimitives.ReadUInt16LittleEndian(bytes[22..]),
    };
}

/// <summary>
/// What is known of a member before it is opened (APPNOTE 4.3.7, 4.3.12). Only numbers: the name and the extra field
/// are read again where they lie, so that a directory full of long names takes no memory.
/// </summary>
/// <param name="Fields">As they stand in the record, or in the local header where no record is known.</param>
/// <param name="Local">Where its local header is.</param>
/// <param name="NameAt">Where its name is; the extra field follows it.</param>
/// <param name="Packed">Bytes of it in the package, with what its encryption adds.</param>
/// <param name="Size">Bytes of the file, as claimed.</param>
sealed record ZipEntry(ZipFields Fields, long Local, long NameAt, long Packed, long Size)
{
    internal const uint RecordMark = 0x02014B50, LocalMark = 0x04034B50;
    internal const int RecordFixed = 46, LocalFixed = 30;

    const int KindMask = 0xF000, Folder = 0x4000, File = 0x8000;

    /// <summary>Its CRC-32; null where the package was cut before it is told.</summary>
    internal uint? Crc { get; init; } = Fields.Crc;

    /// <summary>The file's mode on the Unix system that packed it; 0 for none.</summary>
    internal int Mode { get; private init; }

    /// <summary>Where its bytes end at the latest, whatever is claimed: something else begins there.</summary>
    internal long Room { get; set; } = long.MaxValue;

    /// <summary>Whether its bytes are another member's as well.</summary>
    internal bool Overlaps { get; set; }

    /// <summary>Folders have no bytes; a mere name is not believed where there are some.</summary>
    internal bool IsFolder(byte lastOfName) => Size == 0
        && (lastOfName is (byte)'/' or (byte)'\\' || (Mode & KindMask) == Folder);

    /// <summary>What it is, if it is no file.</summary>
    internal string? Oddity => (Mode & KindMask) switch
    {
        0 or File or Folder => null,
        0xA000 => "it is a symbolic link",
        0x2000 or 0x6000 => "it is a device",
        0x1000 => "it is a named pipe",
        _ => "it is no file",
    };

    /// <summary>Bytes of a record: its fixed part, name, extra field and comment.</summary>
    internal static int RecordBytes(ReadOnlySpan<byte> record) => RecordFixed
        + BinaryPrimitives.ReadUInt16LittleEndian(record[28..])
        + BinaryPrimitives.ReadUInt16LittleEndian(record[30..])
        + BinaryPrimitives.ReadUInt16LittleEndian(record[32..]);

    /// <summary>The entry of a whole record, which lies at <paramref name="at"/>.</summary>
    /// <param name="record">All its bytes.</param>
    /// <param name="at">Where it lies.</param>
    /// <param name="shift">What has to be added to its offset, since something was put before the package.</param>
    internal static ZipEntry OfRecord(ReadOnlySpan<byte> record, long at, long shift)
    {
        var fields = ZipFields.Read(record[8..]);
        var wide = ExtraField.Find(record.Slice(RecordFixed + fields.NameBytes, fields.ExtraBytes), ExtraField.Wide);
        var size = ExtraField.Widened(fields.Size, ref wide);
        var packed = ExtraField.Widened(fields.Packed, ref wide);
        var local = ExtraField.Widened(BinaryPrimitives.ReadUInt32LittleEndian(record[42..]), ref wide);
        return new(fields, Plus(local, shift), at + RecordFixed, packed, size)
        {
            Mode = BinaryPrimitives.ReadUInt16LittleEndian(record[40..]),
        };
    }

    /// <summary>
    /// The entry of a local header with its name and extra field, which lies at <paramref name="at"/>.
    /// </summary>
    internal static ZipEntry OfLocal(ReadOnlySpan<byte> header, long at)
    {
        var fields = ZipFields.Read(header[6..]);
        var wide = ExtraField.Find(header.Slice(LocalFixed + fields.NameBytes, fields.ExtraBytes), ExtraField.Wide);
        var size = ExtraField.Widened(fields.Size, ref wide);
        var packed = ExtraField.Widened(fields.Packed, ref wide);
        return new(fields, at, at + LocalFixed, packed, size);
    }

    // No file is so long that this makes another place of one that is there.
    static long Plus(long offset, long shift) => Math.Min(offset, long.MaxValue / 4) + shift;
}

/// <summary>The extra field: pieces of an identifier, a length and that many bytes (APPNOTE 4.5).</summary>
static class ExtraField
{
    internal const int Wide = 0x0001, UnicodeName = 0x7075, Aes = 0x9901;

    /// <summary>The bytes of a piece; none where it is not there.</summary>
    internal static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> extra, int id)
    {
        while (extra.Length >= 4)
        {
            var length = Math.Min(BinaryPrimitives.ReadUInt16LittleEndian(extra[2..]), extra.Length - 4);
            if (BinaryPrimitives.ReadUInt16LittleEndian(extra) == id) return extra.Slice(4, length);
            extra = extra[(4 + length)..];
        }

        return default;
    }

    /// <summary>
    /// A number that does not fit 32 bits is in the piece for wide ones, one after the other. What is no number that a
    /// file can have is taken for the greatest.
    /// </summary>
    internal static long Widened(uint narrow, ref ReadOnlySpan<byte> wide)
    {
        if (narrow != uint.MaxValue || wide.Length < 8) return narrow;
        var number = BinaryPrimitives.ReadInt64LittleEndian(wide);
        wide = wide[8..];
        return number < 0 ? long.MaxValue : number;
    }
}
