using System.Buffers;
using Decryptor.Protocol;

namespace Decryptor.Worker.Formats.Logan;

/// <summary>
/// Decodes a run of Logan blocks, whatever surrounds them (<c>format-logan</c>). One deciphered unit proves that a
/// block begins, so damage is left behind at the next proof, and no length is believed against one. The text of a block
/// is passed on when its checksum is right; of others the lines that make sense are saved and told of. Time is linear
/// in the file. Memory is a lookahead, one block and its text, however large the file is.
/// </summary>
sealed class LoganDecoder : IDisposable
{
    /// <summary>How far a search goes before the lookahead is filled again.</summary>
    const int ScanBytes = 64 * 1024;

    const string NoBlock = "bytes that belong to no block";

    readonly Lookahead _outer;
    readonly Findings _findings;
    readonly LogText _text;
    readonly Inflater _inflater = new();
    readonly LoganKeys _keys;
    readonly ProofSearch _proofs;
    readonly BlockReader _blocks;
    readonly Scout _scout;
    readonly BlockTally _tally;
    Lookahead _input;
    long _cacheEnd = long.MaxValue;
    bool _inStep = true;
    bool _isMangled;
    long _zerosFrom = -1;
    long _stale;

    internal LoganDecoder(
        Lookahead input, TextSink sink, KeySource ask, Findings findings, Foresight foresight)
    {
        _outer = _input = input;
        _findings = findings;
        _text = new(sink);
        _keys = new(ask, findings);
        _proofs = new(_keys);
        _tally = new(findings);
        _blocks = new(_inflater, _text, _tally, findings);
        _scout = new(foresight);
    }

    /// <summary>
    /// Where the first credible block of a file begins, judged on its first stretch by framing alone; -1 for nowhere. A
    /// block at the very beginning may be cut by the stretch's end.
    /// </summary>
    internal static int Sniff(ReadOnlySpan<byte> first)
    {
        if (CacheHead.TryRead(first, out _) || BeginsCut(first)) return 0;
        var found = Framing.FindWhole(first, 0, first.Length);
        if (found >= 0 || !LineFeeds.AreMangled(first)) return found;
        var restored = new byte[first.Length];
        var count = LineFeeds.Restore(first, first.Length, restored);
        return Framing.FindWhole(restored.AsSpan(0, count), 0, count);
    }

    /// <summary>Decodes to the end of the input; null when nothing of Logan is in it.</summary>
    /// <exception cref="Refusal">A limit was hit. The findings tell what came before.</exception>
    internal Verdict? Run()
    {
        _isMangled = LineFeeds.AreMangled(_outer.Peek(Lookahead.Reach));
        if (_isMangled) _input = new(new LineFeeds(_outer));
        while (true)
        {
            var rest = _input.Peek(Lookahead.Reach);
            if (rest.IsEmpty) break;
            try
            {
                Step(rest);
            }
            catch (Refusal refusal)
            {
                // The block at which a limit was hit is a bad one, and what it gave until then is kept.
                _tally.CountBad(_input.Position, rest.Length, Damage.Wrong(refusal.Message));
                throw;
            }
        }

        return Judge();
    }

    /// <summary>Blocks that another thread may have read before their turn.</summary>
    internal long Ahead => _blocks.Ahead;

    public void Dispose()
    {
        _scout.Dispose();
        if (_input != _outer) _input.Dispose();
        _blocks.Dispose();
        _keys.Dispose();
        _inflater.Dispose();
    }

    static bool BeginsCut(ReadOnlySpan<byte> first)
    {
        if (first.Length < Framing.ProofBytes || first[0] != Framing.Mark) return false;
        var claim = Framing.Claim(first);
        return Framing.IsCredible(claim) && claim <= Framing.LengthReal && Framing.HeadBytes + claim > first.Length;
    }

    void Step(ReadOnlySpan<byte> rest)
    {
        if (!_keys.Asked && !MayBeLogan(rest)) PassOver(rest);
        else if (_input.Position >= _cacheEnd) SkipStale(rest);
        else if (_inStep && rest[0] == 0) SkipZeros(rest);
        else if (_inStep && CacheHead.TryRead(rest, out var head)) Enter(head);
        else if (!TryBlock(rest)) Search(rest);
    }

    // The secrets of the ring are not asked for on behalf of a file that shows no sign of Logan.
    bool MayBeLogan(ReadOnlySpan<byte> rest)
    {
        var isSign = _input.Position == 0 && (rest[0] == Framing.Mark || CacheHead.TryRead(rest, out _));
        if (!isSign && Framing.FindWhole(rest, 0, Stretch(rest)) < 0) return false;
        _keys.Ask();
        return true;
    }

    void PassOver(ReadOnlySpan<byte> rest)
    {
        _tally.OpenGap(_input.Position, NoBlock);
        _input.Skip(Stretch(rest));
    }

    static int Stretch(ReadOnlySpan<byte> rest) => rest.Length < Lookahead.Reach ? rest.Length : ScanBytes;

    void Enter(CacheHead head)
    {
        CloseGap();
        _input.Skip(head.Size);
        _cacheEnd = _input.Position + head.Content;
    }

    bool TryBlock(ReadOnlySpan<byte> rest)
    {
        if (rest[0] != Framing.Mark) return _inStep && _tally.HasBlocks && TryUnmarked(rest);
        if (rest.Length >= Framing.ProofBytes
            && _keys.Proving(rest.Slice(Framing.HeadBytes, Framing.UnitBytes)) is { } key) return ReadProven(rest, key);
        if (_inStep && rest.Length >= Framing.HeadBytes && Framing.Claim(rest) == 0) return SkipEmptyBlock();
        return Framing.IsWhole(rest) ? ReadShut(rest) : _inStep && _tally.HasBlocks && TryStump(rest);
    }

    /// <summary>A block is due and its mark is wrong: the first unit speaks for it.</summary>
    bool TryUnmarked(ReadOnlySpan<byte> rest)
    {
        if (rest.Length < Framing.ProofBytes
            || _keys.Proving(rest.Slice(Framing.HeadBytes, Framing.UnitBytes)) is not { } key) return false;
        _tally.OpenGap(_input.Position, $"the mark of the block is {rest[0]:x2} where 01 should be");
        _tally.CloseGap(_input.Position + 1);
        return ReadProven(rest, key);
    }

    // What is written when the app asks for a flush right after a block was closed.
    bool SkipEmptyBlock()
    {
        CloseGap();
        _input.Skip(Framing.HeadBytes);
        return true;
    }

    /// <summary>The file ends inside a head, or inside a block of which nothing else is known.</summary>
    bool TryStump(ReadOnlySpan<byte> rest)
    {
        if (rest.Length >= Framing.HeadBytes)
        {
            var claim = Framing.Claim(rest);
            if (!Framing.IsCredible(claim) || claim > Framing.LengthReal || Framing.HeadBytes + claim <= rest.Length)
                return false;
        }

        CloseGap();
        _tally.CountBad(_input.Position, rest.Length, new(FailureCode.Truncated, "the file ends inside a block"));
        _input.Skip(rest.Length);
        return true;
    }

    bool ReadProven(ReadOnlySpan<byte> rest, LoganKey key)
    {
        CloseGap();
        var isWhole = Framing.IsWhole(rest);
        if (isWhole) _scout.Look(rest, _input.Position, key);
        _blocks.Crew = _scout.Crew;
        var extent = isWhole ? new(Framing.Claim(rest), true, false) : FindExtent(rest);
        var reading = _blocks.Open(key, rest.Slice(Framing.HeadBytes, extent.Length), _input.Position);
        if (isWhole && reading.Ending != Ending.Closed && !_blocks.HasSpilled && FindExtent(rest) is var other
            && other != extent)
        {
            // The length is wrong and leads by chance to where another block begins.
            extent = other;
            reading = _blocks.Open(key, rest.Slice(Framing.HeadBytes, extent.Length), _input.Position);
        }

        var end = Framing.HeadBytes + _blocks.Settle(reading, rest, extent, _input.Position);
        _input.Skip(end < rest.Length && rest[end] == 0 ? end + 1 : end);
        _inStep = true;
        return true;
    }

    Extent FindExtent(ReadOnlySpan<byte> rest)
    {
        var farthest = Math.Min(rest.Length, Framing.HeadBytes + Framing.LengthMax);
        var next = _proofs.Next(rest, _input.Position, Framing.ProofBytes, farthest);
        var extent = Extent.Of(rest, next);
        if (extent.IsClaimed) return extent;
        var frame = Framing.FindWhole(rest, Framing.ProofBytes, next < 0 ? farthest : next);
        return frame < 0 ? extent : Extent.Of(rest, frame);
    }

    /// <summary>A whole frame whose first unit proves no key: it is damaged, or sealed with another key.</summary>
    bool ReadShut(ReadOnlySpan<byte> rest)
    {
        var end = Framing.HeadBytes + Framing.Claim(rest);
        var next = _proofs.Next(rest, _input.Position, 1, rest.Length);
        if (next >= 0 && next < end) return false;
        CloseGap();
        if (_keys.Proven is null && next >= 0)
            _ = _keys.Proving(rest.Slice(next + Framing.HeadBytes, Framing.UnitBytes));
        var cipher = rest[Framing.HeadBytes..end];
        if (_keys.Proven is { } key) _blocks.SettleHeadless(key, cipher, _input.Position);
        else CountShut(cipher);
        _input.Skip(end < rest.Length && rest[end] == 0 ? end + 1 : end);
        _inStep = true;
        return true;
    }

    void CountShut(ReadOnlySpan<byte> cipher)
    {
        _keys.Weigh(cipher);
        _tally.CountShut(_input.Position, Framing.HeadBytes + cipher.Length);
        _text.Break();
    }

    void Search(ReadOnlySpan<byte> rest)
    {
        if (_inStep && _tally.HasBlocks && TrySpace(rest)) return;
        _tally.OpenGap(_input.Position, NoBlock);
        var stretch = Stretch(rest);
        var next = _proofs.Next(rest, _input.Position, 1, stretch);
        var frame = Framing.FindWhole(rest, 1, next < 0 ? stretch : next);
        if (frame >= 0) next = frame;
        _inStep = next >= 0;
        _input.Skip(next < 0 ? stretch : next);
    }

    // Line feeds that an editor or a shell has put behind the last block.
    bool TrySpace(ReadOnlySpan<byte> rest)
    {
        const int most = 64;
        if (rest.Length > most || rest.ContainsAnyExcept(" \t\r\n"u8)) return false;
        _findings.Warn($"{rest.Length} bytes of white space follow the last block");
        _input.Skip(rest.Length);
        return true;
    }

    void SkipZeros(ReadOnlySpan<byte> rest)
    {
        var other = rest.IndexOfAnyExcept((byte)0);
        var zeros = (int)Math.Min(other < 0 ? rest.Length : other, _cacheEnd - _input.Position);
        if (_zerosFrom < 0) _zerosFrom = _input.Position;
        _input.Skip(zeros);
        if (other >= 0) SettleZeros();
    }

    // Zeros that something follows are a hole; what is shorter than a head cannot have held a block.
    void SettleZeros()
    {
        var count = _input.Position - _zerosFrom;
        if (count < Framing.HeadBytes) _findings.Warn($"{count} stray zero bytes at {_zerosFrom}");
        else if (_input.Position < _cacheEnd)
        {
            _tally.OpenGap(_zerosFrom, "zeros where blocks should be");
            _findings.Evidence.Trace(Trace.ZeroHole, _zerosFrom);
        }

        _zerosFrom = -1;
    }

    void SkipStale(ReadOnlySpan<byte> rest)
    {
        CloseGap();
        if (rest.ContainsAnyExcept((byte)0)) _stale += rest.Length;
        _input.Skip(rest.Length);
    }

    void CloseGap()
    {
        if (_tally.CloseGap(_input.Position)) _text.Break();
    }

    Verdict? Judge()
    {
        CloseGap();
        var isCache = _cacheEnd != long.MaxValue;
        if (!_tally.HasBlocks && !isCache) return null;
        if (!_tally.HasBlocks && _findings.GapCount == 0)
            _findings.Warn("the buffer file is empty: nothing was waiting to be written");
        if (_zerosFrom >= 0 && !isCache)
        {
            _findings.Warn($"{_input.Position - _zerosFrom} zero bytes follow the last block");
            _findings.Evidence.Trace(Trace.ZeroTail, _zerosFrom, _input.Position - _zerosFrom);
        }

        if (isCache) _findings.Evidence.Trace(Trace.BufferFile, 0);
        if (_stale > 0)
            _findings.Warn($"{_stale} bytes behind the blocks of the buffer file are stale and left out");
        if (_isMangled) _findings.Evidence.Trace(Trace.TextMode, 0, _outer.Position - _input.Position);
        if (_isMangled)
            _tally.WrongBytes(0, _outer.Position, $"the file was sent as text: {_outer.Position - _input.Position} "
                + "carriage returns that were put in front of line feeds are taken out, offsets count without them");
        return Verdicts.Of(_tally, _keys, _findings);
    }
}
