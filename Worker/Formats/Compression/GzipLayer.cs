using System.Buffers.Binary;

namespace Decryptor.Worker.Formats.Compression;

/// <summary>
/// gzip (RFC 1952): members one after the other, each with its checksum and length, which are held against what came
/// out. Names and comments in a header are skipped, however long, and nothing is made of them.
/// </summary>
sealed class GzipLayer : ForwardStream
{
    const string What = "gzip file";
    const int HeaderBytes = 10;
    const int TrailerBytes = 8;
    const byte HeaderCrc = 2, Extra = 4, Name = 8, Comment = 16, Reserved = 0xE0;

    readonly Lookahead _outer;
    readonly Budget _budget;
    readonly Findings _findings;
    readonly Inflater _inflater = new();
    readonly InflateBody _body;
    uint _crc;
    long _given;
    bool _done;

    GzipLayer(Lookahead outer, Budget budget, Findings findings)
    {
        (_outer, _budget, _findings) = (outer, budget, findings);
        _body = new(outer, _inflater);
    }

    /// <summary>The mark, the only method there is, and no flag that the standard does not know.</summary>
    internal static bool Begins(ReadOnlySpan<byte> first) =>
        first.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B, 0x08]) && first.Length >= 4 && (first[3] & Reserved) == 0;

    internal static Stream Open(Lookahead outer, Resources resources, Findings findings)
    {
        var layer = new GzipLayer(outer, resources.Budget, findings);
        layer.BeginMember();
        return layer;
    }

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty) return 0;
        while (!_done)
        {
            var given = _body.Read(buffer, What);
            if (given > 0)
            {
                _crc = Inflater.Crc(_crc, buffer[..given]);
                _given += given;
                _budget.Unpacked(_given);
                return given;
            }

            EndMember();
        }

        return 0;
    }

    protected override void Dispose(bool disposing)
    {
        _inflater.Dispose();
        base.Dispose(disposing);
    }

    void BeginMember()
    {
        var header = _outer.Peek(HeaderBytes);
        if (header.Length < HeaderBytes) throw _outer.BrokenOff(What);
        var flags = header[3];
        _outer.Skip(HeaderBytes);
        if ((flags & Extra) != 0) SkipExtra();
        if ((flags & Name) != 0) SkipText();
        if ((flags & Comment) != 0) SkipText();
        if ((flags & HeaderCrc) != 0) Skip(2);
        _crc = 0;
        _body.Begin();
    }

    void EndMember()
    {
        var trailer = _outer.Peek(TrailerBytes);
        if (trailer.Length < TrailerBytes) throw NoTrailer();
        var crc = BinaryPrimitives.ReadUInt32LittleEndian(trailer);
        var length = BinaryPrimitives.ReadUInt32LittleEndian(trailer[4..]);
        if (crc != _crc || length != (uint)_body.Given)
            throw Faults.Damaged(
                $"the checksum of the gzip file at {_outer.Position} is wrong: what came out of it may be, too");
        _outer.Skip(TrailerBytes);
        if (Begins(_outer.Peek(HeaderBytes))) BeginMember();
        else End();
    }

    void End()
    {
        _outer.MustEnd(What, _findings);
        _done = true;
    }

    Refusal NoTrailer() => _outer.Trouble ?? new(Protocol.FailureCode.Truncated,
        $"the gzip file lacks the checksum at its end, at {_outer.Position}; all of its text seems to be there",
        "the upload was cut: ask the sender for a fresh copy if you need to be sure");

    void SkipExtra()
    {
        var length = _outer.Peek(2);
        if (length.Length < 2) throw _outer.BrokenOff(What);
        Skip(2 + BinaryPrimitives.ReadUInt16LittleEndian(length));
    }

    void Skip(int count)
    {
        if (_outer.Peek(count).Length < count) throw _outer.BrokenOff(What);
        _outer.Skip(count);
    }

    // A text that ends with a zero byte; it may be as long as the file.
    void SkipText()
    {
        const int look = 4096;
        while (true)
        {
            var some = _outer.Peek(look);
            if (some.IsEmpty) throw _outer.BrokenOff(What);
            var end = some.IndexOf((byte)0);
            _outer.Skip(end < 0 ? some.Length : end + 1);
            if (end >= 0) return;
        }
    }
}
