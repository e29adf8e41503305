namespace Decryptor.Worker.Formats.Logan;

/// <summary>
/// The joined text of the blocks. A line may run over several of them, so text is passed on as it comes; only where
/// something is missing between two texts does the second begin on a line of its own.
/// </summary>
sealed class LogText(TextSink sink)
{
    static ReadOnlySpan<byte> RecordFront => "{\"c\":"u8;

    bool _broken;

    /// <summary>The text so far ends inside a line.</summary>
    internal bool InLine { get; private set; }

    /// <summary>A text goes on where the one before ended, as far as is known.</summary>
    internal bool Continues => InLine && !_broken;

    /// <summary>The lines of this file are Logan's own JSON.</summary>
    internal bool IsJson { get; private set; }

    internal static bool BeginsRecord(ReadOnlySpan<byte> text) => text.StartsWith(RecordFront);

    /// <summary>What comes next does not go on with the line at hand.</summary>
    internal void Break() => _broken = true;

    /// <summary>
    /// Begins the text of a block; a sentence when a line was cut in front of it. A record cannot begin inside another,
    /// for there its quotes are escaped.
    /// </summary>
    internal string? Begin(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty) return null;
        var begins = BeginsRecord(text);
        var wasCut = InLine && (_broken || begins);
        if (wasCut) Pass("\n"u8);
        var headless = IsJson && !InLine && text[0] != (byte)'{';
        IsJson |= begins;
        _broken = false;
        if (headless) return "begins inside a line whose head is lost";
        return wasCut ? "comes after a line whose end is lost" : null;
    }

    internal void Pass(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty) return;
        sink(text);
        InLine = text[^1] != (byte)'\n';
    }
}
