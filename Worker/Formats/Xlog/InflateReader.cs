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

    readonly byte[] _text = new byte[64 * 1024];
    readonly Inflater _inflater = new();

    /// <summary>Inflates all of it; null when all is well.</summary>
    internal Damage? Read(ReadOnlySpan<byte> packed, WholeLines lines)
    {
        _inflater.Reset();
        var good = 0L;
        while (true)
        {
            var step = _inflater.Step(packed, _text, out var used, out var given);
            lines.Write(_text.AsSpan(0, given));
            good += given;
            packed = packed[used..];
            if (step == Inflated.Wrong) return Damage.Wrong($"the deflate stream is wrong after {good} bytes of text");
            if (step == Inflated.End) return packed.Length < SlackMax ? null : Early(packed.Length);
            if (given < _text.Length) return null;
        }
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

    public void Dispose() => _inflater.Dispose();

    static Damage Early(int left) => Damage.Wrong($"the deflate stream ends {left} bytes before the block does");
}
