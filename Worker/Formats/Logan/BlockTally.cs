using Decryptor.Protocol;

namespace Decryptor.Worker.Formats.Logan;

/// <summary>
/// Counts the blocks of one file, names what is missing, and passes the verdict. A gap is open from where something
/// went wrong to where the next block begins.
/// </summary>
sealed class BlockTally(Findings findings)
{
    long _gapFrom = -1;
    string _gapWhy = "";

    internal long Good { get; private set; }

    internal long Bad { get; private set; }

    /// <summary>Bad ones that end too early and have no other fault.</summary>
    internal long Cut { get; private set; }

    /// <summary>Framed ones that no key opens.</summary>
    internal long Shut { get; private set; }

    /// <summary>What was wrong first.</summary>
    internal string? FirstTrouble { get; private set; }

    /// <summary>Stretches that are no block.</summary>
    internal long Strays { get; private set; }

    internal long Total => Good + Bad;

    internal bool HasBlocks => Total > 0;

    internal void CountGood()
    {
        Good++;
        Seen.Framed++;
        Publish();
    }

    /// <summary>A block that is not whole; what is missing of it lies in the stretch.</summary>
    internal void CountBad(long offset, long length, Damage damage)
    {
        Bad++;
        if (damage.Code == FailureCode.Truncated) Cut++;
        FirstTrouble ??= $"the block at {offset}: {damage.Why}";
        if (damage.Code == FailureCode.KeyNoMatch) Seen.Shut++;
        else if (damage.Code == FailureCode.Truncated) Seen.Cut++;
        else Seen.Damaged++;
        findings.Missing(new(offset, length, damage.Why) { Code = damage.Code.Name });
        Publish();
    }

    internal void CountShut(long offset, long length)
    {
        Shut++;
        Seen.Framed++;
        CountBad(offset, length, new(FailureCode.KeyNoMatch, "no key opens this block"));
    }

    /// <summary>Bytes of a frame that are wrong, though its text is whole.</summary>
    internal void WrongBytes(long offset, long length, string why)
    {
        Strays++;
        Seen.Break(offset, length, why);
        findings.Missing(new(offset, length, why) { Code = FailureCode.Damaged.Name });
    }

    /// <summary>Bytes that are no block begin, unless some began before.</summary>
    internal void OpenGap(long offset, string why)
    {
        if (_gapFrom >= 0) return;
        _gapFrom = offset;
        _gapWhy = why;
    }

    /// <summary>A block begins, or the file ends.</summary>
    /// <returns>Whether something was missing.</returns>
    internal bool CloseGap(long at)
    {
        if (_gapFrom < 0) return false;
        WrongBytes(_gapFrom, at - _gapFrom, _gapWhy);
        _gapFrom = -1;
        return true;
    }

    BlockEvidence Seen => findings.Evidence.Blocks ??= new();

    // All of Logan is sealed, and inside that it is gzip; of a damaged block neither is known.
    void Publish()
    {
        Seen.Sealed = Seen.Deflate = Total - Seen.Damaged;
        findings.Blocks = new BlockCount(Total, Good, Bad);
    }
}
