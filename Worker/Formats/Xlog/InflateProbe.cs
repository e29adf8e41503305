namespace Decryptor.Worker.Formats.Xlog;

/// <summary>
/// Inflates the beginning of a raw deflate stream, to see whether it brings forth text: a look at bytes that may be
/// anything and lie anywhere.
/// </summary>
sealed class InflateProbe : IDisposable
{
    const int Noise = 32;

    readonly Inflater _inflater = new();

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
}
