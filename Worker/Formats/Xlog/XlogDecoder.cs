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

    readonly InflateProbe _probe = new();
    readonly Signs _signs = new();
    readonly Clients _clients = new();
    readonly Doubles _doubles = new();
    readonly SessionKeys _keys;
    readonly WholeLines _lines;
    readonly BlockReader _blocks;
    readonly BlockFinder _finder;
    readonly Scout _scout;
    readonly HourSet _wanted;
    readonly BlockTally _tally;
    readonly FrameWatch _frames;
    readonly Findings _findings;
    readonly Lookahead _outer;
    Lookahead _input;
    Lookahead? _undone;
    (long At, int Length, uint Sum) _checked = (-1, 0, 0);
    long _looks;
    bool _inStep = true;

    internal XlogDecoder(Lookahead input, TextSink sink, KeySource ask, Findings findings, Foresight foresight)
    {
        (_input, _outer, _findings) = (input, input, findings);
        _frames = new(findings);
        _keys = new(ask, _probe, findings);
        _lines = new(sink, _signs);
        _blocks = new(_keys, _probe, _lines);
        _finder = new(_clients);
        _scout = new(foresight, _keys);
        _wanted = foresight.Wanted;
        _tally = new(findings, _signs);
    }

    /// <summary>
    /// Where the first block in a file's first stretch begins that its framing alone makes credible; -1 for none.
    /// </summary>
    internal static int Sniff(ReadOnlySpan<byte> first) => Nose.Sniff(first);

    /// <summary>Decodes to the end of the input; null when there is no block in it.</summary>
    /// <exception cref="Refusal">A limit was hit. The findings tell what came before.</exception>
    internal Verdict? Run()
    {
        if (TextMode.IsIn(_input.Peek(Lookahead.Reach))) UndoTextMode();
        while (true)
        {
            var rest = _input.Peek(Lookahead.Reach);
            if (rest.IsEmpty) break;
            try
            {
                if (!SkipZeros(rest) && !TryBlock(rest)) Search(rest);
            }
            catch (Refusal refusal)
            {
                // The block at which a limit was hit is a bad one, and what it gave until then is kept.
                _tally.Bad(_input.Position, rest.Length, Damage.Wrong(refusal.Message));
                throw;
            }
        }

        _frames.End(_input.Position);
        if (_undone is not null) _findings.Evidence.Trace(Trace.TextMode, 0, _outer.Position - _input.Position);
        return _tally.Judge(_input.Position, _keys.OfThatKind);
    }

    /// <summary>Whether the input holds nothing but zeros.</summary>
    internal bool OnlyZeros => _tally.ZerosFrom == 0;

    /// <summary>Bytes that were looked at besides those that were decoded and passed.</summary>
    internal long Work => _finder.Work;

    /// <summary>Blocks that another thread may have unpacked before their turn.</summary>
    internal long Ahead => _blocks.Ahead;

    public void Dispose()
    {
        _scout.Dispose();
        _blocks.Dispose();
        _probe.Dispose();
        _undone?.Dispose();
    }

    void UndoTextMode()
    {
        _tally.WoundOfFile(Damage.Wrong("the file was transferred in text mode, which put 0D before every 0A; "
            + "that is undone, and offsets count without the added bytes"));
        _input = _undone = new(new UndoneTextMode(_input));
    }

    bool TryBlock(ReadOnlySpan<byte> rest)
    {
        if (rest.Length < BlockHeader.Least) return _inStep && TryStump(rest);
        if (!TryHeader(rest, out var found)) return false;
        if (Framing.IsWhole(rest, found.Header)) return ReadWhole(rest, found);
        if (rest.Length > found.Header.Size) return ReadBroken(rest, found);
        return _inStep && found.Header.Length <= BlockHeader.LengthReal && TryStump(rest);
    }

    bool TryHeader(ReadOnlySpan<byte> rest, out Found found)
    {
        if (rest.Length > BlockHeader.Longest)
        {
            var field = BlockHeader.ClientKey(rest);
            var client = _clients.Find(field);
            var near = client ?? _clients.FindNear(field);
            if (near is not null)
            {
                var header = BlockHeader.Mend(rest, near, out var wound);
                found = new(header, near, client is null ? "has a damaged client key" : wound);
                return true;
            }
        }

        var read = BlockHeader.TryRead(rest, out var plain);
        found = new(plain, null, null);
        return read;
    }

    /// <summary>The file ends inside a header.</summary>
    bool TryStump(ReadOnlySpan<byte> rest)
    {
        var mayBe = rest[0] is >= BlockHeader.FirstMagic and <= BlockHeader.LastMagic;
        if (!mayBe || (rest.Length < BlockHeader.Least && !_tally.HasBlocks)) return false;
        _tally.CloseGap(_input.Position);
        const string why = "the file ends inside a block's header";
        _frames.Cut(_input.Position, rest.Length, why);
        _tally.Bad(_input.Position, rest.Length, new(FailureCode.Truncated, why));
        _input.Skip(rest.Length);
        return true;
    }

    bool ReadWhole(ReadOnlySpan<byte> rest, Found found)
    {
        var header = found.Header;
        var end = header.Size + (int)header.Length;
        if (header.Packing == Packing.Plain && !IsText(rest, header.Size, end)) return ReadBroken(rest, found);
        var payload = rest[header.Size..end];
        if (SkipDouble(found, payload)) return true;
        var wanted = IsWanted(found, rest, end);
        if (!wanted && (found.Client is not null || !header.Sealed)) return PassOver(found, rest, end);
        _scout.Look(rest, _input.Position, end + 1);
        _blocks.Crew = _scout.Crew;
        var damage = _blocks.Read(header, found.KeyOf(rest), payload, _input.Position);
        if (!wanted && FateOf(damage) == Fate.Shut) return PassOver(found, rest, end);
        var inner = damage is null ? -1 : Inner(rest, header.Size, end);
        if (inner >= 0) _frames.Inside(_input.Position + inner);
        NoteWhole(found, rest, (end, inner), damage);
        if (damage is not null && _lines.Given == 0 && MayLook())
            return FalseStart(inner < 0 ? damage : Damage.Wrong($"another block begins {inner} bytes into it"));
        Deliver(found, inner >= 0 ? inner : end + 1, damage, rest);
        return true;
    }

    void NoteWhole(Found found, ReadOnlySpan<byte> rest, (int End, int Inner) extent, Damage? damage)
    {
        var fate = FateOf(damage);
        if (fate == Fate.Damaged && _lines.Given == 0) return;
        var end = extent.Inner >= 0 && fate != Fate.Shut ? extent.Inner : extent.End + 1;
        _frames.Whole(found.Header, found.KeyOf(rest), _input.Position, _input.Position + end, fate);
        if (extent.Inner < 0 || fate == Fate.Shut) NoteHole(found.Header);
    }

    void NoteBroken(BlockHeader header, ReadOnlySpan<byte> key, Extent extent, Damage? damage)
    {
        var fate = FateOf(damage);
        if (fate == Fate.Damaged && _lines.Given == 0) return;
        NoteHole(header);
        _frames.Broken(header, key, _input.Position, extent, fate);
    }

    void NoteHole(BlockHeader header)
    {
        if (_blocks.HoleAt < 0) return;
        _findings.Evidence.Trace(Trace.ZeroHole, _input.Position + header.Size + _blocks.HoleAt);
    }

    static Fate FateOf(Damage? damage) => damage is null ? Fate.Opened
        : damage.Code == FailureCode.KeyMissing || damage.Code == FailureCode.KeyNoMatch ? Fate.Shut : Fate.Damaged;

    // Two writers of one file overwrite each other's blocks, so that one may begin inside another.
    int Inner(ReadOnlySpan<byte> rest, int from, int to) => _finder.Next(rest, _input.Position, from, to);

    bool SkipDouble(Found found, ReadOnlySpan<byte> payload)
    {
        if (found.Client is not { } client || !found.Header.IsCounted) return false;
        var before = _doubles.Find(client, found.Header, Checksum(payload));
        if (before < 0) return false;
        _tally.CloseGap(_input.Position, found.Header, client);
        _tally.Double(_input.Position, before);
        var end = _input.Position + found.Header.Size + payload.Length + 1;
        _frames.Whole(found.Header, found.Header.Sealed ? client.Key : default, _input.Position, end, Fate.Opened);
        _input.Skip(found.Header.Size + payload.Length + 1);
        _inStep = true;
        return true;
    }

    // Nothing but its frame speaks for a block that is not opened, so it must stand where one is due, be read as it is,
    // and hold no other.
    bool IsWanted(Found found, ReadOnlySpan<byte> rest, int end) => found.Header.Written.Meets(_wanted)
        || !_inStep || found.Wound is not null || Inner(rest, found.Header.Size, end) >= 0;

    // Sealed ones only of a client that is known: the first block of each is opened, and damaged headers mended by it.
    bool PassOver(Found found, ReadOnlySpan<byte> rest, int end)
    {
        var (header, at) = (found.Header, _input.Position);
        _frames.Whole(header, found.KeyOf(rest), at, at + end + 1, Fate.PassedOver);
        _tally.CloseGap(at, header, found.Client);
        if (header.IsCounted && found.Client is { } client)
            _doubles.Remember(client, header, Checksum(rest[header.Size..end]), at);
        _tally.PassedOver(header, found.Client, at);
        _input.Skip(end + 1);
        return true;
    }

    // Text has no zero bytes. Where a plain block has some, its header may be a false one that has swallowed a real
    // block; and where the search stumbled upon it, the text itself has to look like a log.
    bool IsText(ReadOnlySpan<byte> rest, int from, int end) =>
        (_inStep || Stretch.IsText(rest[from..Math.Min(end, from + 512)]))
        && (!rest[from..end].Contains((byte)0) || Inner(rest, from, end) < 0);

    /// <summary>
    /// A header that nothing confirms: its length or end byte is wrong, the next header is, the file ends inside, or it
    /// is no header at all. The payload's own beginning has to speak for it.
    /// </summary>
    bool ReadBroken(ReadOnlySpan<byte> rest, Found found)
    {
        var header = found.Header;
        var credible = header.Length <= BlockHeader.LengthReal || found.Client is not null;
        var due = _inStep;
        if (!due && (!credible || !MayLook())) return false;
        var key = found.KeyOf(rest);
        var extent = FindEnd(rest, header);
        var payload = rest[header.Size..extent.PayloadEnd];
        var mayAsk = due || _finder.HasClient(rest, header, _input.Position);
        var begins = _blocks.Begins(header, key, payload, mayAsk) || (due && credible && header.Sealed);
        if (!begins) return Reject(extent);
        var damage = _blocks.Read(header, key, payload, _input.Position) ?? extent.Damage;
        NoteBroken(header, key, extent, damage);
        if (damage is not null && _lines.Given == 0)
            return FalseStart(Worse(damage, extent.Damage, found, payload.Length));
        var wound = damage is null ? extent.Wound : null;
        var inner = damage is null ? -1 : Inner(rest, header.Size, extent.Next);
        if (wound is not null) _tally.Wound(_input.Position, wound);
        Deliver(found, inner >= 0 ? inner : extent.Next, damage, rest);

        // A look that consumed all it had to read was worth it; only fruitless ones are rationed.
        if (extent.Sure && !due) _looks--;
        _inStep = extent.Sure;
        return true;
    }

    // A block that is cut and gives nothing is cut, unless it is sealed, no key opens it, nothing else of its client
    // was read, and there is enough of it to be sure of that.
    static Damage Worse(Damage damage, Damage? frame, Found found, int length) =>
        frame is not null
        && (damage.Code == FailureCode.Damaged || found.Client is not null || length < BytesThatJudgeAKey)
            ? frame : damage;

    // Where a block is due and the file ends, something that looks like its header was one.
    bool Reject(Extent extent) => _inStep && extent.Damage is { } damage && damage.Code == FailureCode.Truncated
        && FalseStart(damage);

    bool FalseStart(Damage damage)
    {
        _tally.CloseGap(_input.Position);
        _tally.BadWithOpenEnd(_input.Position, damage);
        _lines.DropHeld();
        _input.Skip(1);
        _inStep = false;
        return true;
    }

    void Deliver(Found found, int size, Damage? damage, ReadOnlySpan<byte> rest)
    {
        var (header, at) = (found.Header, _input.Position);
        if (damage is null) _lines.PassHeld();
        else _lines.DropHeld();
        BlockHeader? told = found.Wound is null ? header : null;
        _tally.CloseGap(at, told, found.Client);
        if (found.Wound is { } wound) _tally.Wound(at, Damage.Wrong(wound));
        if (damage is null) Accept(found, rest[..size]);
        else _tally.Bad(at, size, damage, told);
        _input.Skip(size);
        _inStep = true;
    }

    void Accept(Found found, ReadOnlySpan<byte> block)
    {
        var (header, at) = (found.Header, _input.Position);
        var field = header.Size == BlockHeader.Longest ? BlockHeader.ClientKey(block) : default;
        var client = found.Client ?? _clients.Learn(header, field);
        var payload = block[header.Size..(int)Math.Min(block.Length, header.Size + (long)header.Length)];
        var checksum = Checksum(payload);
        if (header.IsCounted) _doubles.Remember(client, header, checksum, at);
        else _tally.Line(checksum, header.Length, at);
        _tally.Good(header, client, at);
    }

    // Asked for before a block is read, and again when it was.
    uint Checksum(ReadOnlySpan<byte> payload)
    {
        if (_checked.At == _input.Position && _checked.Length == payload.Length) return _checked.Sum;
        _checked = (_input.Position, payload.Length, Inflater.Crc(0, payload));
        return _checked.Sum;
    }

    Extent FindEnd(ReadOnlySpan<byte> rest, BlockHeader header)
    {
        var ended = rest.Length < Lookahead.Reach;
        var claimed = header.Size + (long)header.Length;
        var farthest = Math.Min(rest.Length, header.Size + BlockHeader.LengthReal + 1);
        var next = Inner(rest, header.Size, (int)Math.Min(farthest, claimed));
        if (next >= 0) return Extent.Before(next, rest, header, claimed);
        if (claimed == rest.Length) return Extent.WithoutEndByte(rest.Length);
        if (claimed > rest.Length || header.Length > BlockHeader.LengthReal)
            return ended && rest.Length <= farthest ? Extent.Cut(rest, header, claimed) : Extent.Lost(farthest, header);
        var end = (int)claimed;
        if (rest[end] == 0) return Extent.Claimed(end);
        if (Framing.IsBoundary(rest[(end + 1)..])) return Extent.WrongEndByte(end, rest[end]);
        next = Inner(rest, end, farthest);
        return next >= 0 ? Extent.Before(next, rest, header, claimed) : Extent.Lost(end, header);
    }

    void Search(ReadOnlySpan<byte> rest)
    {
        _tally.OpenGap(_input.Position, Damage.Wrong("bytes that belong to no block"));
        _inStep = false;
        _frames.Look(rest, _input.Position, rest.Length < Lookahead.Reach);
        var stretch = rest.Length < Lookahead.Reach ? rest.Length : ScanBytes;
        var byKey = _finder.NextByKey(rest, _input.Position, 1, stretch);
        if (byKey >= 0) stretch = byKey;
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

    // Zeros may have swallowed the front of a header of which the rest still bears a key.
    bool SkipZeros(ReadOnlySpan<byte> rest)
    {
        if (!_inStep || rest[0] != 0) return false;
        var other = rest.IndexOfAnyExcept((byte)0);
        var zeros = other < 0 ? rest.Length : other;
        var swallowed = _clients.FindHeader(rest, Math.Max(0, zeros - BlockHeader.Longest), zeros);
        if (swallowed == 0) return false;
        if (swallowed > 0) zeros = swallowed;
        _tally.Zeros(_input.Position, zeros, toTheEnd: other < 0);
        _frames.Zeros(_input.Position, zeros);
        _input.Skip(zeros);
        return true;
    }

    bool MayLook() => _looks < 256 + _input.Position / 4096 && ++_looks > 0;
}
