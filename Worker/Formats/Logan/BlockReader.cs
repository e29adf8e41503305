using System.Buffers;
using System.Buffers.Binary;
using Decryptor.Protocol;

namespace Decryptor.Worker.Formats.Logan;

/// <summary>
/// Turns the ciphertext of one block into text and counts the block: whole ones by their checksum, of others what can
/// be saved. Its buffers are taken once for a file.
/// </summary>
sealed class BlockReader(Inflater inflater, LogText text, BlockTally tally, Findings findings) : IDisposable
{
    const int SeenMax = 16 * 1024;

    readonly byte[] _clear = ArrayPool<byte>.Shared.Rent(Framing.LengthMax + MemberReader.Padding);
    readonly MemberReader _members = new(text);
    readonly Salvage _salvage = new(inflater, text);
    readonly Dictionary<(UInt128 End, int Length), long> _seen = [];

    /// <summary>Whether text of the block last opened was passed on before it could be checked.</summary>
    internal bool HasSpilled => _members.Spilled > 0;

    /// <summary>Deciphers a proven block and holds its text.</summary>
    internal Reading Open(LoganKey key, ReadOnlySpan<byte> cipher)
    {
        key.Open(cipher, _clear);
        return _members.Read(_clear, cipher.Length);
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
        key.Open(cipher, _clear);
        text.Break();
        var saved = _salvage.Run(_clear.AsSpan(0, cipher.Length), Fault.Headless);
        CountDamaged(saved, offset);
    }

    public void Dispose()
    {
        _members.Dispose();
        _salvage.Dispose();
        ArrayPool<byte>.Shared.Return(_clear);
    }

    int Deliver(Reading reading, ReadOnlySpan<byte> rest, Extent extent, long offset)
    {
        var claim = Framing.Claim(rest);
        var used = reading.IsPadded || !extent.IsClaimed ? reading.Used : extent.Length;
        NoteDuplicate(rest.Slice(Framing.HeadBytes, used), offset);
        if (!HasSpilled && text.Begin(_members.Text) is { } cut)
            findings.Warn($"the text of the block at {offset} {cut}");
        text.Pass(_members.Text);
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
        var saved = _salvage.Run(_clear.AsSpan(0, extent.Length), fault);
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
        findings.Warn($"{_members.Spilled} bytes of text of the block at {offset} are unverified: it {Damage.Unsound}");
    }

    // The last unit of a chain depends on all that is before it. The head line of a file is the same in every file of a
    // day; an app's own text, with its times, is not the same twice.
    void NoteDuplicate(ReadOnlySpan<byte> cipher, long offset)
    {
        if (_members.Text.StartsWith("{\"c\":\"clogan header\""u8)) return;
        if (_seen.Count == SeenMax) _seen.Clear();
        var print = (BinaryPrimitives.ReadUInt128LittleEndian(cipher[^Framing.UnitBytes..]), cipher.Length);
        if (_seen.TryAdd(print, offset)) return;
        findings.Warn($"the block at {offset} is the same as the one at {_seen[print]}; its text is given twice");
    }
}
