using Decryptor.Protocol;

namespace Decryptor.Worker.Formats.Xlog;

/// <summary>
/// Opens sealed payloads. A client key stays the same for a session, so the ring is asked once for each and the answer
/// is kept; nothing in a block names the receiver's key, so the candidates are tried in turn, the one that opened the
/// session before first. A key is believed for good only when it has brought forth a good stretch of text.
/// </summary>
sealed class SessionKeys(KeySource ask, InflateProbe probe, Findings findings)
{
    const int SessionsMax = 4096;
    const int ProbeBytes = 4096;
    const int StretchThatConvinces = 256;

    readonly Dictionary<string, Session> _sessions = new(StringComparer.Ordinal);
    readonly byte[] _latestKey = new byte[BlockHeader.KeyBytes];
    readonly byte[] _clear = new byte[ProbeBytes];
    readonly byte[] _stretch = new byte[512];
    Session? _latest;
    string? _latestName;

    /// <summary>Keys of this kind in the ring, as far as the ring was asked.</summary>
    internal int OfThatKind { get; private set; }

    /// <summary>Whether this client's session was opened before.</summary>
    internal bool IsOpen(ReadOnlySpan<byte> clientKey) => Find(clientKey) is { Confirmed: >= 0 };

    /// <summary>The key that opens this client's session, where it is known for good; null where it is not.</summary>
    internal Tea? Known(ReadOnlySpan<byte> clientKey) =>
        Find(clientKey) is { Confirmed: >= 0 and var candidate } session ? session.Teas[candidate] : null;

    /// <summary>
    /// Chooses the key that opens <paramref name="payload"/>; null when one fits. A session that is not known is asked
    /// for only if <paramref name="mayAsk"/>.
    /// </summary>
    internal Damage? Choose(Packing packing, ReadOnlySpan<byte> clientKey, ReadOnlySpan<byte> payload, bool mayAsk,
        out Tea? tea)
    {
        tea = null;
        var session = Find(clientKey);
        if (session is null && !mayAsk) return Damage.Wrong("its client key is not one seen before");
        if (session is null && !Curve.Holds(clientKey)) return Damage.Wrong("its client key is no point of the curve");
        session ??= Ask(clientKey);
        if (session.Answer is not { } answer) return Damage.Wrong("the attempt has asked for as many keys as it may");
        if (Candidate(session, packing, payload) is not (>= 0 and var candidate)) return WhyNot(session, answer);
        tea = session.Teas[candidate];
        if (_latestName == answer.Candidates[candidate].Name) return null;
        _latestName = answer.Candidates[candidate].Name;
        findings.OpenedBy(answer.Candidates[candidate]);
        return null;
    }

    int Candidate(Session session, Packing packing, ReadOnlySpan<byte> payload)
    {
        var known = session.Confirmed;
        if (known >= 0) return Fits(session, known, packing, payload) ? known : -1;
        foreach (var candidate in session.InTurn(_latestName))
            if (Fits(session, candidate, packing, payload)) return candidate;
        return -1;
    }

    static Damage WhyNot(Session session, Keys answer)
    {
        if (session.Confirmed >= 0) return Damage.Wrong("it does not open with the key that opens its session");
        if (answer.OfThatKind == 0) return new(FailureCode.KeyMissing, "it is sealed and the ring has no xlog key");
        return new(FailureCode.KeyNoMatch, $"it is sealed and none of {answer.OfThatKind} keys opens it");
    }

    bool Fits(Session session, int candidate, Packing packing, ReadOnlySpan<byte> payload)
    {
        var tea = session.Teas[candidate];
        if (packing == Packing.Zstd)
        {
            if (!BeginsFrame(tea, payload)) return false;
            session.Confirmed = candidate;
            return true;
        }

        if (session.Confirmed == candidate) return true;
        var some = Math.Min(payload.Length, ProbeBytes);
        tea.Decrypt(payload[..some], _clear);
        var good = probe.Try(_clear.AsSpan(0, some), _stretch);
        if (!Stretch.IsText(_stretch.AsSpan(0, good))) return false;
        if (good >= StretchThatConvinces) session.Confirmed = candidate;
        return good > 0;
    }

    static bool BeginsFrame(Tea tea, ReadOnlySpan<byte> payload)
    {
        Span<byte> first = stackalloc byte[Math.Min(payload.Length, Tea.Group)];
        tea.Decrypt(payload[..first.Length], first);
        return ZstdReader.IsFrame(first);
    }

    Session? Find(ReadOnlySpan<byte> clientKey)
    {
        if (_latest is not null && clientKey.SequenceEqual(_latestKey)) return _latest;
        var known = _sessions.TryGetValue(Convert.ToHexString(clientKey), out var session);
        return known ? Remember(clientKey, session!) : null;
    }

    Session Ask(ReadOnlySpan<byte> clientKey)
    {
        var answer = _sessions.Count < SessionsMax ? ask("xlog", clientKey.ToArray()) : null;
        var session = new Session(answer);
        OfThatKind = Math.Max(OfThatKind, answer?.OfThatKind ?? 0);
        if (_sessions.Count < SessionsMax) _sessions.Add(Convert.ToHexString(clientKey), session);
        return Remember(clientKey, session);
    }

    Session Remember(ReadOnlySpan<byte> clientKey, Session session)
    {
        clientKey.CopyTo(_latestKey);
        return _latest = session;
    }

    sealed class Session(Keys? answer)
    {
        internal Keys? Answer => answer;

        internal Tea[] Teas { get; } =
            answer is null ? [] : [.. answer.Candidates.Select(one => new Tea(one.Secret.Span))];

        /// <summary>The candidate that is believed for good; -1 for none yet.</summary>
        internal int Confirmed { get; set; } = -1;

        internal IEnumerable<int> InTurn(string? favourite) =>
            Enumerable.Range(0, Teas.Length).OrderBy(one => answer!.Candidates[one].Name == favourite ? 0 : 1);
    }
}
