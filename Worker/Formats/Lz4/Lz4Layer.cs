using System.Buffers;
using System.Buffers.Binary;
using Decryptor.Protocol;

namespace Decryptor.Worker.Formats.Lz4;

/// <summary>
/// lz4 frames (lz4_Frame_format.md 1.6) one after the other, skippable ones between them. The checksums of header,
/// blocks and content are held against what came out wherever a frame has them; a block whose checksum is wrong does
/// not take those behind it with it.
/// </summary>
sealed class Lz4Layer : ForwardStream
{
    const string What = "lz4 file";
    const uint Magic = 0x184D2204, Stored = 0x80000000;
    const int History = 64 * 1024, Look = 256 * 1024, HeadMax = 19;

    readonly Lookahead _outer;
    readonly Findings _findings;
    readonly Budget _budget;
    readonly long _windowMax;
    Lz4Head _head;
    XxHash32 _content = new();
    byte[] _packed = [];
    byte[] _room = [];
    int _from;
    int _to;
    long _given;
    long _frameGiven;
    bool _begun;
    bool _inFrame;
    bool _done;
    Refusal? _broken;
    Refusal? _trouble;

    Lz4Layer(Lookahead outer, Resources resources, Findings findings)
    {
        (_outer, _findings, _budget) = (outer, findings, resources.Budget);
        _windowMax = resources.Limits.WindowBytes;
    }

    internal static bool Begins(ReadOnlySpan<byte> first) =>
        first.Length >= 4 && BinaryPrimitives.ReadUInt32LittleEndian(first) == Magic;

    internal static Stream Open(Lookahead outer, Resources resources, Findings findings) =>
        new Lz4Layer(outer, resources, findings);

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty) return 0;
        while (_from == _to)
        {
            if (_trouble is not null) throw _trouble;
            if (_done || (!_inFrame && !BeginFrame())) return End();
            NextBlock();
        }

        var count = Math.Min(buffer.Length, _to - _from);
        _room.AsSpan(_from, count).CopyTo(buffer);
        _from += count;
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        Return();
        base.Dispose(disposing);
    }

    int End()
    {
        if (!_begun) throw Faults.Damaged("it is no lz4 file");
        if (!_done) _outer.MustEnd(What, _findings);
        _done = true;
        return _broken is null ? 0 : throw _broken;
    }

    void Return()
    {
        if (_room.Length > 0) ArrayPool<byte>.Shared.Return(_room);
        if (_packed.Length > 0) ArrayPool<byte>.Shared.Return(_packed);
        (_room, _packed) = ([], []);
    }

    bool BeginFrame()
    {
        while (true)
        {
            var first = _outer.Peek(HeadMax);
            if (first.Length < 4) return false;
            var magic = BinaryPrimitives.ReadUInt32LittleEndian(first);
            if (magic == Magic) break;
            if (!SkippableFrame.Is(magic)) return false;
            SkippableFrame.Skip(_outer, first, What);
        }

        _head = Lz4Head.Read(_outer, What);
        if (_head.BlockMax > _windowMax)
            throw new Refusal(FailureCode.LimitMemory,
                $"the lz4 frame at {_outer.Position} has blocks of {_head.BlockMax} bytes; the limit is {_windowMax}",
                "raise limits.windowBytesMax (--limit-memory) if such files are wanted");
        Return();
        _packed = ArrayPool<byte>.Shared.Rent(_head.BlockMax);
        _room = ArrayPool<byte>.Shared.Rent(History + _head.BlockMax);
        (_from, _to, _frameGiven, _content, _inFrame) = (0, 0, 0, new(), true);
        _begun = true;
        return true;
    }

    void NextBlock()
    {
        var at = _outer.Position;
        var size = Number();
        if (size == 0)
        {
            EndFrame(at);
            return;
        }

        var (isStored, length) = ((size & Stored) != 0, (int)(size & ~Stored));
        if (length > _head.BlockMax)
            throw Faults.Damaged($"the lz4 block at {at} claims {length} bytes, more than its frame allows");
        var there = Fetch(length);
        var isWhole = there == length;
        var isRight = isWhole && CheckBlock(at, length);
        Keep();
        var packed = _packed.AsSpan(0, there);
        var room = _room.AsSpan(0, _from + _head.BlockMax);
        var isGood = isStored ? Copy(packed) : Lz4Block.Decode(packed, room, ref _to);
        if (!isWhole) _trouble = _outer.BrokenOff(What);
        else if (!isGood)
            _trouble = isRight || _broken is null
                ? Faults.Damaged($"the lz4 block at {at} is damaged: what it gave before that is kept") : _broken;
        Count();
    }

    // Blocks that depend on those before them look back as far as 64 KiB.
    void Keep()
    {
        var kept = _head.IsLinked ? Math.Min(_to, History) : 0;
        _room.AsSpan(_to - kept, kept).CopyTo(_room);
        _from = _to = kept;
    }

    bool Copy(ReadOnlySpan<byte> stored)
    {
        stored.CopyTo(_room.AsSpan(_to));
        _to += stored.Length;
        return true;
    }

    void Count()
    {
        var given = _room.AsSpan(_from, _to - _from);
        if (_head.HasContentSum) _content.Add(given);
        (_given, _frameGiven) = (_given + given.Length, _frameGiven + given.Length);
        _budget.Unpacked(_given);
    }

    int Fetch(int length)
    {
        var there = 0;
        while (there < length)
        {
            var some = _outer.Peek(Math.Min(length - there, Look));
            if (some.IsEmpty) break;
            some.CopyTo(_packed.AsSpan(there));
            there += some.Length;
            _outer.Skip(some.Length);
        }

        return there;
    }

    bool CheckBlock(long at, int length)
    {
        if (!_head.HasBlockSums) return true;
        if (_outer.Peek(4).Length < 4)
        {
            _trouble = _outer.BrokenOff(What);
            return false;
        }

        if (Number() == XxHash32.Of(_packed.AsSpan(0, length))) return true;
        _broken ??= Faults.Damaged(
            $"the checksum of the lz4 block at {at} is wrong: what came out of it may be, too");
        return false;
    }

    void EndFrame(long at)
    {
        if (_head.HasContentSum && Number() != _content.Value)
            _broken ??= Faults.Damaged(
                $"the checksum of the lz4 frame that ends at {at} is wrong: what came out of it may be, too");
        if (_head.Size is { } size && size != (ulong)_frameGiven)
            _broken ??= Faults.Damaged($"the lz4 frame that ends at {at} has {_frameGiven} bytes, and claims {size}");
        (_inFrame, _from, _to) = (false, 0, 0);
    }

    uint Number()
    {
        var four = _outer.Peek(4);
        if (four.Length < 4) throw _outer.BrokenOff(What);
        var number = BinaryPrimitives.ReadUInt32LittleEndian(four);
        _outer.Skip(4);
        return number;
    }
}
