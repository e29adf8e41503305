using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Decryptor.Worker.Formats.Deflate;

/// <summary>Where a <see cref="WholeInflater"/> stands after a piece of text.</summary>
enum Unpacked
{
    /// <summary>There is more text: the piece has filled the buffer.</summary>
    Full,

    /// <summary>The input ends, and the stream does not.</summary>
    UsedUp,

    /// <summary>The stream's last block has ended.</summary>
    End,

    /// <summary>The bits make no sense from here. The bytes that were given before are good.</summary>
    Wrong,
}

/// <summary>
/// Raw deflate (RFC 1951) of an input that is there as a whole. It gives what <see cref="Inflater"/> gives, to the
/// last byte before an error or the end of the input, in less than two thirds of the time: for it never has to stop
/// within a symbol, and builds no larger tables than a short block needs. Nothing is taken for a stream; one serves a
/// whole file.
/// </summary>
sealed unsafe class WholeInflater : IDisposable
{
    /// <summary>Bytes that have to follow the input in its buffer. What they hold is overwritten.</summary>
    internal const int Padding = BitReader.Padding;

    /// <summary>The farthest that a stream may look back.</summary>
    const int Window = 32 * 1024;

    /// <summary>The text of most blocks as one piece, and still in the processor's second cache.</summary>
    const int TextBytes = 256 * 1024;

    // The longest match, three literals, and what a copy of whole vectors writes too much.
    const int Slack = 258 + 3 + 32;

    readonly byte[] _text = ArrayPool<byte>.Shared.Rent(Window + TextBytes + Slack);
    readonly BlockHeads _heads = new();
    byte[] _packed = [];
    BitReader _bits;
    byte* _begin;
    byte* _to;
    byte* _room;
    int _count;
    int _next;
    int _given;
    int _kept;
    int _stored;
    bool _isStored;
    bool _last;
    bool _inBlock;

    /// <summary>Whole bytes of the input behind the end of the stream.</summary>
    internal int BytesLeft { get; private set; }

    /// <summary>
    /// Begins with a stream: the first <paramref name="count"/> bytes but those in front of <paramref name="from"/>,
    /// with padding behind them.
    /// </summary>
    internal void Begin(byte[] packed, int count, int from = 0)
    {
        packed.AsSpan(count, Padding).Clear();
        (_packed, _count, _next, _given, _kept) = (packed, count, from, 0, 0);
        (_bits, _last, _inBlock) = (default, false, false);
    }

    /// <summary>
    /// Inflates the next piece of <see cref="Text"/>. After anything but <see cref="Unpacked.Full"/> there is no more.
    /// </summary>
    internal Unpacked Next()
    {
        _kept = Math.Min(_given, Window);
        _text.AsSpan(_given - _kept, _kept).CopyTo(_text);
        fixed (byte* packed = _packed, first = _text)
        {
            _bits = new(packed + _next, packed + _count) { Held = _bits.Held, Count = _bits.Count };
            _begin = first;
            _to = first + _kept;
            _room = first + Window + TextBytes;
            var end = Run();
            _given = (int)(_to - first);
            _next = (int)(_bits.Next - packed);
            if (end == Unpacked.End) BytesLeft = (int)_bits.BytesLeft;
            return end;
        }
    }

    /// <summary>The piece that was inflated last.</summary>
    internal ReadOnlySpan<byte> Text => _text.AsSpan(_kept, _given - _kept);

    public void Dispose() => ArrayPool<byte>.Shared.Return(_text);

    Unpacked Run()
    {
        while (true)
        {
            if (!_inBlock)
            {
                if (_last) return Unpacked.End;
                if (Open() is { } end) return end;
            }

            var stop = _isStored ? Store() : Decode();
            if (stop == Stop.Full) return Unpacked.Full;
            if (stop != Stop.BlockEnded) return stop == Stop.Wrong ? Unpacked.Wrong : Unpacked.UsedUp;
            _inBlock = false;
        }
    }

    // Reads what is in front of a block; says how the stream ends where it does so here. A flush after each line of a
    // log leaves an empty stored block there, which is passed at once.
    Unpacked? Open()
    {
        while (true)
        {
            _bits.Fill();
            _last = _bits.Take(1) != 0;
            var kind = _bits.Take(2);
            if (_bits.IsPastEnd) return Unpacked.UsedUp;
            _isStored = kind == 0;
            if (!_isStored) return Open(kind);
            if (OpenStored() is { } end) return end;
            if (_stored > 0 || _last) return null;
        }
    }

    Unpacked? Open(uint kind)
    {
        _inBlock = true;
        if (kind == 1)
        {
            _heads.TakeFixed();
            return null;
        }

        var good = kind == 2 && _heads.Read(ref _bits);
        if (_bits.IsPastEnd) return Unpacked.UsedUp;
        return good ? null : Unpacked.Wrong;
    }

    Unpacked? OpenStored()
    {
        _inBlock = true;
        _bits.ToByte();
        if (_bits.End - _bits.Next < 2 * sizeof(ushort)) return Unpacked.UsedUp;
        _stored = *(ushort*)_bits.Next;
        if (_stored != (ushort)~*(ushort*)(_bits.Next + sizeof(ushort))) return Unpacked.Wrong;
        _bits.Next += 2 * sizeof(ushort);
        return null;
    }

    Stop Store()
    {
        var there = Math.Min(_stored, _bits.End - _bits.Next);
        var count = Math.Min(there, _room - _to);
        Buffer.MemoryCopy(_bits.Next, _to, count, count);
        _to += count;
        _bits.Next += count;
        _stored -= (int)count;
        return _stored == 0 ? Stop.BlockEnded : count < there ? Stop.Full : Stop.UsedUp;
    }

    Stop Decode()
    {
        fixed (uint* lengths = _heads.Lengths.Entries, distances = _heads.Distances.Entries)
        {
            var codes = new Codes(lengths, _heads.Lengths.Root, distances, _heads.Distances.Root);
            while (true)
            {
                var stop = DecodeFast(codes);
                if (stop == Stop.Careful) stop = DecodeOne(codes);
                if (stop != Stop.Careful) return stop;
            }
        }
    }

    // As long as neither the end of the input nor that of the room is near, nothing is asked of a symbol but what it
    // means, and all that changes is in registers. One fill is enough for two literals and a length: of a log's symbols
    // four in five are literals. Against a loop that fills for each symbol this gains a sixth.
    Stop DecodeFast(in Codes codes)
    {
        uint* lengths = codes.Lengths, distances = codes.Distances;
        byte* next = _bits.Next, to = _to, lastNext = _bits.End - 2 * sizeof(ulong), lastTo = _room;
        var (held, count, stop) = (_bits.Held, _bits.Count, Stop.Careful);
        while (next <= lastNext && to < lastTo)
        {
            Fill(ref next, ref held, ref count);
            var entry = lengths[held & codes.LengthMask];
            if (CodeEntry.IsLiteral(entry))
            {
                *to++ = CodeEntry.Byte(entry);
                entry = lengths[Drop(entry, ref held, ref count) & codes.LengthMask];
                if (CodeEntry.IsLiteral(entry))
                {
                    *to++ = CodeEntry.Byte(entry);
                    entry = lengths[Drop(entry, ref held, ref count) & codes.LengthMask];
                }
            }

            if ((entry & CodeEntry.IsSecond) != 0)
                entry = lengths[CodeEntry.InSecond(entry, Drop(entry, ref held, ref count))];
            var length = CodeEntry.Value(entry, held);
            Drop(entry, ref held, ref count);
            if (CodeEntry.IsLiteral(entry))
            {
                *to++ = CodeEntry.Byte(entry);
                continue;
            }

            if ((entry & CodeEntry.Special) != 0)
            {
                stop = (entry & CodeEntry.IsEnd) != 0 ? Stop.BlockEnded : Stop.Wrong;
                break;
            }

            Fill(ref next, ref held, ref count);
            entry = distances[held & codes.DistanceMask];
            if ((entry & CodeEntry.IsSecond) != 0)
                entry = distances[CodeEntry.InSecond(entry, Drop(entry, ref held, ref count))];
            var distance = (nint)CodeEntry.Value(entry, held);
            Drop(entry, ref held, ref count);
            if ((entry & CodeEntry.Special) != 0 || distance > to - _begin)
            {
                stop = Stop.Wrong;
                break;
            }

            to = Copy(to, distance, (int)length);
        }

        (_bits.Held, _bits.Count) = (held, count);
        _bits.Next = next;
        _to = to;
        return stop;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Fill(ref byte* next, ref ulong held, ref int count)
    {
        held |= *(ulong*)next << count;
        next += (63 - count) >> 3;
        count |= 56;
    }

    // The same for one symbol, near an end: it counts only where all its bits are there.
    Stop DecodeOne(in Codes codes)
    {
        if (_to >= _room) return Stop.Full;
        _bits.Fill();
        var entry = Look(codes.Lengths, codes.LengthMask);
        var length = CodeEntry.Value(entry, _bits.Held);
        _bits.Drop((byte)entry);
        if (_bits.IsPastEnd) return Stop.UsedUp;
        if (CodeEntry.IsLiteral(entry))
        {
            *_to++ = CodeEntry.Byte(entry);
            return Stop.Careful;
        }

        if ((entry & CodeEntry.Special) != 0)
            return (entry & CodeEntry.IsEnd) != 0 ? Stop.BlockEnded : Stop.Wrong;
        entry = Look(codes.Distances, codes.DistanceMask);
        var distance = (nint)CodeEntry.Value(entry, _bits.Held);
        _bits.Drop((byte)entry);
        if (_bits.IsPastEnd) return Stop.UsedUp;
        if ((entry & CodeEntry.Special) != 0 || distance > _to - _begin) return Stop.Wrong;
        _to = Copy(_to, distance, (int)length);
        return Stop.Careful;
    }

    uint Look(uint* entries, ulong mask)
    {
        var entry = entries[_bits.Held & mask];
        if ((entry & CodeEntry.IsSecond) == 0) return entry;
        _bits.Drop((byte)entry);
        return entries[CodeEntry.InSecond(entry, _bits.Held)];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static ulong Drop(uint entry, ref ulong held, ref int count)
    {
        // A shift looks at the lowest six bits of its count only, and no entry uses more than 28 bits.
        count -= (byte)entry;
        return held >>= (int)entry;
    }

    // What a match repeats, written in whole vectors where it does not overlap itself within one. Two of them are
    // enough for nine in ten, and are written without a look at the length, which nobody can foretell.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static byte* Copy(byte* to, nint distance, int length)
    {
        byte* from = to - distance, end = to + length;
        if (distance < Vector128<byte>.Count) return CopyNear(from, to, end);
        Vector128.Load(from).Store(to);
        Vector128.Load(from + Vector128<byte>.Count).Store(to + Vector128<byte>.Count);
        for (var at = 2 * Vector128<byte>.Count; at < length; at += Vector128<byte>.Count)
            Vector128.Load(from + at).Store(to + at);
        return end;
    }

    static byte* CopyNear(byte* from, byte* to, byte* end)
    {
        while (to < end) *to++ = *from++;
        return end;
    }

    enum Stop
    {
        Careful,
        BlockEnded,
        Full,
        UsedUp,
        Wrong,
    }

    // The tables of the block at hand, where they lie now.
    readonly struct Codes(uint* lengths, int lengthRoot, uint* distances, int distanceRoot)
    {
        internal readonly uint* Lengths = lengths;
        internal readonly uint* Distances = distances;
        internal readonly ulong LengthMask = (1ul << lengthRoot) - 1;
        internal readonly ulong DistanceMask = (1ul << distanceRoot) - 1;
    }
}
