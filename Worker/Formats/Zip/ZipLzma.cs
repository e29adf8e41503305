using System.Buffers.Binary;
using Decryptor.Worker.Formats.Lzma;

namespace Decryptor.Worker.Formats.Zip;

/// <summary>
/// A member under LZMA (APPNOTE 5.8.8): a version, the length of the properties, the properties, and the stream, which
/// may end by its own mark. An empty member may have nothing but the front.
/// </summary>
sealed class ZipLzma(Lookahead packed, long? size, Resources resources) : ForwardStream
{
    const string What = "member";
    const int FrontBytes = 4;

    LzmaStream? _text;

    public override int Read(Span<byte> buffer) => (_text ??= Open()).Read(buffer);

    protected override void Dispose(bool disposing)
    {
        _text?.Dispose();
        base.Dispose(disposing);
    }

    LzmaStream Open()
    {
        var front = packed.Peek(FrontBytes + LzmaStream.PropertyBytes);
        if (front.Length < FrontBytes + LzmaStream.PropertyBytes) throw packed.BrokenOff(What);
        if (BinaryPrimitives.ReadUInt16LittleEndian(front[2..]) != LzmaStream.PropertyBytes)
            throw Faults.Damaged("the front of its LZMA stream makes no sense");
        var text = new LzmaStream(packed, front[FrontBytes..], resources, size, What);
        packed.Skip(front.Length);
        return text;
    }
}
