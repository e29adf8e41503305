using System.Buffers;
using System.Buffers.Binary;

namespace Decryptor.Worker.Formats.Logan;

/// <summary>What is wrong with a block that is to be saved.</summary>
enum Fault
{
    /// <summary>Its front is lost, and all up to the first flush with it.</summary>
    Headless,

    /// <summary>It does not pass its checks.</summary>
    Damaged,

    /// <summary>The file ends inside it.</summary>
    Cut,

    /// <summary>Its app was killed before it was closed; its last line is given though nothing ends it.</summary>
    Unclosed,
}

/// <summary>
/// What was saved of a block that does not pass its checks. <paramref name="From"/> and <paramref name="To"/> are where
/// the damage lies in the deciphered block; both its length when every line is sound.
/// </summary>
readonly record struct Saved(long Before, long Behind, int From, int To)
{
    internal required bool IsSound { get; init; }

    internal long Lines => Before + Behind;
}

/// <summary>
/// Saves the lines of a block that is damaged, cut or was never closed. The encoder ends each piece with a sync flush,
/// so the block is inflated piece by piece until a line makes no sense; what precedes is kept. Behind the damage it
/// goes on at the next flush. The text that was lost in between is in the inflater's window as zeros: its length is
/// known from the gzip trailer, so that what refers to text before the damage still comes out right, and a line that
/// refers to lost text has zeros in it and is dropped.
/// </summary>
sealed class Salvage(Inflater inflater, LogText text) : IDisposable
{
    const int TextBytes = 2 * 1024 * 1024;
    const int WindowBytes = 32 * 1024;
    const int StoredHeadBytes = 5;
    const int UnknownMax = 16 * 1024 * 1024;
    const int StartsMax = 16;

    static readonly byte[] Flush = [0x00, 0x00, 0xFF, 0xFF];

    readonly byte[] _window = new byte[StoredHeadBytes + WindowBytes];
    readonly byte[] _unread = new byte[WindowBytes];
    byte[]? _text;
    bool _isDamaged;
    bool _hasEnded;
    int _count;
    int _lineAt;
    int _scanned;
    long _spent;
    long _allowed;
    long _lines;

    /// <summary>Passes on what can be saved of a deciphered block.</summary>
    internal Saved Run(ReadOnlySpan<byte> clear, Fault fault)
    {
        var headless = fault == Fault.Headless;
        _isDamaged = headless || fault == Fault.Damaged;
        _hasEnded = false;
        _text ??= ArrayPool<byte>.Shared.Rent(TextBytes);
        (_count, _lineAt, _scanned, _lines, _spent) = (0, 0, 0, 0, 0);
        _allowed = 2L * TextBytes + 64L * clear.Length;
        var from = headless ? 0 : MemberReader.FrontBytes;
        var to = headless ? NextFlush(clear, 0) : clear.Length;
        var isSound = !headless && Before(clear, ref from, out to);
        Deliver(whole: isSound && (_hasEnded || fault == Fault.Unclosed));
        if (isSound) return new(_lines, 0, clear.Length, clear.Length) { IsSound = true };
        text.Break();
        var before = _lines;
        Behind(clear, to, known: _lineAt);
        return new(before, _lines - before, from, _lines > before ? to : clear.Length) { IsSound = false };
    }

    public void Dispose()
    {
        if (_text is not null) ArrayPool<byte>.Shared.Return(_text);
    }

    /// <summary>
    /// Inflates up to the damage: false when there is some, between <paramref name="from"/> and <paramref name="to"/>.
    /// </summary>
    bool Before(ReadOnlySpan<byte> clear, ref int from, out int to)
    {
        var at = from;
        inflater.Reset();
        for (to = from; at < clear.Length; from = to)
        {
            to = NextFlush(clear, at);
            var state = Feed(clear, ref at, to);
            if (!JudgeLines() || state == Inflated.Wrong) return false;
            _hasEnded = state == Inflated.End;
            if (_hasEnded) break;
        }

        return true;
    }

    bool JudgeLines()
    {
        var json = text.IsJson || LogText.BeginsRecord(_text.AsSpan(0, _count));
        while (NextLine() is >= 0 and var length)
        {
            // The first line may be the rest of one that an earlier block began, lost or not.
            var isRest = _lineAt == 0 && (text.Continues || _text![0] != (byte)'{');
            if (!IsSound(_text.AsSpan(_lineAt, length), json && !isRest)) return false;
            _lineAt += length + 1;
            _lines++;
        }

        return true;
    }

    /// <summary>
    /// The length of the line at hand; -1 while its end is not there. What was searched is not searched again.
    /// </summary>
    int NextLine()
    {
        var step = _text.AsSpan(_scanned, _count - _scanned).IndexOf((byte)'\n');
        _scanned = step < 0 ? _count : _scanned + step + 1;
        return step < 0 ? -1 : _scanned - 1 - _lineAt;
    }

    // Where bytes are known to be wrong, those that no app writes are taken for them.
    bool IsSound(ReadOnlySpan<byte> line, bool json) =>
        LineJudge.IsSound(line, json) && (!_isDamaged || LineJudge.IsEncoded(line));

    void Deliver(bool whole)
    {
        // A block without the end of a line goes on with a line that was given in part already.
        var isPartOfLine = _lineAt == 0 && text.Continues;
        var some = _text.AsSpan(0, whole || isPartOfLine ? _count : _lineAt);
        _ = text.Begin(some);
        text.Pass(some);
    }

    void Behind(ReadOnlySpan<byte> clear, int at, int known)
    {
        for (var starts = Math.Min(StartsMax, 1 + clear.Length / 2048); starts > 0 && at < clear.Length; starts--)
        {
            var unknown = Unknown(clear, at, known);
            Prime(known, unknown);
            at = GoOn(clear, at, known);
        }
    }

    /// <summary>
    /// How much text is lost between the known front and the flush at <paramref name="at"/>; as good as endless where
    /// the gzip trailer does not tell.
    /// </summary>
    int Unknown(ReadOnlySpan<byte> clear, int at, int known)
    {
        Prime(known, UnknownMax);
        var length = 0L;
        while (_spent <= _allowed)
        {
            var room = _text.AsSpan(known, TextBytes - known);
            var state = inflater.Step(clear[at..], room, out var used, out var given);
            at += used;
            length += given;
            _spent += given;
            if (state == Inflated.End && clear.Length - at >= MemberReader.TrailerBytes)
                return Between(BinaryPrimitives.ReadUInt32LittleEndian(clear[(at + 4)..]) - known - length);
            if (state != Inflated.More || (at == clear.Length && given < room.Length)) break;
        }

        return UnknownMax;
    }

    static int Between(long lost) => lost is >= 0 and < UnknownMax ? (int)lost : UnknownMax;

    // A stored block of deflate puts into the window whatever one likes.
    void Prime(int known, int unknown)
    {
        var window = _window.AsSpan(StoredHeadBytes);
        window.Clear();
        var tail = Math.Min(known, WindowBytes - Math.Min(unknown, WindowBytes));
        var end = WindowBytes - Math.Min(unknown, WindowBytes);
        _text.AsSpan(known - tail, tail).CopyTo(window[(end - tail)..]);
        _window[0] = 0;
        BinaryPrimitives.WriteUInt16LittleEndian(_window.AsSpan(1), WindowBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(_window.AsSpan(3), unchecked((ushort)~WindowBytes));
        inflater.Reset();
        _spent += WindowBytes;
        _ = inflater.Step(_window, _unread, out _, out _);
    }

    /// <summary>Gives the sound lines from a flush on; comes back with the next flush to try, or the end.</summary>
    int GoOn(ReadOnlySpan<byte> clear, int at, int known)
    {
        (_count, _lineAt, _scanned) = (known, known, known);
        var isFirst = true;
        while (at < clear.Length)
        {
            var to = NextFlush(clear, at);
            var state = Feed(clear, ref at, to);
            if (!GiveLines(known, ref isFirst) || state == Inflated.Wrong) return to;
            if (state == Inflated.End) break;
        }

        return clear.Length;
    }

    bool GiveLines(int known, ref bool isFirst)
    {
        while (NextLine() is >= 0 and var length)
        {
            var line = _text.AsSpan(_lineAt, length + 1);
            var isSound = IsSound(line[..length], text.IsJson);
            if (!isSound && !isFirst && !line.Contains((byte)0)) return false;
            if (isSound) Give(line);
            isFirst = false;
            _lineAt += line.Length;
        }

        if (_lineAt == known) return true;
        _text.AsSpan(_lineAt, _count - _lineAt).CopyTo(_text.AsSpan(known));
        _count = _scanned = known + _count - _lineAt;
        _lineAt = known;
        return true;
    }

    void Give(ReadOnlySpan<byte> line)
    {
        _ = text.Begin(line);
        text.Pass(line);
        _lines++;
    }

    /// <summary>Inflates [at, to), as far as there is room.</summary>
    Inflated Feed(ReadOnlySpan<byte> clear, ref int at, int to)
    {
        while (_count < TextBytes && _spent <= _allowed)
        {
            var room = _text.AsSpan(_count, TextBytes - _count);
            var state = inflater.Step(clear[at..to], room, out var used, out var given);
            at += used;
            _count += given;
            _spent += given;
            if (state != Inflated.More || (at == to && given < room.Length)) return state;
        }

        return Inflated.Wrong;
    }

    /// <summary>Where the data behind the next sync flush begins; the end when there is none.</summary>
    static int NextFlush(ReadOnlySpan<byte> clear, int at)
    {
        var step = clear[at..].IndexOf(Flush);
        return step < 0 ? clear.Length : at + step + Flush.Length;
    }
}
