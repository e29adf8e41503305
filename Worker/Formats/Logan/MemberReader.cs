using System.Buffers;
using System.Buffers.Binary;

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
/// The text is held until its checksum is known. One that is larger than any real one is passed on before that, so that
/// the memory stays bounded.
/// </summary>
sealed class MemberReader(Inflater inflater, LogText text) : IDisposable
{
    internal const int FrontBytes = 10;
    internal const int TrailerBytes = 8;

    const int HoldBytes = 2 * 1024 * 1024;

    readonly byte[] _hold = ArrayPool<byte>.Shared.Rent(HoldBytes);
    int _count;

    /// <summary>The text of the block last read, or what of it was not passed on.</summary>
    internal ReadOnlySpan<byte> Text => _hold.AsSpan(0, _count);

    /// <summary>Bytes that were passed on before they could be checked.</summary>
    internal long Spilled { get; private set; }

    /// <summary>Reads a block whose first unit was proven.</summary>
    internal Reading Read(ReadOnlySpan<byte> clear)
    {
        var at = 0;
        _count = 0;
        Spilled = 0;
        do
        {
            at += FrontBytes;
            var ending = ReadMember(clear, ref at);
            if (ending != Ending.Closed) return new(ending, clear.Length, false);
        }
        while (BeginsMember(clear[at..]));
        return EndAt(clear, at);
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_hold);

    Ending ReadMember(ReadOnlySpan<byte> clear, ref int at)
    {
        var (crc, size) = (0u, 0u);
        inflater.Reset();
        while (true)
        {
            if (_count == HoldBytes) Spill();
            var room = _hold.AsSpan(_count, HoldBytes - _count);
            var step = inflater.Step(clear[at..], room, out var used, out var given);
            crc = Inflater.Crc(crc, room[..given]);
            size += (uint)given;
            _count += given;
            at += used;
            if (step == Inflated.End) return Check(clear, ref at, crc, size);
            if (step == Inflated.Wrong) return Ending.Wrong;
            if (at == clear.Length && given < room.Length) return Ending.Open;
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
        if (Spilled == 0) _ = text.Begin(Text);
        text.Pass(Text);
        Spilled += _count;
        _count = 0;
    }
}
