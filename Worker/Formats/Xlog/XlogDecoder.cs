using Decryptor.Protocol;

namespace Decryptor.Worker.Formats.Xlog;

/// <summary>
/// Decodes a run of xlog blocks, whatever surrounds them. Each block is judged by itself; a damaged one is skipped to
/// the next credible one and counted, what it held before the damage is kept, and after a false start the search goes
/// on just behind it. Time is linear in the file: looks that cost more than a glance are rationed.
/// </summary>
sealed class XlogDecoder : IDisposable
{
    /// <summary>How far a search goes before the lookahead is filled again.</summary>
    const int ScanBytes = 64 * 1024;

    const int BytesThatJudgeAKey = 64;

    readonly Lookahead _input;
    readonly SessionKeys _keys;
    readonly WholeLines _lines;
    readonly BlockReader _blocks;
    readonly BlockTally _tally;
    long _looks;
    long _searchedTo;
    long _foundAt = -1;
    bool _inStep = true;

    internal XlogDecoder(Lookahead input, TextSink sink, KeySource ask, Findings findings)
    {
        _input = input;
        _keys = new(ask, findings);
        _lines = new(sink);
        _blocks = new(_keys, _lines);
        _tally = new(findings);
    }

    /// <summary>Decodes to the end of the input; null when there is no block in it.</summary>
    /// <exception cref="Refusal">A limit was hit. The findings tell what came before.</exception>
    internal Verdict? Run()
    {
        while (true)
        {
            var rest = _input.Peek(Lookahead.Reach);
            if (rest.IsEmpty) break;
            try
            {
                if (_inStep && rest[0] == 0) SkipZeros(rest);
                else if (!TryBlock(rest)) Search(rest);
            }
            catch (Refusal refusal)
            {
                // The block at which a limit was hit is a bad one, and what it gave until then is kept.
                _tally.Bad(_input.Position, rest.Length, Damage.Wrong(refusal.Message));
                throw;
            }
        }

        return _tally.Judge(_input.Position, _keys.OfThatKind);
    }

    /// <summary>Whether the input holds nothing but zeros.</summary>
    internal bool OnlyZeros => _tally.ZerosFrom == 0;

    public void Dispose() => _blocks.Dispose();

    bool TryBlock(ReadOnlySpan<byte> rest)
    {
        if (rest.Length < BlockHeader.Least) return _inStep && TryStump(rest);
        if (!BlockHeader.TryRead(rest, out var header)) return false;
        if (Framing.IsWhole(rest, header)) return ReadWhole(rest, header);
        if (rest.Length <= header.Size) return _inStep && header.Length <= BlockHeader.LengthReal && TryStump(rest);
        return ReadBroken(rest, header);
    }

    /// <summary>The file ends inside a header.</summary>
    bool TryStump(ReadOnlySpan<byte> rest)
    {
        var mayBe = rest[0] is >= BlockHeader.FirstMagic and <= BlockHeader.LastMagic;
        if (!mayBe || (rest.Length < BlockHeader.Least && !_tally.HasBlocks)) return false;
        _tally.CloseGap(_input.Position);
        _tally.Bad(_input.Position, rest.Length, new(FailureCode.Truncated, "the file ends inside a block's header"));
        _input.Skip(rest.Length);
        return true;
    }

    bool ReadWhole(ReadOnlySpan<byte> rest, BlockHeader header)
    {
        var end = header.Size + (int)header.Length;
        if (header.Packing == Packing.Plain && !IsText(rest, header.Size, end)) return ReadBroken(rest, header);
        var damage = _blocks.Read(header, ClientKey(rest, header), rest[header.Size..end], _input.Position);
        if (damage is not null && _lines.Given == 0 && MayLook()) return FalseStart(damage);
        Deliver(header, end + 1, damage);
        return true;
    }

    // Text has no zero bytes. Where a plain block has some, its header may be a false one that has swallowed a real
    // block; and where the search stumbled upon it, the text itself has to look like a log.
    bool IsText(ReadOnlySpan<byte> rest, int from, int end) =>
        (_inStep || PlainText.LooksLikeLog(rest[from..Math.Min(end, from + 512)]))
        && (!rest[from..end].Contains((byte)0) || NextWhole(rest, from, end) < 0);

    /// <summary>
    /// A header that nothing confirms: its length or end byte is wrong, the next header is, the file ends inside, or it
    /// is no header at all. The payload's own beginning has to speak for it.
    /// </summary>
    bool ReadBroken(ReadOnlySpan<byte> rest, BlockHeader header)
    {
        var credible = header.Length <= BlockHeader.LengthReal;
        var due = _inStep;
        if (!due && (!credible || !MayLook())) return false;
        var key = ClientKey(rest, header);
        var extent = FindEnd(rest, header);
        var payload = rest[header.Size..extent.PayloadEnd];
        var begins = _blocks.Begins(header, key, payload, mayAsk: due) || (due && credible && header.Sealed);
        if (!begins) return Reject(extent);
        var damage = _blocks.Read(header, key, payload, _input.Position) ?? extent.Damage;
        if (damage is not null && _lines.Given == 0) return FalseStart(Worse(damage, extent.Damage, payload.Length));
        if (extent.Warning is { } warning) _tally.Warn($"the block at {_input.Position} {warning}");
        Deliver(header, extent.Next, damage);

        // A look that consumed all it had to read was worth it; only fruitless ones are rationed.
        if (extent.Sure && !due) _looks--;
        _inStep = extent.Sure;
        return true;
    }

    // A block that is cut and gives nothing is cut, unless it is sealed, no key opens it, and there is enough of it to
    // be sure of that.
    static Damage Worse(Damage damage, Damage? frame, int length) =>
        frame is not null && (damage.Code == FailureCode.Damaged || length < BytesThatJudgeAKey) ? frame : damage;

    bool Reject(Extent extent)
    {
        // Where a block is due and the file ends, something that looks like its header was one.
        return _inStep && extent.Damage is { } damage && damage.Code == FailureCode.Truncated && FalseStart(damage);
    }

    bool FalseStart(Damage damage)
    {
        _tally.CloseGap(_input.Position);
        _tally.BadWithOpenEnd(_input.Position, damage);
        _lines.DropHeld();
        _input.Skip(1);
        _inStep = false;
        return true;
    }

    void Deliver(BlockHeader header, int size, Damage? damage)
    {
        if (damage is null) _lines.PassHeld();
        else _lines.DropHeld();
        _tally.CloseGap(_input.Position);
        if (damage is null) _tally.Good(header);
        else _tally.Bad(_input.Position, size, damage);
        _input.Skip(size);
        _inStep = true;
    }

    Extent FindEnd(ReadOnlySpan<byte> rest, BlockHeader header)
    {
        var ended = rest.Length < Lookahead.Reach;
        var claimed = header.Size + (long)header.Length;
        var farthest = Math.Min(rest.Length, header.Size + BlockHeader.LengthReal + 1);
        var next = NextWhole(rest, header.Size, (int)Math.Min(farthest, claimed));
        if (next >= 0) return Extent.Before(next, rest, header, claimed);
        if (claimed == rest.Length) return Extent.WithoutEndByte(rest.Length);
        if (claimed > rest.Length || header.Length > BlockHeader.LengthReal)
            return ended && rest.Length <= farthest ? Extent.Cut(rest, header, claimed) : Extent.Lost(farthest, header);
        var end = (int)claimed;
        if (rest[end] == 0) return Extent.Claimed(end);
        if (Framing.IsBoundary(rest[(end + 1)..])) return Extent.WrongEndByte(end, rest[end]);
        next = NextWhole(rest, end, farthest);
        return next >= 0 ? Extent.Before(next, rest, header, claimed) : Extent.Lost(end, header);
    }

    // The same stretch may be asked for again from every false start inside it, so what was found is remembered.
    int NextWhole(ReadOnlySpan<byte> rest, int from, int to)
    {
        var here = _input.Position;
        if (_foundAt < here + from || _foundAt > _searchedTo) _foundAt = -1;
        if (_foundAt < 0)
        {
            var start = Math.Max(from, (int)Math.Min(rest.Length, Math.Max(0, _searchedTo - here)));
            var found = Framing.FindWhole(rest, start, to);
            _searchedTo = Math.Max(_searchedTo, here + (found < 0 ? to : found));
            if (found >= 0) _foundAt = here + found;
        }

        return _foundAt >= here + from && _foundAt < here + to ? (int)(_foundAt - here) : -1;
    }

    void Search(ReadOnlySpan<byte> rest)
    {
        _tally.OpenGap(_input.Position, Damage.Wrong("bytes that belong to no block"));
        _inStep = false;
        var stretch = rest.Length < Lookahead.Reach ? rest.Length : ScanBytes;
        for (var at = 1; (at = Framing.NextMagic(rest, at, stretch)) >= 0; at++)
        {
            if (!MayBegin(rest[at..])) continue;
            _input.Skip(at);
            return;
        }

        _input.Skip(stretch);
    }

    static bool MayBegin(ReadOnlySpan<byte> rest) => BlockHeader.TryRead(rest, out var header)
        && (header.Length <= BlockHeader.LengthReal || Framing.IsWhole(rest, header));

    void SkipZeros(ReadOnlySpan<byte> rest)
    {
        var other = rest.IndexOfAnyExcept((byte)0);
        var zeros = other < 0 ? rest.Length : other;
        _tally.Zeros(_input.Position, zeros, toTheEnd: other < 0);
        _input.Skip(zeros);
    }

    bool MayLook() => _looks < 256 + _input.Position / 4096 && ++_looks > 0;

    static ReadOnlySpan<byte> ClientKey(ReadOnlySpan<byte> rest, BlockHeader header) =>
        header.Sealed ? BlockHeader.ClientKey(rest) : default;
}
