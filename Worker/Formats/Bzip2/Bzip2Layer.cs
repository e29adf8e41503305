using Decryptor.Protocol;

namespace Decryptor.Worker.Formats.Bzip2;

/// <summary>
/// bzip2: streams one after the other, each of blocks. The checksum of every block and of every stream is held against
/// what came out; a block whose checksum is wrong does not take those behind it with it.
/// </summary>
sealed class Bzip2Layer : ForwardStream
{
    const string What = "bzip2 file";
    const ulong BlockMark = 0x314159265359, EndMark = 0x177245385090;
    const int HeadBytes = 4, LevelBytes = 100_000;

    readonly Lookahead _outer;
    readonly Findings _findings;
    readonly Budget _budget;
    readonly long _windowMax;
    readonly BitSource _bits;
    Bzip2Block? _block;
    int _level;
    long _at;
    uint _sum;
    long _given;
    bool _inStream;
    bool _inBlock;
    bool _done;
    Refusal? _broken;

    Bzip2Layer(Lookahead outer, Resources resources, Findings findings)
    {
        (_outer, _findings, _budget) = (outer, findings, resources.Budget);
        _windowMax = resources.Limits.WindowBytes;
        _bits = new(outer);
    }

    /// <summary>
    /// "BZh" begins many words; the block size and the mark of a block, or of the end, have to follow.
    /// </summary>
    internal static bool Begins(ReadOnlySpan<byte> first) => first.Length >= 10 && IsHead(first)
        && (first[4..].StartsWith((ReadOnlySpan<byte>)[0x31, 0x41, 0x59, 0x26, 0x53, 0x59])
            || first[4..].StartsWith((ReadOnlySpan<byte>)[0x17, 0x72, 0x45, 0x38, 0x50, 0x90]));

    internal static Stream Open(Lookahead outer, Resources resources, Findings findings) =>
        new Bzip2Layer(outer, resources, findings);

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty) return 0;
        while (!_done)
        {
            if (_inBlock)
            {
                var given = _block!.Give(buffer);
                _given += given;
                _budget.Unpacked(_given);
                if (given > 0) return given;
                EndBlock();
            }
            else if (_inStream) NextBlock();
            else BeginStream();
        }

        return _broken is null ? 0 : throw _broken;
    }

    static bool IsHead(ReadOnlySpan<byte> first) =>
        first.Length >= HeadBytes && first.StartsWith("BZh"u8) && first[3] is >= (byte)'1' and <= (byte)'9';

    void BeginStream()
    {
        var head = _outer.Peek(HeadBytes);
        if (!IsHead(head))
        {
            if (_outer.Position == 0)
                throw head.Length < HeadBytes ? _outer.BrokenOff(What) : Faults.Damaged("it is no bzip2 file");
            _outer.MustEnd(What, _findings);
            _done = true;
            return;
        }

        var most = (head[3] - '0') * LevelBytes;
        if (most > _windowMax)
            throw new Refusal(FailureCode.LimitMemory,
                $"the bzip2 file at {_outer.Position} has blocks of {most} bytes; the limit is {_windowMax}",
                "raise limits.windowBytesMax (--limit-memory) if such files are wanted");
        if (_block is null || _level != most) _block = new(most);
        _outer.Skip(HeadBytes);
        (_inStream, _sum, _level) = (true, 0, most);
    }

    void NextBlock()
    {
        _budget.Unpacked(_given);
        _at = _bits.Position;
        var mark = (ulong)_bits.Take(24) << 24 | _bits.Take(24);
        if (_bits.Starved) throw BrokenOff();
        if (mark == EndMark) EndStream();
        else if (mark != BlockMark) throw Wrong("there is neither a block nor the end");
        else BeginBlock();
    }

    void BeginBlock()
    {
        _inBlock = _block!.Read(_bits) switch
        {
            BlockEnd.Good => true,
            BlockEnd.Cut => throw BrokenOff(),
            BlockEnd.Randomised => throw Faults.Unsupported("a bzip2 file of the first version (randomised)"),
            _ => throw Wrong("the codes of a block make no sense"),
        };
    }

    void EndBlock()
    {
        _inBlock = false;
        _sum = (_sum << 1 | _sum >> 31) ^ _block!.Sum;
        if (_block.Sum != _block.Claimed)
            _broken ??= Faults.Damaged(
                $"the checksum of the bzip2 block at {_at} is wrong: what came out of it may be, too");
    }

    void EndStream()
    {
        var claimed = _bits.Take(32);
        if (_bits.Starved) throw BrokenOff();
        _bits.Align();
        _inStream = false;
        if (claimed != _sum)
            _broken ??= Faults.Damaged(
                $"the checksum of the bzip2 file at {_at} is wrong: what came out of it may be, too");
    }

    Refusal BrokenOff()
    {
        _bits.Align();
        return _outer.BrokenOff(What);
    }

    Refusal Wrong(string why) => Faults.Damaged($"the bzip2 file is damaged at {_at}, after {_given} bytes: {why}");
}
