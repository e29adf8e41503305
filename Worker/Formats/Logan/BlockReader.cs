using System.Buffers.Binary;
using Decryptor.Protocol;

namespace Decryptor.Worker.Formats.Logan;

/// <summary>
/// Turns the ciphertext of one block into text and counts the block: whole ones by their checksum, of others what can
/// be saved. Its buffers are taken once for a file. Where a crew has read a block ahead of its turn, that is taken as
/// it is.
/// </summary>
sealed class BlockReader(Inflater inflater, LogText text, BlockTally tally, Findings findings) : IDisposable
{
    const int SeenMax = 16 * 1024;

    readonly OpenBlock _own = new(Framing.LengthMax, text);
    readonly Salvage _salvage = new(inflater, text);
    readonly Dictionary<(UInt128 End, int Length), long> _seen = [];

    OpenBlock? _ready;

    /// <summary>Who may have read a block already; null for nobody.</summary>
    internal Crew<OpenBlock>? Crew { get; set; }

    /// <summary>Blocks of which the crew had the text.</summary>
    internal long Ahead { get; private set; }

    /// <summary>Whether text of the block last opened was passed on before it could be checked.</summary>
    internal bool HasSpilled => Block.Spilled > 0;

    OpenBlock Block => _ready ?? _own;

    /// <summary>Deciphers the proven block at <paramref name="offset"/> and holds its text.</summary>
    internal Reading Open(LoganKey key, ReadOnlySpan<byte> cipher, long offset)
    {
        _ready = Crew?.Find(offset) is { } ready && ready.IsOf(key, cipher.Length) ? ready : null;
        if (_ready is null) _own.Read(key, cipher);
        else Ahead++;
        return Block.Reading;
    }

    /// <summary>
    /// Passes on what the block last opened has, and counts it. Returns how many bytes of ciphertext belong to it.
    /// </summary>
    internal int Settle(Reading reading, ReadOnlySpan<byte> rest, Extent extent, long offset)
    {
        if (reading.Ending == Ending.Closed) return Deliver(reading, rest, extent, offset);
        if (HasSpilled) Abandon(extent, offset);
        else Save(reading.Ending, rest, extent, offset);
        return extent.IsCut ? rest.Length - Framing.HeadBytes : extent.Length;
    }

    /// <summary>A framed block whose first unit is not the front of a gzip member, in a file that a key
    /// opens.</summary>
    internal void SettleHeadless(LoganKey key, ReadOnlySpan<byte> cipher, long offset)
    {
        _own.Decipher(key, cipher);
        text.Break();
        var saved = _salvage.Run(_own.Clear, Fault.Headless);
        CountDamaged(saved, offset);
    }

    public void Dispose()
    {
        _own.Dispose();
        _salvage.Dispose();
    }

    int Deliver(Reading reading, ReadOnlySpan<byte> rest, Extent extent, long offset)
    {
        var claim = Framing.Claim(rest);
        var used = reading.IsPadded || !extent.IsClaimed ? reading.Used : extent.Length;
        NoteDuplicate(rest.Slice(Framing.HeadBytes, used), offset);
        if (!HasSpilled && text.Begin(Block.Text) is { } cut)
            findings.Warn($"the text of the block at {offset} {cut}");
        text.Pass(Block.Text);
        tally.CountGood();
        if (!reading.IsPadded)
            findings.Warn($"the block at {offset} {Damage.Unsound}; its text is kept");
        else if (used != claim)
            tally.WrongBytes(offset + 1, sizeof(int), $"the length says {claim} and {used} bytes belong to the block");
        return used;
    }

    void Save(Ending ending, ReadOnlySpan<byte> rest, Extent extent, long offset)
    {
        var isOpen = ending == Ending.Open;
        var isUnclosed = isOpen && extent.IsClaimed
            && !Framing.HasTail(rest[(Framing.HeadBytes + extent.Length)..]);
        var fault = isUnclosed ? Fault.Unclosed : isOpen && extent.IsCut ? Fault.Cut : Fault.Damaged;
        var saved = _salvage.Run(Block.Clear[..extent.Length], fault);
        if (saved.IsSound && fault == Fault.Unclosed) CountUnclosed(offset);
        else if (saved.IsSound && fault == Fault.Cut) CountCut(saved, rest, offset);
        else CountDamaged(saved, offset);
        text.Break();
    }

    // An app that is killed leaves its buffer, and the next start writes it out as it is. Nothing of that can be sent
    // again, so the block counts as good.
    void CountUnclosed(long offset)
    {
        tally.CountGood();
        var last = text.InLine ? ", and its last line is cut" : "";
        findings.Warn($"the block at {offset} was never closed, as when the app is killed: it has no checksum{last}");
    }

    void CountCut(Saved saved, ReadOnlySpan<byte> rest, long offset)
    {
        var missing = Framing.HeadBytes + (long)Framing.Claim(rest) - rest.Length;
        var why = $"the file ends {missing} bytes before the block does; {saved.Lines} lines of it are kept unverified";
        tally.CountBad(offset, rest.Length, new(FailureCode.Truncated, why));
        findings.Warn($"{saved.Lines} lines of the block at {offset} are unverified: the file ends inside it");
    }

    void CountDamaged(Saved saved, long offset)
    {
        var from = saved.From / Framing.UnitBytes * Framing.UnitBytes;
        if (saved.IsSound || saved.To <= from) from = 0;
        var why = $"the block at {offset} {Damage.Unsound}; {saved.Before} lines in front of the damage and "
            + $"{saved.Behind} behind it are kept unverified";
        tally.CountBad(offset + Framing.HeadBytes + from, saved.To - from, Damage.Wrong(why));
        if (saved.Lines > 0)
            findings.Warn($"{saved.Lines} lines of the block at {offset} are unverified: it {Damage.Unsound}");
    }

    void Abandon(Extent extent, long offset)
    {
        text.Break();
        tally.CountBad(offset, Framing.HeadBytes + extent.Length, Damage.Wrong($"it {Damage.Unsound}"));
        findings.Warn($"{Block.Spilled} bytes of text of the block at {offset} are unverified: it {Damage.Unsound}");
    }

    // The last unit of a chain depends on all that is before it. The head line of a file is the same in every file of a
    // day; an app's own text, with its times, is not the same twice.
    void NoteDuplicate(ReadOnlySpan<byte> cipher, long offset)
    {
        if (Block.Text.StartsWith("{\"c\":\"clogan header\""u8)) return;
        if (_seen.Count == SeenMax) _seen.Clear();
        var print = (BinaryPrimitives.ReadUInt128LittleEndian(cipher[^Framing.UnitBytes..]), cipher.Length);
        if (_seen.TryAdd(print, offset)) return;
        findings.Evidence.Trace(Trace.Repeated, offset);
        findings.Warn($"the block at {offset} is the same as the one at {_seen[print]}; its text is given twice");
    }
}
