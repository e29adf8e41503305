using System.Buffers.Binary;

namespace Decryptor.Worker.Formats.Xz;

/// <summary>
/// xz (xz-file-format.txt 1.2): streams one after the other, each of blocks. The checksum of every block is held
/// against what came out, and the index and both ends of a stream against its blocks. A block whose checksum is wrong
/// does not take those behind it with it.
/// </summary>
sealed class XzLayer : ForwardStream
{
    const string What = "xz file";
    const int HeadBytes = 12, FootBytes = 12;

    readonly Lookahead _outer;
    readonly Resources _resources;
    readonly Findings _findings;
    readonly XzIndex _index = new();
    XzCheck? _check;
    byte _type;
    Stream? _block;
    XzBlockHead? _head;
    long _at;
    long _blockGiven;
    long _given;
    bool _inStream;
    bool _done;
    Refusal? _broken;

    XzLayer(Lookahead outer, Resources resources, Findings findings) =>
        (_outer, _resources, _findings) = (outer, resources, findings);

    internal static bool Begins(ReadOnlySpan<byte> first) =>
        first.StartsWith((ReadOnlySpan<byte>)[0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]);

    internal static Stream Open(Lookahead outer, Resources resources, Findings findings) =>
        new XzLayer(outer, resources, findings);

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty) return 0;
        while (!_done)
        {
            if (_block is not null)
            {
                var given = _block.Read(buffer);
                Count(buffer[..given]);
                if (given > 0) return given;
                EndBlock();
            }
            else if (_inStream) NextBlock();
            else BeginStream();
        }

        return _broken is null ? 0 : throw _broken;
    }

    protected override void Dispose(bool disposing)
    {
        _block?.Dispose();
        _check?.Dispose();
        _index.Dispose();
        base.Dispose(disposing);
    }

    void Count(ReadOnlySpan<byte> given)
    {
        (_given, _blockGiven) = (_given + given.Length, _blockGiven + given.Length);
        _check!.Add(given);
        _resources.Budget.Unpacked(_given);
    }

    void BeginStream()
    {
        var head = _outer.Peek(HeadBytes);
        while (_outer.Position > 0 && head.StartsWith("\0\0\0\0"u8))
        {
            _outer.Skip(4);
            head = _outer.Peek(HeadBytes);
        }

        if (_outer.Position > 0 && !Begins(head))
        {
            _outer.MustEnd(What, _findings);
            _done = true;
            return;
        }

        if (head.Length < HeadBytes) throw _outer.BrokenOff(What);
        if (BinaryPrimitives.ReadUInt32LittleEndian(head[8..]) != Inflater.Crc(0, head[6..8]) || !Begins(head))
            throw Faults.Damaged($"the checksum of the xz header at {_outer.Position} is wrong");
        if (head[6] != 0 || head[7] > 15) throw Faults.Unsupported("an xz file of a newer kind");
        _type = head[7];
        _check?.Dispose();
        _check = new(_type);
        if (!_check.IsKnown) _findings.Warn($"the xz file has checksums of a kind {_type} that is not known here");
        _outer.Skip(HeadBytes);
        _inStream = true;
    }

    void NextBlock()
    {
        var first = _outer.Peek(1);
        if (first.IsEmpty) throw _outer.BrokenOff(What);
        if (first[0] == 0)
        {
            EndStream();
            return;
        }

        _at = _outer.Position;
        _head = XzBlockHead.Read(_outer, What);
        _block = _head.Open(_outer, _resources, What);
        _blockGiven = 0;
    }

    void EndBlock()
    {
        _block!.Dispose();
        _block = null;
        var packed = _outer.Position - _at - _head!.Bytes;
        var padding = (int)(-packed & 3);
        var rest = _outer.Peek(padding + _check!.Bytes);
        if (rest.Length < padding + _check.Bytes) throw _outer.BrokenOff(What);
        if (!_check.IsRight(rest[padding..]))
            _broken ??= Faults.Damaged(
                $"the checksum of the xz block at {_at} is wrong: what came out of it may be, too");
        if (rest[..padding].IndexOfAnyExcept((byte)0) >= 0 || (_head.Packed ?? packed) != packed
            || (_head.Size ?? _blockGiven) != _blockGiven)
            _broken ??= Faults.Damaged($"the xz block at {_at} is not as long as its header says");
        _outer.Skip(rest.Length);
        _index.Add(_head.Bytes + packed + _check.Bytes, _blockGiven);
        _resources.Budget.Unpacked(_given);
    }

    void EndStream()
    {
        var at = _outer.Position;
        var length = _index.Read(_outer, _resources.Budget, What)
            ?? throw _broken ?? Faults.Damaged($"the index of the xz file at {at} does not tell of what is in it");
        var foot = _outer.Peek(FootBytes);
        if (foot.Length < FootBytes) throw _outer.BrokenOff(What);
        var isRight = BinaryPrimitives.ReadUInt32LittleEndian(foot) == Inflater.Crc(0, foot[4..10])
            && (BinaryPrimitives.ReadUInt32LittleEndian(foot[4..]) + 1L) * 4 == length
            && foot[8] == 0 && foot[9] == _type && foot[10..].SequenceEqual("YZ"u8);
        if (!isRight) _broken ??= Faults.Damaged($"the end of the xz file at {_outer.Position} is damaged");
        _outer.Skip(FootBytes);
        _inStream = false;
    }
}
