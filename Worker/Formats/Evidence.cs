using Decryptor.Protocol;

namespace Decryptor.Worker.Formats;

/// <summary>
/// The facts of one file while it is being read. Nothing is made for a block or for a byte: numbers are counted up, and
/// what stands in lists is bounded.
/// </summary>
sealed class Evidence
{
    readonly List<TraceFound> _traces = [];
    readonly List<Recipients> _recipients = [];
    long _recipientsLeftOut;

    /// <inheritdoc cref="Facts.Length"/>
    internal long? Length { get; set; }

    /// <inheritdoc cref="Facts.Encryption"/>
    internal string? Encryption { get; set; }

    /// <inheritdoc cref="Facts.WorkFactor"/>
    internal int? WorkFactor { get; set; }

    /// <summary>Null for formats without blocks.</summary>
    internal BlockEvidence? Blocks { get; set; }

    /// <summary>
    /// Notes a trace: the first of its name tells where, the others are added to its count. There are as many as names.
    /// </summary>
    internal void Trace(string name, long offset, long count = 1)
    {
        var at = _traces.FindIndex(one => one.Name == name);
        if (at < 0) _traces.Add(new(name, offset, count));
        else _traces[at] = _traces[at] with { Count = _traces[at].Count + count };
    }

    /// <summary>Notes one recipient of an age file.</summary>
    internal void Recipient(string kind)
    {
        const int most = Facts.RecipientNameMax;
        var shown = kind.Length > most ? $"{kind[..most]}…" : kind;
        var at = _recipients.FindIndex(one => one.Kind == shown);
        if (at >= 0) _recipients[at] = _recipients[at] with { Count = _recipients[at].Count + 1 };
        else if (_recipients.Count < Facts.RecipientsMax) _recipients.Add(new(shown, 1));
        else _recipientsLeftOut++;
    }

    /// <summary>What the report says of it; null where that would be nothing but a length.</summary>
    internal Facts? Told()
    {
        if (Blocks is null && Encryption is null && _traces.Count + _recipients.Count == 0) return null;
        return new()
        {
            Length = Length,
            Encryption = Encryption,
            Recipients = _recipients.Count > 0 ? [.. _recipients] : null,
            RecipientsLeftOut = _recipientsLeftOut > 0 ? _recipientsLeftOut : null,
            WorkFactor = WorkFactor,
            Blocks = Blocks?.Told(),
            Traces = _traces.Count > 0 ? [.. _traces] : null,
        };
    }
}
