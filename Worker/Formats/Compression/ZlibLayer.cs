using System.Buffers.Binary;

namespace Decryptor.Worker.Formats.Compression;

/// <summary>
/// zlib (RFC 1950): two bytes of header, deflate, and an Adler-32 that is held against what came out.
/// </summary>
sealed class ZlibLayer : ForwardStream
{
    const string What = "zlib stream";
    const int TrailerBytes = 4;

    readonly Lookahead _outer;
    readonly Budget _budget;
    readonly Findings _findings;
    readonly Inflater _inflater = new();
    readonly InflateBody _body;
    uint _adler = 1;
    bool _done;

    ZlibLayer(Lookahead outer, Budget budget, Findings findings)
    {
        (_outer, _budget, _findings) = (outer, budget, findings);
        _body = new(outer, _inflater);
    }

    /// <summary>
    /// Two bytes prove little (one pair in a thousand fits), so the deflate behind them has to make sense as well.
    /// </summary>
    internal static bool Begins(ReadOnlySpan<byte> first)
    {
        const int dictionary = 0x20, enough = 64;
        if (first.Length < 6 || (first[0] & 0x0F) != 8 || first[0] >> 4 > 7) return false;
        if (((first[0] << 8) + first[1]) % 31 != 0 || (first[1] & dictionary) != 0) return false;
        using var inflater = new Inflater();
        Span<byte> text = stackalloc byte[1024];
        var step = inflater.Step(first[2..Math.Min(first.Length, 4096)], text, out _, out var given);
        return step == Inflated.End || (step == Inflated.More && (given >= enough || first.Length < 128));
    }

    internal static Stream Open(Lookahead outer, Resources resources, Findings findings)
    {
        outer.Skip(2);
        var layer = new ZlibLayer(outer, resources.Budget, findings);
        layer._body.Begin();
        return layer;
    }

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty || _done) return 0;
        var given = _body.Read(buffer, What);
        if (given == 0) return End();
        _adler = Adler32.Of(_adler, buffer[..given]);
        _budget.Unpacked(_body.Given);
        return given;
    }

    protected override void Dispose(bool disposing)
    {
        _inflater.Dispose();
        base.Dispose(disposing);
    }

    int End()
    {
        var trailer = _outer.Peek(TrailerBytes);
        if (trailer.Length < TrailerBytes) throw _outer.BrokenOff(What);
        if (BinaryPrimitives.ReadUInt32BigEndian(trailer) != _adler)
            throw Faults.Damaged(
                $"the checksum of the zlib stream at {_outer.Position} is wrong: what came out of it may be, too");
        _outer.Skip(TrailerBytes);
        _outer.MustEnd(What, _findings);
        _done = true;
        return 0;
    }
}
