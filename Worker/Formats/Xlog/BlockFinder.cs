namespace Decryptor.Worker.Formats.Xlog;

/// <summary>
/// Finds where blocks begin in bytes that may be anything. A header is believed when its frame is whole
/// (<see cref="Framing"/>), or when it bears the key of a client that was seen before, or one that lies on the curve;
/// magic and hours alone are no proof. Time is linear: what was searched once is remembered, however often a false
/// start asks for it again.
/// </summary>
sealed class BlockFinder(Clients clients)
{
    long _searchedTo;
    long _foundAt = -1;
    long _keySearchedTo;

    /// <summary>Bytes searched so far, each search counted.</summary>
    internal long Work { get; private set; }

    /// <summary>
    /// The first block of <paramref name="rest"/>, which begins at <paramref name="position"/> of the file, that begins
    /// at <paramref name="from"/> or later and before <paramref name="to"/>; -1 for none.
    /// </summary>
    internal int Next(ReadOnlySpan<byte> rest, long position, int from, int to)
    {
        if (_foundAt < position + from || _foundAt > _searchedTo) _foundAt = -1;
        if (_foundAt < 0)
        {
            var start = Math.Max(from, (int)Math.Min(rest.Length, Math.Max(0, _searchedTo - position)));
            var found = Find(rest, position, start, Math.Min(to, rest.Length));
            _searchedTo = Math.Max(_searchedTo, position + (found < 0 ? to : found));
            if (found >= 0) _foundAt = position + found;
        }

        return _foundAt >= position + from && _foundAt < position + to ? (int)(_foundAt - position) : -1;
    }

    /// <summary>Whether the header bears a key that no noise bears.</summary>
    internal bool HasClient(ReadOnlySpan<byte> rest, BlockHeader header, long position)
    {
        if (header.Size != BlockHeader.Longest || rest.Length < BlockHeader.Longest) return false;
        var field = BlockHeader.ClientKey(rest);
        if (clients.Find(field) is not null) return true;
        return header.Sealed && header.Length <= BlockHeader.LengthReal && clients.MayBeNew(field, position);
    }

    /// <summary>
    /// The same by nothing but the key of the latest client, so that a header is found whatever else is wrong with it.
    /// </summary>
    internal int NextByKey(ReadOnlySpan<byte> rest, long position, int from, int to)
    {
        var start = Math.Max(from, (int)Math.Min(rest.Length, Math.Max(0, _keySearchedTo - position)));
        var found = clients.FindHeader(rest, start, to);
        Work += Math.Max(0, (found < 0 ? to : found) - start);
        _keySearchedTo = Math.Max(_keySearchedTo, position + (found < 0 ? to : found));
        return found;
    }

    int Find(ReadOnlySpan<byte> rest, long position, int from, int to)
    {
        if (from >= to) return -1;
        var byKey = NextByKey(rest, position, from, to);
        if (byKey >= 0) to = byKey;
        for (var at = from; (at = Framing.NextMagic(rest, at, to)) >= 0; at++)
        {
            if (!IsBlock(rest[at..], position + at)) continue;
            Work += at - from;
            return at;
        }

        Work += to - from;
        return byKey;
    }

    bool IsBlock(ReadOnlySpan<byte> rest, long position) => BlockHeader.TryRead(rest, out var header)
        && (Framing.IsWhole(rest, header)
            || (header.Length <= BlockHeader.LengthReal && HasClient(rest, header, position)));
}
