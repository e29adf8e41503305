using System.Buffers;
using Decryptor.Protocol;

namespace Decryptor.Worker.Formats.Logan;

/// <summary>
/// The ring's Logan keys, asked for once. A block names no key, so they are tried in turn, the one that fitted last
/// before the others. Where blocks stay shut it is weighed why: a key with a wrong IV, or Logan's published key.
/// </summary>
sealed class LoganKeys(KeySource ask, Findings findings) : IDisposable
{
    /// <summary>What the format can prove of a text, and what not; said where damage was seen.</summary>
    internal const string NoSeal =
        "Logan has a checksum in each closed block and no signature: it shows accidents, not who wrote the text";

    const int FirstBatchUnits = 4;
    const int BatchUnits = 4096;
    const int EvidenceMax = 64;
    const int FreeTrials = 1 << 20;
    const int TrialsPerByte = 4;

    readonly byte[] _units = ArrayPool<byte>.Shared.Rent(BatchUnits * Framing.UnitBytes);
    readonly byte[] _clear = ArrayPool<byte>.Shared.Rent(BatchUnits * Framing.UnitBytes);
    readonly int[] _places = new int[BatchUnits];
    LoganKey[] _keys = [];
    int[] _endedWell = [];
    int _weighed;
    int _withPublished;
    long _searched;
    long _trials;

    internal bool Asked { get; private set; }

    /// <summary>The attempt had asked its share before.</summary>
    internal bool Refused { get; private set; }

    /// <summary>Keys of this kind in the ring.</summary>
    internal int OfThatKind { get; private set; }

    /// <summary>The key that opened a block last; null before the first.</summary>
    internal LoganKey? Proven => _keys.Length > 0 && _keys[0].Proven ? _keys[0] : null;

    /// <summary>The shut blocks that were looked at open with Logan's published key.</summary>
    internal bool FitsPublished => _withPublished * 2 > _weighed;

    internal void Ask()
    {
        Asked = true;
        var answer = ask("logan", ReadOnlyMemory<byte>.Empty);
        Refused = answer is null;
        OfThatKind = answer?.OfThatKind ?? 0;
        _keys = [.. (answer?.Candidates ?? []).Select(one => new LoganKey(one.Name, one.Secret.Span))];
        _endedWell = new int[_keys.Length];
    }

    /// <summary>The key that opens this first unit of a block; null for none.</summary>
    internal LoganKey? Proving(ReadOnlySpan<byte> unit)
    {
        for (var i = 0; i < _keys.Length; i++)
            if (_keys[i].Proves(unit)) return Prefer(i);
        return null;
    }

    /// <summary>
    /// The first place in [from, to) where a key proves that a block begins; -1 for none. Units are deciphered in
    /// batches, so that a file of nothing but marks costs no more than its bytes.
    /// </summary>
    internal int FirstProven(ReadOnlySpan<byte> rest, int from, int to)
    {
        // Batches grow, so that it costs little where the next block is near.
        for (var most = FirstBatchUnits; from < to && _keys.Length > 0; most = Math.Min(2 * most, BatchUnits))
        {
            var begin = from;
            var count = Gather(rest, ref from, to, most);
            _searched += from - begin;
            var found = FirstOf(count);
            if (found >= 0) return _places[found];
        }

        return -1;
    }

    /// <summary>Looks at a framed block that no key opens.</summary>
    internal void Weigh(ReadOnlySpan<byte> cipher)
    {
        if (_weighed == EvidenceMax) return;
        _weighed++;
        using var published = LoganKey.OfThePublic();
        if (published.Proves(cipher[..Framing.UnitBytes])) _withPublished++;
        for (var i = 0; i < _keys.Length; i++)
            if (_keys[i].EndsWell(cipher)) _endedWell[i]++;
    }

    /// <summary>The name of the key that fits the shut blocks but for its IV; null for none.</summary>
    internal string? WrongIv()
    {
        for (var i = 0; i < _keys.Length; i++)
            if (_endedWell[i] > 0 && _endedWell[i] * 2 >= _weighed) return _keys[i].Name;
        return null;
    }

    public void Dispose()
    {
        foreach (var key in _keys) key.Dispose();
        ArrayPool<byte>.Shared.Return(_units);
        ArrayPool<byte>.Shared.Return(_clear);
    }

    int Gather(ReadOnlySpan<byte> rest, ref int from, int to, int most)
    {
        var count = 0;
        for (; from < to && count < most; from++)
        {
            var step = rest[from..to].IndexOf(Framing.Mark);
            if (step < 0)
            {
                from = to;
                break;
            }

            from += step;
            if (from + Framing.ProofBytes > rest.Length) continue;
            rest.Slice(from + Framing.HeadBytes, Framing.UnitBytes).CopyTo(_units.AsSpan(count * Framing.UnitBytes));
            _places[count++] = from;
        }

        return count;
    }

    // Each key has to look only in front of what the ones before it found. A large ring on a file made of marks is
    // rationed: then only the key that fitted last is tried.
    int FirstOf(int count)
    {
        var best = -1;
        for (var i = 0; i < _keys.Length && count > 0; i++)
        {
            if (i > 0 && _trials > FreeTrials + TrialsPerByte * _searched) break;
            _trials += count;
            var found = _keys[i].FirstProven(_units.AsSpan(0, count * Framing.UnitBytes), _clear);
            if (found >= 0) count = best = found;
        }

        return best;
    }

    LoganKey Prefer(int at)
    {
        var key = _keys[at];
        (_keys[at], _keys[0]) = (_keys[0], key);
        (_endedWell[at], _endedWell[0]) = (_endedWell[0], _endedWell[at]);
        if (!key.Proven) Introduce(key);
        return key;
    }

    void Introduce(LoganKey key)
    {
        key.Proven = true;
        findings.OpenedBy(new(key.Name, default, key.IsPublished));
    }
}
