namespace Decryptor.Worker.Formats.Xlog;

/// <summary>
/// Passes text on up to its last line feed and holds the rest back, until it is known whether the line was decoded
/// whole. A line that grows past every real one is passed on in pieces, so that the memory stays bounded.
/// </summary>
sealed class WholeLines(TextSink sink, Signs signs)
{
    const int LineMax = 64 * 1024;

    readonly byte[] _held = new byte[LineMax];
    int _count;

    /// <summary>Bytes given by the block at hand, held ones included.</summary>
    internal long Given { get; private set; }

    /// <summary>Bytes passed on from the block at hand.</summary>
    internal long Passed { get; private set; }

    internal void Begin()
    {
        Given = 0;
        Passed = 0;
        signs.Begin();
    }

    internal void Write(ReadOnlySpan<byte> text)
    {
        Given += text.Length;
        if (_count > 0)
        {
            // The line that is held is passed on in one piece with its end, so that it can be judged.
            var end = text.IndexOf((byte)'\n') + 1;
            Hold(end > 0 ? text[..end] : text);
            if (end == 0) return;
            PassHeld();
            text = text[end..];
        }

        var lines = text.LastIndexOf((byte)'\n') + 1;
        Pass(text[..lines]);
        Hold(text[lines..]);
    }

    /// <summary>The block ended well: its last line is whole, with or without a line feed.</summary>
    internal void PassHeld()
    {
        Pass(_held.AsSpan(0, _count));
        _count = 0;
    }

    /// <summary>The block broke off: a half line is worse than none.</summary>
    internal void DropHeld() => _count = 0;

    void Hold(ReadOnlySpan<byte> text)
    {
        if (text.Length > LineMax - _count) PassHeld();
        if (text.Length > LineMax)
        {
            Pass(text);
            return;
        }

        text.CopyTo(_held.AsSpan(_count));
        _count += text.Length;
    }

    void Pass(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty) return;
        signs.Look(text);
        sink(text);
        Passed += text.Length;
    }
}
