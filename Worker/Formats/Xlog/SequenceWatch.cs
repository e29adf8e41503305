namespace Decryptor.Worker.Formats.Xlog;

/// <summary>
/// Follows the numbers that an app gives to its counted blocks. A number that is missing is a hint and no more, since
/// all logs of a process share one count; a number that steps back under the same key is a block out of its place.
/// The count goes from 65535 to 1.
/// </summary>
sealed class SequenceWatch(Findings findings)
{
    const int Half = 32 * 1024;

    long _missing;
    long _places;
    string? _first;
    bool _interrupted;
    long _repeats;
    long _firstRepeat;
    (uint Checksum, uint Length) _line;

    /// <summary>The hour in which the last block was written; null before the first.</summary>
    internal byte? LastHour { get; private set; }

    /// <summary>Takes note of a block; says in words when it is out of its place.</summary>
    internal string? See(BlockHeader header, Client? client, long offset)
    {
        LastHour = header.EndHour;
        var interrupted = _interrupted;
        _interrupted = false;
        if (client is null || !header.IsCounted || !header.Sealed) return null;
        var before = client.Sequence;
        var step = (ushort)(header.Sequence - before);
        if (before != 0 && step is 0 or > Half) return Misplaced(header.Sequence, before);
        var skipped = Between(before, header.Sequence);
        client.Sequence = header.Sequence;
        if (before == 0 || skipped == 0 || interrupted) return null;
        _missing += skipped;
        _places++;
        _first ??= $"{Range(before, header.Sequence)} before the block at {offset}";
        return null;
    }

    /// <summary>A block is bad, so that what is missing next to it is told already.</summary>
    internal void SeeBad(BlockHeader header)
    {
        LastHour = header.EndHour;
        _interrupted = true;
    }

    /// <summary>
    /// Takes note of a single plain line, which bears no number: where two are alike to the last byte and follow each
    /// other, the file may have doubled one, or the app wrote it twice.
    /// </summary>
    internal void SeeLine(uint checksum, uint length, long offset)
    {
        if (length > 0 && _line == (checksum, length) && _repeats++ == 0) _firstRepeat = offset;
        _line = (checksum, length);
    }

    /// <summary>The numbers that a gap before this block took with it; null where nothing tells.</summary>
    internal string? Skipped(BlockHeader next, Client? client)
    {
        _interrupted = true;
        if (client is null || client.Sequence == 0 || !next.IsCounted) return null;
        return Between(client.Sequence, next.Sequence) is > 0 and < Half ? Range(client.Sequence, next.Sequence) : null;
    }

    /// <summary>Puts into warnings what was seen.</summary>
    internal void Report()
    {
        if (_missing > 0)
            findings.Warn($"{_missing} {(_missing == 1 ? "block is" : "blocks are")} missing by the app's count, "
                + $"in {_places} {(_places == 1 ? "place" : "places")} (the first: {_first})"
                + ": lost, or in another log of the same app");
        if (_repeats > 0)
            findings.Warn($"{_repeats} lines repeat the line before to the last byte (the first at {_firstRepeat})"
                + ": the app wrote them twice, or the file was doubled there");
    }

    // One that was taken for missing when its successor came is not missing any more.
    string Misplaced(ushort number, ushort before)
    {
        if (_missing > 0 && --_missing == 0) _first = null;
        return $"is number {number} and stands behind number {before}";
    }

    static int Between(ushort before, ushort next) =>
        next > before ? next - before - 1 : ushort.MaxValue - before + next - 1;

    static string Range(ushort before, ushort next)
    {
        var first = before == ushort.MaxValue ? 1 : before + 1;
        var last = next == 1 ? ushort.MaxValue : next - 1;
        return first == last ? $"{first}" : $"{first}-{last}";
    }
}
