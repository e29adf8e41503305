using Decryptor.Protocol;

namespace Decryptor.Worker.Formats.Xlog;

/// <summary>
/// Counts the blocks of one file, names what is missing, and passes the verdict. A gap is open from where something
/// went wrong to where the next block begins; what the blocks on both sides say tells its hours and its numbers.
/// </summary>
sealed class BlockTally(Findings findings, Signs signs)
{
    readonly BlockCounts _counts = new();
    readonly SequenceWatch _watch = new(findings);
    long _gapFrom = -1;
    Damage? _gapWhy;
    long _zerosEnd;

    /// <summary>Where the zeros begin that reach to the end of what was read; -1 for none.</summary>
    internal long ZerosFrom { get; private set; } = -1;

    internal bool HasBlocks => _counts.Total + _counts.PassedOver > 0;

    /// <summary>A block whose text is all there.</summary>
    internal void Good(BlockHeader header, Client client, long offset)
    {
        signs.End(offset);
        _counts.Good++;
        if (header.Sealed) _counts.SealedGood++;
        if (header.KeyedPlain) _counts.KeyedPlain++;
        if (_watch.See(header, client, offset) is { } disorder) Wound(offset, Damage.Wrong(disorder));
        Publish();
    }

    /// <summary>
    /// A block whose frame is whole, and which was not opened because nobody wants its hours; null for a client of
    /// whom nothing was opened.
    /// </summary>
    internal void PassedOver(BlockHeader header, Client? client, long offset)
    {
        _counts.PassedOver++;
        if (_watch.See(header, client, offset) is { } disorder) Wound(offset, Damage.Wrong(disorder));
        Publish();
    }

    /// <summary>A single plain line in a block of its own.</summary>
    internal void Line(uint checksum, uint length, long offset) => _watch.SeeLine(checksum, length, offset);

    /// <summary>A block that stands in the file for the second time; its text is not given again.</summary>
    internal void Double(long offset, long before)
    {
        _counts.Good++;
        findings.Evidence.Trace(Trace.Repeated, offset);
        Wound(offset, Damage.Wrong($"repeats the one at {before}, so its text is given once"));
        Publish();
    }

    /// <summary>A block that gave no text, or not all of it; null where its header is not to be trusted.</summary>
    internal void Bad(long offset, long length, Damage damage, BlockHeader? header = null)
    {
        signs.End(offset);
        Count(damage);
        findings.Missing(new(offset, length, damage.Why)
        {
            Code = damage.Code.Name,
            Hours = header is { } one ? Hours(one.BeginHour, one.EndHour) : null,
            Sequence = header is { IsCounted: true } counted ? $"{counted.Sequence}" : null,
        });
        if (header is { } known) _watch.SeeBad(known);
        Publish();
    }

    /// <summary>
    /// A block of which only the beginning is known; what is missing ends where the next block is found.
    /// </summary>
    internal void BadWithOpenEnd(long offset, Damage damage)
    {
        Count(damage);
        _gapFrom = offset;
        _gapWhy = damage;
        Publish();
    }

    /// <summary>Damage that cost no text.</summary>
    internal void Wound(long offset, Damage damage)
    {
        findings.Warn($"the block at {offset} {damage.Why}");
        _counts.AddWound(damage with { Why = $"the block at {offset} {damage.Why}" });
    }

    /// <summary>Damage of the file as a whole that cost no text.</summary>
    internal void WoundOfFile(Damage damage)
    {
        findings.Warn(damage.Why);
        _counts.AddWound(damage);
    }

    /// <summary>Bytes that are no block begin, unless some began before.</summary>
    internal void OpenGap(long offset, Damage why)
    {
        if (_gapFrom >= 0) return;
        _gapFrom = offset;
        _gapWhy = why;
    }

    /// <summary>A block begins, or the file ends.</summary>
    internal void CloseGap(long at, BlockHeader? next = null, Client? client = null)
    {
        SettleZeros(at);
        if (_gapFrom < 0) return;
        findings.Missing(new(_gapFrom, at - _gapFrom, _gapWhy!.Why)
        {
            Code = _gapWhy.Code.Name,
            Hours = _watch.LastHour is { } last && next is { } header ? Hours(last, header.BeginHour) : null,
            Sequence = next is { } following ? _watch.Skipped(following, client) : null,
        });
        if (_gapWhy.Code == FailureCode.Damaged) _counts.Stretches++;
        _gapFrom = -1;
    }

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
        if (ZerosFrom >= 0) FrameWatch.NoteTail(findings, ZerosFrom, size);
        if (ZerosFrom >= 0 && size != FrameWatch.BufferFileBytes)
            WoundOfFile(Damage.Wrong($"{size - ZerosFrom} zero bytes follow the last block"));
        WarnOfText();
        _watch.Report();
        return new Verdicts(_counts, findings, keysOfThatKind).Pass();
    }

    void WarnOfText()
    {
        foreach (var (offset, why, proven) in signs.Suspects())
            if (proven) Wound(offset, Damage.Wrong($"has text that may be wrong: {why}"));
            else findings.Warn($"the block at {offset} has text that may be wrong: {why}");
        if (_counts.KeyedPlain > _counts.SealedGood)
            findings.Warn(
                $"{_counts.KeyedPlain} blocks are plain text although the app has a key: its logger runs in sync mode");
        if (signs.Dropped > 0)
            findings.Warn($"the app itself dropped lines {signs.Dropped} times because its log buffer was full");
    }

    static string Hours(int first, int last) => first == last ? $"{first}" : $"{first}-{last}";

    void Count(Damage damage)
    {
        _counts.Add(damage);
        var seen = findings.Evidence.Blocks ??= new();
        (seen.Cut, seen.Damaged) = (Math.Max(seen.Cut, _counts.Truncated), _counts.Damaged);
    }

    void Publish() => findings.Blocks = new BlockCount(_counts.Total, _counts.Good, _counts.Bad);

    // Zeros that something follows are a hole. One that is shorter than a header cannot have held a block.
    void SettleZeros(long at)
    {
        if (ZerosFrom < 0 || at <= _zerosEnd) return;
        var count = _zerosEnd - ZerosFrom;
        if (count < BlockHeader.Least) WoundOfFile(Damage.Wrong($"{count} stray zero bytes at {ZerosFrom}"));
        else
        {
            OpenGap(ZerosFrom, Damage.Wrong("zeros where blocks should be"));
            findings.Evidence.Trace(Trace.ZeroHole, ZerosFrom);
            (findings.Evidence.Blocks ??= new()).Break(ZerosFrom, count, "zeros where blocks should be");
        }

        ZerosFrom = -1;
    }
}
