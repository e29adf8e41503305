using System.Buffers;
using System.Buffers.Binary;
using Decryptor.Worker.Formats.Deflate;

namespace Decryptor.Worker.Formats.Logan;

/// <summary>How the inside of a block came to its end.</summary>
enum Ending
{
    /// <summary>Every gzip member is whole by its checksum and its length.</summary>
    Closed,

    /// <summary>The input was used up before the member's end: cut, or never closed by its app.</summary>
    Open,

    /// <summary>The bits make no sense, or the checksum or the length is another.</summary>
    Wrong,
}

/// <summary>
/// What was read of a deciphered block: <paramref name="Used"/> counts its bytes up to where it ends by itself, padding
/// included.
/// </summary>
readonly record struct Reading(Ending Ending, int Used, bool IsPadded);

/// <summary>
/// Reads the gzip members (RFC 1952) inside a deciphered block: one, or several on end, and the padding behind them.
/// The text is held until its checksum is known; that of a real block lies where it was inflated. One that is larger
/// than any real one is passed on before that, so that the memory stays bounded; or given up, where that may not be.
/// </summary>
sealed class MemberReader(LogText? spill) : IDisposable
{
    internal const int FrontBytes = 10;
    internal const int TrailerBytes = 8;

    /// <summary>Bytes behind a deciphered block that are overwritten.</summary>
    internal const int Padding = WholeInflater.Padding;

    const int HoldBytes = 2 * 1024 * 1024;

    readonly WholeInflater _inflater = new();
    byte[]? _hold;
    int _count;
    bool _isOnePiece;

    /// <summary>The text of the block last read, or what of it was not passed on.</summary>
    internal ReadOnlySpan<byte> Text => _isOnePiece ? _inflater.Text : _hold.AsSpan(0, _count);

    /// <summary>Bytes that were passed on before they could be checked.</summary>
    internal long Spilled { get; private set; }

    /// <summary>There was more text than can be held, and no way to pass it on: it was not read to its end.</summary>
    internal bool IsTooLong { get; private set; }

    /// <summary>
    /// Reads a block whose first unit was proven: the first <paramref name="count"/> bytes, with padding behind them.
    /// </summary>
    internal Reading Read(byte[] clear, int count)
    {
        var at = 0;
        (_count, _isOnePiece) = (0, false);
        (Spilled, IsTooLong) = (0, false);
        do
        {
            at += FrontBytes;
            var ending = ReadMember(clear, count, ref at);
            if (ending != Ending.Closed) return new(ending, count, false);
        }
        while (BeginsMember(clear.AsSpan(at, count - at)));
        return EndAt(clear.AsSpan(0, count), at);
    }

    public void Dispose()
    {
        _inflater.Dispose();
        if (_hold is not null) ArrayPool<byte>.Shared.Return(_hold);
    }

    Ending ReadMember(byte[] clear, int count, ref int at)
    {
        var (crc, size, state) = (0u, 0u, Unpacked.Full);
        if (_isOnePiece) Hold(_inflater.Text);
        _isOnePiece = false;
        _inflater.Begin(clear, count, at);
        while (state == Unpacked.Full && !IsTooLong)
        {
            state = _inflater.Next();
            var piece = _inflater.Text;
            crc = Inflater.Crc(crc, piece);
            size += (uint)piece.Length;
            _isOnePiece = _count == 0 && Spilled == 0 && state == Unpacked.End;
            if (!_isOnePiece) Hold(piece);
        }

        if (state != Unpacked.End) return state == Unpacked.UsedUp ? Ending.Open : Ending.Wrong;
        at = count - _inflater.BytesLeft;
        return Check(clear.AsSpan(0, count), ref at, crc, size);
    }

    void Hold(ReadOnlySpan<byte> piece)
    {
        _hold ??= ArrayPool<byte>.Shared.Rent(HoldBytes);
        while (!piece.IsEmpty)
        {
            if (_count == HoldBytes) Spill();
            var some = piece[..Math.Min(piece.Length, HoldBytes - _count)];
            some.CopyTo(_hold.AsSpan(_count));
            _count += some.Length;
            piece = piece[some.Length..];
        }
    }

    static Ending Check(ReadOnlySpan<byte> clear, ref int at, uint crc, uint size)
    {
        if (clear.Length - at < TrailerBytes) return Ending.Open;
        var trailer = clear.Slice(at, TrailerBytes);
        at += TrailerBytes;
        var isRight = BinaryPrimitives.ReadUInt32LittleEndian(trailer) == crc
            && BinaryPrimitives.ReadUInt32LittleEndian(trailer[4..]) == size;
        return isRight ? Ending.Closed : Ending.Wrong;
    }

    static bool BeginsMember(ReadOnlySpan<byte> clear) => clear.Length >= FrontBytes + TrailerBytes
        && clear.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B, 0x08, 0x00]);

    static Reading EndAt(ReadOnlySpan<byte> clear, int at)
    {
        var pad = Framing.UnitBytes - at % Framing.UnitBytes;
        var isPadded = clear.Length - at >= pad && !clear.Slice(at, pad).ContainsAnyExcept((byte)pad);
        return new(Ending.Closed, Math.Min(at + pad, clear.Length), isPadded);
    }

    void Spill()
    {
        if (spill is not null)
        {
            if (Spilled == 0) _ = spill.Begin(Text);
            spill.Pass(Text);
            Spilled += _count;
        }

        IsTooLong = spill is null;
        _count = 0;
    }
}
