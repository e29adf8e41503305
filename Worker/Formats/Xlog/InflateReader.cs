using System.IO.Compression;

namespace Decryptor.Worker.Formats.Xlog;

/// <summary>
/// Inflates raw deflate streams that are never finished: to run out of input is their normal end. An error in the
/// middle is damage, and every byte before it is still given.
/// </summary>
sealed class InflateReader
{
    readonly byte[] _text = new byte[64 * 1024];

    internal Damage? Read(byte[] packed, int count, WholeLines lines)
    {
        var good = 0L;
        try
        {
            using var inflater = Open(packed, count);
            for (int got; (got = inflater.Read(_text)) > 0; good += got) lines.Write(_text.AsSpan(0, got));
            return null;
        }
        catch (InvalidDataException)
        {
            good += Rescue(packed, count, good, lines);
            return Damage.Wrong($"the deflate stream is wrong after {good} bytes of text");
        }
    }

    /// <summary>
    /// Inflates the first of it into <paramref name="text"/> and returns the bytes that came; an error behind them is
    /// not looked at, and one at once gives 0.
    /// </summary>
    internal static int Try(byte[] packed, int count, Span<byte> text)
    {
        const int step = 32;
        var done = 0;
        try
        {
            using var inflater = Open(packed, count);
            while (done < text.Length)
            {
                var got = inflater.Read(text.Slice(done, Math.Min(step, text.Length - done)));
                if (got == 0) break;
                done += got;
            }
        }
        catch (InvalidDataException)
        {
            return done;
        }

        return done;
    }

    // A read that ends in an error does not tell how much it had written before. Asked for single bytes, the inflater
    // gives each that precedes the error; this second pass is paid for by damaged blocks alone.
    int Rescue(byte[] packed, int count, long skip, WholeLines lines)
    {
        var rescued = 0;
        try
        {
            using var inflater = Open(packed, count);
            while (skip > 0) skip -= inflater.Read(_text, 0, (int)Math.Min(skip, _text.Length));
            while (rescued < _text.Length && inflater.Read(_text, rescued, 1) == 1) rescued++;
        }
        catch (InvalidDataException)
        {
            // This is the error that we came for; what precedes it is in hand.
            lines.Write(_text.AsSpan(0, rescued));
            return rescued;
        }

        lines.Write(_text.AsSpan(0, rescued));
        return rescued;
    }

    static DeflateStream Open(byte[] packed, int count) =>
        new(new MemoryStream(packed, 0, count, writable: false), CompressionMode.Decompress);
}
