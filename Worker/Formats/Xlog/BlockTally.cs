using Decryptor.Protocol;

namespace Decryptor.Worker.Formats.Xlog;

/// <summary>
/// Counts the blocks of one file, names what is missing, and passes the verdict. A gap is open from where something
/// went wrong to where the next block begins.
/// </summary>
sealed class BlockTally(Findings findings)
{
    /// <summary>The size of the buffer file that the app keeps, which is one open block and zeros behind it.</summary>
    const long BufferFileBytes = 153_600;

    long _good;
    long _bad;
    long _sealed;
    long _keyedPlain;
    long _damaged;
    long _truncated;
    long _unopened;
    long _gapFrom = -1;
    Damage? _gapWhy;
    Damage? _firstTrouble;
    long _zerosEnd;

    /// <summary>Where the zeros begin that reach to the end of what was read; -1 for none.</summary>
    internal long ZerosFrom { get; private set; } = -1;

    internal bool HasBlocks => _good + _bad > 0;

    internal void Good(BlockHeader header)
    {
        _good++;
        if (header.Sealed) _sealed++;
        if (header.KeyedPlain) _keyedPlain++;
        Publish();
    }

    internal void Bad(long offset, long length, Damage damage)
    {
        Count(damage);
        findings.Missing(offset, length, damage.Why);
    }

    /// <summary>
    /// A block of which only the beginning is known; what is missing ends where the next block is found.
    /// </summary>
    internal void BadWithOpenEnd(long offset, Damage damage)
    {
        Count(damage);
        _gapFrom = offset;
        _gapWhy = damage;
    }

    /// <summary>Bytes that are no block begin, unless some began before.</summary>
    internal void OpenGap(long offset, Damage why)
    {
        if (_gapFrom >= 0) return;
        _gapFrom = offset;
        _gapWhy = why;
    }

    /// <summary>A block begins, or the file ends.</summary>
    internal void CloseGap(long at)
    {
        SettleZeros(at);
        if (_gapFrom < 0) return;
        findings.Missing(_gapFrom, at - _gapFrom, _gapWhy!.Why);
        if (_gapWhy.Code == FailureCode.Damaged) _damaged++;
        _gapFrom = -1;
    }

    internal void Warn(string warning) => findings.Warn(warning);

    internal void Zeros(long offset, long count, bool toTheEnd)
    {
        if (ZerosFrom < 0) ZerosFrom = offset;
        _zerosEnd = offset + count;
        if (!toTheEnd) SettleZeros(_zerosEnd + 1);
    }

    /// <summary>The verdict at the end of the file; null when there was no block in it.</summary>
    internal Verdict? Judge(long size, int keysOfThatKind)
    {
        CloseGap(size);
        if (!HasBlocks) return null;
        if (ZerosFrom >= 0 && size != BufferFileBytes)
            findings.Warn($"{size - ZerosFrom} zero bytes follow the last block");
        if (_keyedPlain > _sealed)
            findings.Warn(
                $"{_keyedPlain} blocks are plain text although the app has a key: its logger runs in sync mode");
        return Verdicts.Of(Sums(), findings, _firstTrouble?.Why, keysOfThatKind);
    }

    Sums Sums() => new()
    {
        Good = _good,
        Bad = _bad,
        Damaged = _damaged,
        Truncated = _truncated,
        Unopened = _unopened,
    };

    void Count(Damage damage)
    {
        _bad++;
        _firstTrouble ??= damage;
        if (damage.Code == FailureCode.Truncated) _truncated++;
        else if (damage.Code == FailureCode.KeyMissing || damage.Code == FailureCode.KeyNoMatch) _unopened++;
        else if (damage.Code != FailureCode.LimitMemory) _damaged++;
        Publish();
    }

    void Publish() => findings.Blocks = new BlockCount(_good + _bad, _good, _bad);

    // Zeros that something follows are a hole. One that is shorter than a header cannot have held a block.
    void SettleZeros(long at)
    {
        if (ZerosFrom < 0 || at <= _zerosEnd) return;
        var count = _zerosEnd - ZerosFrom;
        if (count < BlockHeader.Least) findings.Warn($"{count} stray zero bytes at {ZerosFrom}");
        else OpenGap(ZerosFrom, Damage.Wrong("zeros where blocks should be"));
        ZerosFrom = -1;
    }
}
