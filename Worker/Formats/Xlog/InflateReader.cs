using Decryptor.Worker.Formats.Deflate;

namespace Decryptor.Worker.Formats.Xlog;

/// <summary>
/// Inflates raw deflate streams that are never finished: to run out of input is their normal end. An error in the
/// middle is damage, and every byte before it is still given.
/// </summary>
sealed class InflateReader : IDisposable
{
    // A writer that does finish its streams may fill the last group of 8 bytes up.
    const int SlackMax = 8;
    const int Noise = 32;

    readonly Inflater _inflater = new();
    WholeInflater? _whole;

    /// <summary>Bytes that have to follow a payload in its buffer; they are overwritten.</summary>
    internal const int Padding = WholeInflater.Padding;

    /// <summary>
    /// Inflates the first <paramref name="count"/> bytes of <paramref name="packed"/>; null when all is well.
    /// </summary>
    internal Damage? Read(byte[] packed, int count, WholeLines lines)
    {
        _whole ??= new();
        _whole.Begin(packed, count);
        var (good, end) = (0L, Unpacked.Full);
        while (end == Unpacked.Full)
        {
            end = _whole.Next(out var text);
            lines.Write(text);
            good += text.Length;
        }

        if (end == Unpacked.Wrong) return Damage.Wrong($"the deflate stream is wrong after {good} bytes of text");
        return end == Unpacked.UsedUp || _whole.BytesLeft < SlackMax ? null : Early(_whole.BytesLeft);
    }

    /// <summary>
    /// Inflates the first of it into <paramref name="text"/> and returns the bytes that came. An error behind them is
    /// not looked at, but noise gives some bytes before its error, too: what is so short gives 0.
    /// </summary>
    internal int Try(ReadOnlySpan<byte> packed, Span<byte> text)
    {
        _inflater.Reset();
        var step = _inflater.Step(packed, text, out _, out var given);
        return step == Inflated.Wrong && given < Noise ? 0 : given;
    }

    public void Dispose()
    {
        _inflater.Dispose();
        _whole?.Dispose();
    }

    static Damage Early(int left) => Damage.Wrong($"the deflate stream ends {left} bytes before the block does");
}
