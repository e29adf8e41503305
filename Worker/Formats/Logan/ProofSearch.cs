namespace Decryptor.Worker.Formats.Logan;

/// <summary>
/// Looks for the next place where a key proves a block. The same stretch may be asked for from several blocks in front
/// of it, so what was found is remembered, and no byte is looked at twice.
/// </summary>
sealed class ProofSearch(LoganKeys keys)
{
    long _searchedTo;
    long _foundAt = -1;

    /// <summary>
    /// The first proven place in [from, to) of <paramref name="rest"/>, whose first byte is at <paramref name="here"/>
    /// of the file; -1 for none.
    /// </summary>
    internal int Next(ReadOnlySpan<byte> rest, long here, int from, int to)
    {
        to = Math.Min(to, rest.Length - Framing.ProofBytes + 1);
        if (_foundAt < here + from) Search(rest, here, from, to);
        return _foundAt >= here + from && _foundAt < here + to ? (int)(_foundAt - here) : -1;
    }

    void Search(ReadOnlySpan<byte> rest, long here, int from, int to)
    {
        _foundAt = -1;
        var start = (int)Math.Max(from, Math.Min(rest.Length, _searchedTo - here));
        if (start >= to) return;
        var found = keys.FirstProven(rest, start, to);
        _searchedTo = here + (found < 0 ? to : found + 1);
        if (found >= 0) _foundAt = here + found;
    }
}
