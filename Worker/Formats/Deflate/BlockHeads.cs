using System.Runtime.Intrinsics;

namespace Decryptor.Worker.Formats.Deflate;

/// <summary>
/// The two codes of the deflate block at hand (RFC 1951, 3.2.6 and 3.2.7): the fixed ones, or those that the block's
/// own head describes.
/// </summary>
sealed class BlockHeads
{
    const int LengthRoot = 10, DistanceRoot = 8, HeaderRoot = 7;

    // What the worst complete codes need; taken up to the next power of two.
    const int LengthRoom = 2048, DistanceRoom = 1024, HeaderRoom = 128;

    const int LengthsMax = 286, DistancesMax = 30, HeaderSymbols = 19;
    const int EndSymbol = 256;
    const int LongestRun = 138;

    static readonly byte[] Order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
    static readonly byte[] FixedLengths =
        [.. Enumerable.Repeat((byte)8, 144), .. Enumerable.Repeat((byte)9, 112), .. Enumerable.Repeat((byte)7, 24),
            .. Enumerable.Repeat((byte)8, 8)];
    static readonly byte[] FixedDistances = [.. Enumerable.Repeat((byte)5, 32)];

    readonly CodeTable _ownLengths = new(CodeEntry.LengthMeanings, LengthRoot, LengthRoom);
    readonly CodeTable _ownDistances = new(CodeEntry.DistanceMeanings, DistanceRoot, DistanceRoom);
    readonly CodeTable _fixedLengths = new(CodeEntry.LengthMeanings, LengthRoot, LengthRoom);
    readonly CodeTable _fixedDistances = new(CodeEntry.DistanceMeanings, DistanceRoot, DistanceRoom);
    readonly CodeTable _header = new(CodeEntry.HeaderMeanings, HeaderRoot, HeaderRoom, CodeEntry.NoHeader);
    readonly byte[] _lengths = new byte[LengthsMax + DistancesMax + LongestRun + Vector128<byte>.Count];
    readonly ushort[] _lengthCounts = new ushort[CodeTable.LengthMax + 1];
    readonly ushort[] _distanceCounts = new ushort[CodeTable.LengthMax + 1];

    internal BlockHeads()
    {
        CodeTable.Count(FixedLengths, _lengthCounts);
        CodeTable.Count(FixedDistances, _distanceCounts);
        _ = _fixedLengths.Take(FixedLengths, _lengthCounts, mayBeSingle: false);
        _ = _fixedDistances.Take(FixedDistances, _distanceCounts, mayBeSingle: false);
        (Lengths, Distances) = (_fixedLengths, _fixedDistances);
    }

    /// <summary>The code of literals and lengths.</summary>
    internal CodeTable Lengths { get; private set; }

    /// <summary>The code of distances.</summary>
    internal CodeTable Distances { get; private set; }

    internal void TakeFixed() => (Lengths, Distances) = (_fixedLengths, _fixedDistances);

    /// <summary>
    /// Reads the head of a block with codes of its own; false where it makes no sense. It may have read on past the
    /// end of the input, which its caller sees: then nothing is to be made of the answer.
    /// </summary>
    internal bool Read(ref BitReader bits)
    {
        bits.Fill();
        var lengths = (int)bits.Take(5) + 257;
        var distances = (int)bits.Take(5) + 1;
        var header = (int)bits.Take(4) + 4;
        if (lengths > LengthsMax || distances > DistancesMax) return false;
        Span<byte> own = stackalloc byte[HeaderSymbols];
        own.Clear();
        for (var i = 0; i < header; i++)
        {
            bits.Fill();
            own[Order[i]] = (byte)bits.Take(3);
        }

        if (bits.IsPastEnd) return true;
        CodeTable.Count(own, _lengthCounts);
        if (!_header.Take(own, _lengthCounts, mayBeSingle: false) || !ReadLengths(ref bits, lengths + distances))
            return false;
        if (bits.IsPastEnd) return true;
        (Lengths, Distances) = (_ownLengths, _ownDistances);
        return _lengths[EndSymbol] != 0 && TakeOwn(_lengths.AsSpan(0, lengths), _lengths.AsSpan(lengths, distances));
    }

    // All lengths were counted together; those of the distances are few.
    bool TakeOwn(ReadOnlySpan<byte> lengths, ReadOnlySpan<byte> distances)
    {
        CodeTable.Count(distances, _distanceCounts);
        for (var i = 0; i < _lengthCounts.Length; i++) _lengthCounts[i] -= _distanceCounts[i];
        return _ownLengths.Take(lengths, _lengthCounts, mayBeSingle: true)
            && _ownDistances.Take(distances, _distanceCounts, mayBeSingle: true);
    }

    // Each symbol is a run of a length, if only of one, and is written as a whole vector: so no branch depends on what
    // kind of symbol it is, which nobody can foretell. With tables to each line of text this is a tenth of all time.
    bool ReadLengths(ref BitReader bits, int count)
    {
        Array.Clear(_lengthCounts);
        var (entries, mask, own) = (_header.Entries, (1u << _header.Root) - 1, bits);
        var (at, last) = (0, CodeEntry.RunOfLast);
        while (at < count)
        {
            own.Fill();
            var entry = entries[(uint)own.Held & mask];
            var run = (int)CodeEntry.Value(entry, own.Held);
            own.Drop((byte)entry);
            last = run >> CodeEntry.RunShift == CodeEntry.RunOfLast ? last : run >> CodeEntry.RunShift;
            run &= (1 << CodeEntry.RunShift) - 1;
            if (last == CodeEntry.RunOfLast) break;
            var value = Vector128.Create((byte)last);
            value.CopyTo(_lengths, at);
            for (var more = Vector128<byte>.Count; more < run; more += Vector128<byte>.Count)
                value.CopyTo(_lengths, at + more);
            _lengthCounts[last] += (ushort)run;
            at += run;
        }

        bits = own;
        return at == count;
    }
}
