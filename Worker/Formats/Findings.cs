using Decryptor.Protocol;

namespace Decryptor.Worker.Formats;

/// <summary>
/// Where a format puts the text that it decodes. What it gives is paid for and written before this returns.
/// </summary>
delegate void TextSink(ReadOnlySpan<byte> text);

/// <summary>
/// How a format asks for a key: it gets the candidates of the ring, or null when the attempt has asked its share.
/// </summary>
delegate Keys? KeySource(string format, ReadOnlyMemory<byte> header);

/// <summary>How much of a text could be had, the code of the worst that was wrong, and both in words.</summary>
readonly record struct Verdict(Outcome Outcome, FailureCode? Code, string Message, string Hint)
{
    internal static Verdict Complete => new(Outcome.Complete, null, "", "");

    internal static Verdict Of(Refusal refusal) => new(Outcome.Failed, refusal.Code, refusal.Message, refusal.Hint);
}

/// <summary>
/// What is known of one text while it is being decoded. It is filled as it goes, so that a limit that ends the decoding
/// does not take with it what was found before. Its lists are bounded; what does not fit is counted.
/// </summary>
sealed class Findings(string format = "", BlockMeter? meter = null)
{
    const int GapsMax = 1000;
    const int WarningsMax = 100;

    readonly List<Gap> _gaps = [];
    readonly List<string> _warnings = [];
    readonly SortedSet<string> _keys = new(StringComparer.Ordinal);
    long _gapsLeftOut;
    long _warningsLeftOut;

    /// <summary>The formats from the outside in, joined by <c>&gt;</c>.</summary>
    internal string Format { get; private set; } = format;

    /// <summary>Bytes of text delivered.</summary>
    internal long Delivered { get; set; }

    /// <summary>Null for formats without blocks.</summary>
    internal BlockCount? Blocks
    {
        get;
        set
        {
            meter?.Change(field ?? default, value ?? default);
            field = value;
        }
    }

    /// <summary>What is seen of it besides, for whoever asks what it is.</summary>
    internal Evidence Evidence { get; private set; } = new();

    /// <summary>The names of the keys that opened something, joined by commas; null for none.</summary>
    internal string? Keys => _keys.Count == 0 ? null : string.Join(", ", _keys);

    internal IReadOnlyList<Gap> Gaps => _gaps;

    internal long GapCount => _gaps.Count + _gapsLeftOut;

    internal IReadOnlyList<string> Warnings => [.. _warnings, .. LeftOut()];

    /// <summary>One format further in.</summary>
    internal void Enter(string inner) => Format = Format.Length == 0 ? inner : $"{Format}>{inner}";

    /// <summary>It was not what it was tried as: what was found in that belief is forgotten.</summary>
    internal void Reset(string format)
    {
        Format = format;
        Blocks = null;
        Evidence = new();
        _gaps.Clear();
        _warnings.Clear();
        (_gapsLeftOut, _warningsLeftOut) = (0, 0);
    }

    /// <summary>What is known of a member before it is opened: the formats and keys around it.</summary>
    /// <param name="isAhead">Whether it is opened ahead of its turn; then nobody looks on.</param>
    internal Findings OfMember(bool isAhead = false)
    {
        var member = new Findings(Format, isAhead ? null : meter);
        member._keys.UnionWith(_keys);
        return member;
    }

    internal void Missing(long offset, long length, string reason) => Missing(new Gap(offset, length, reason));

    internal void Missing(Gap gap)
    {
        if (_gaps.Count < GapsMax) _gaps.Add(gap);
        else _gapsLeftOut++;
    }

    internal void Warn(string warning)
    {
        if (_warnings.Count < WarningsMax) _warnings.Add(warning);
        else _warningsLeftOut++;
    }

    /// <summary>Whether there is something to tell of it besides its outcome.</summary>
    internal bool HasNews => _warnings.Count > 0 || _gaps.Count > 0;

    /// <summary>A key opened some of it.</summary>
    internal void OpenedBy(KeyCandidate key)
    {
        if (_keys.Add(key.Name) && key.IsPublished)
            Warn($"the key {key.Name} is a published sample: anyone can read what is sealed for it");
    }

    IEnumerable<string> LeftOut()
    {
        if (_gapsLeftOut > 0) yield return $"{_gapsLeftOut} more gaps are not listed";
        if (_warningsLeftOut > 0) yield return $"{_warningsLeftOut} more warnings are not listed";
    }
}
