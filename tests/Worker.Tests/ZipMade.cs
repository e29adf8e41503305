using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Decryptor.Worker.Formats;

namespace Decryptor.Worker.Tests;

/// <summary>How a made member tells its sizes.</summary>
enum Told
{
    /// <summary>In its header.</summary>
    Ahead,

    /// <summary>Behind its bytes, with the mark.</summary>
    Behind,

    /// <summary>Behind its bytes, without the mark.</summary>
    BehindBare,

    /// <summary>In the extra field, as 64-bit numbers.</summary>
    Wide,
}

/// <summary>A member to be written as it is told, rightly or wrongly.</summary>
sealed record ZipPart(string Name, byte[] Data)
{
    internal int Method { get; init; } = 8;

    internal Told Told { get; init; }

    internal int Flags { get; init; }

    internal int Mode { get; init; }

    /// <summary>Bytes to write in the place of the data, compressed; null for the data.</summary>
    internal byte[]? Raw { get; init; }

    internal byte[] NameBytes { get; init; } = Encoding.UTF8.GetBytes(Name);

    internal byte[] Extra { get; init; } = [];

    /// <summary>What is added to the size in the directory, and to the place of the header.</summary>
    internal (int Size, int Packed, int Place) Lie { get; init; }

    internal byte[] Packed => Raw ?? (Method == 8 ? ZipMade.Deflated(Data) : Data);

    internal int TellFlags => Flags | (Told is Told.Behind or Told.BehindBare ? 8 : 0);
}

/// <summary>Writes zip archives field by field, which no library does that only writes right ones.</summary>
static class ZipMade
{
    internal static byte[] Of(params ZipPart[] parts)
    {
        var zip = new MemoryStream();
        var places = parts.Select(part => WriteMember(zip, part)).ToArray();
        var directory = zip.Position;
        foreach (var (part, place) in parts.Zip(places)) WriteRecord(zip, part, place);
        var size = (uint)(zip.Position - directory);
        zip.Write([.. "PK\x05\x06"u8, .. U16(0), .. U16(0), .. U16(parts.Length), .. U16(parts.Length), .. U32(size),
            .. U32((uint)directory), .. U16(0)]);
        return zip.ToArray();
    }

    internal static byte[] Deflated(byte[] data)
    {
        var packed = new MemoryStream();
        using (var deflate = new DeflateStream(packed, CompressionLevel.Optimal, leaveOpen: true)) deflate.Write(data);
        return packed.ToArray();
    }

    internal static byte[] Text(int seed, int lines)
    {
        var random = new Random(seed);
        var text = new StringBuilder();
        for (var i = 0; i < lines; i++) text.Append(random.Next()).Append(" line ").Append(i).Append('\n');
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    static long WriteMember(MemoryStream zip, ZipPart part)
    {
        var place = zip.Position;
        var isAhead = part.Told == Told.Ahead;
        var (crc, packed, size) = (Crc(part), (uint)part.Packed.Length, (uint)part.Data.Length);
        byte[] wide = part.Told == Told.Wide ? [.. U16(1), .. U16(16), .. U64(size), .. U64(packed)] : [];
        var narrow = part.Told == Told.Wide ? uint.MaxValue : 0;
        zip.Write([.. "PK\x03\x04"u8, .. U16(20), .. U16(part.TellFlags), .. U16(part.Method),
            .. U16(0x6A20), .. U16(1), .. U32(part.Told is Told.Ahead or Told.Wide ? crc : 0),
            .. U32(isAhead ? packed : narrow), .. U32(isAhead ? size : narrow), .. U16(part.NameBytes.Length),
            .. U16(part.Extra.Length + wide.Length), .. part.NameBytes, .. wide, .. part.Extra, .. part.Packed]);
        if (part.Told == Told.Behind) zip.Write("PK\x07\x08"u8);
        if (part.TellFlags >= 8 && !isAhead) zip.Write([.. U32(crc), .. U32(packed), .. U32(size)]);
        return place;
    }

    static void WriteRecord(MemoryStream zip, ZipPart part, long place)
    {
        var (packed, size) = (part.Packed.Length + part.Lie.Packed, part.Data.Length + part.Lie.Size);
        place += part.Lie.Place;
        var isWide = part.Told == Told.Wide;
        byte[] wide = isWide ? [.. U16(1), .. U16(24), .. U64(size), .. U64(packed), .. U64(place)] : [];
        zip.Write([.. "PK\x01\x02"u8, .. U16(0x31E), .. U16(20), .. U16(part.TellFlags), .. U16(part.Method),
            .. U16(0x6A20), .. U16(1), .. U32(Crc(part)), .. U32(isWide ? uint.MaxValue : (uint)packed),
            .. U32(isWide ? uint.MaxValue : (uint)size), .. U16(part.NameBytes.Length),
            .. U16(part.Extra.Length + wide.Length), .. U16(0), .. U16(0), .. U16(0), .. U16(0), .. U16(part.Mode),
            .. U32(isWide ? uint.MaxValue : (uint)place), .. part.NameBytes, .. wide, .. part.Extra]);
    }

    static uint Crc(ZipPart part) => Inflater.Crc(0, part.Data);

    internal static byte[] U16(int number) => [(byte)number, (byte)(number >> 8)];

    internal static byte[] U32(uint number)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, number);
        return bytes;
    }

    static byte[] U64(long number)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        return bytes;
    }
}
