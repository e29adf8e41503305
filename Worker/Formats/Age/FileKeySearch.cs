using System.Text;
using Decryptor.Protocol;

namespace Decryptor.Worker.Formats.Age;

/// <summary>
/// Finds the file key. The ring is asked for one kind of stanza after the other; the first key with which the header's
/// seal is right is the one.
/// </summary>
sealed class FileKeySearch(AgeHeader header, Resources resources, Findings findings)
{
    /// <summary>A file key.</summary>
    internal const int KeyBytes = 16;

    // The ring makes so many agreements for one question; records behind them would not be tried.
    const int AgreementsMax = 4096;

    const int KeysAsARule = 256;

    int _keys;
    bool _opened;

    /// <exception cref="Refusal">There is none, or a stanza is not what it must be.</exception>
    internal byte[] Find()
    {
        // A password is taken to authenticate the sender as well, so its stanza stands alone.
        if (header.Stanzas.FirstOrDefault(stanza => stanza.Type == ScryptStanza.Name) is { } scrypt)
            return header.Stanzas.Count == 1
                ? new ScryptStanza(scrypt, resources, findings).Find(header)
                : throw scrypt.Wrong("is not alone");

        // Every record is checked before the first is asked for.
        var records = StanzaKind.All.ToDictionary(kind => kind, RecordsOf);
        StanzaKind[] present = [.. StanzaKind.All.Where(kind => records[kind].Count > 0)];
        foreach (var kind in present)
            if (Ask(kind, records[kind]) is { } key) return key;
        throw WhyNot([.. present.Select(kind => kind.Name)]);
    }

    List<byte[]> RecordsOf(StanzaKind kind) =>
        [.. header.Stanzas.Where(stanza => stanza.Type == kind.Name).Select(kind.Record)];

    // How many keys there are is known from the first answer on. If there are more than were thought of, the ring did
    // not try them all, and is asked the same again in smaller parts.
    byte[]? Ask(StanzaKind kind, List<byte[]> records)
    {
        var keys = KeysAsARule;
        for (var at = 0; at < records.Count && keys > 0;)
        {
            var count = Math.Min(records.Count - at, InOneQuestion(kind, keys));
            byte[] asked = [.. records.GetRange(at, count).SelectMany(record => record)];
            var answer = resources.Keys(kind.Question, asked) ?? throw AgeFaults.NoMoreQuestions();
            if (answer.Candidates.Select(Fits).FirstOrDefault(key => key is not null) is { } found) return found;
            keys = answer.OfThatKind;
            if (keys == 0 || count <= InOneQuestion(kind, keys)) at += count;
        }

        _keys += keys;
        return null;
    }

    static int InOneQuestion(StanzaKind kind, int keys) =>
        kind.IsAskedOneByOne ? 1 : Math.Clamp(AgreementsMax / keys, 1, Frame.HeaderMax / kind.RecordBytes);

    byte[]? Fits(KeyCandidate candidate)
    {
        if (candidate.Secret.Length != KeyBytes) return null;
        _opened = true;
        if (!header.IsSealedWith(candidate.Secret.Span)) return null;
        findings.OpenedBy(candidate);
        return candidate.Secret.ToArray();
    }

    Refusal WhyNot(string[] asked)
    {
        if (_opened) return AgeFaults.HeaderNotAuthentic();
        if (asked.Length > 0)
            return _keys == 0 ? AgeFaults.KeyMissing(Shown(asked)) : AgeFaults.KeyNoMatch(Shown(asked), _keys);
        string[] kinds = [.. header.Stanzas.Select(stanza => stanza.Type).Distinct()];
        string[] hardware = [.. kinds.Intersect(StanzaKind.OfHardware)];
        return hardware.Length > 0 ? AgeFaults.Hardware(Shown(hardware)) : AgeFaults.UnknownKinds(Shown(kinds));
    }

    // The names are the sender's: only so much of them is repeated.
    static string Shown(string[] kinds)
    {
        const int count = 5, length = 32;
        var shown = new StringBuilder(string.Join(", ", kinds.Take(count)
            .Select(kind => kind.Length > length ? $"{kind[..length]}…" : kind)));
        return kinds.Length > count ? shown.Append(", …").ToString() : shown.ToString();
    }
}
