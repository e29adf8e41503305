using System.Buffers;
namespace Decryptor.Worker.Formats;

/// <summary>
/// Text that needs no decoding is passed on byte for byte. Whether something is text is judged on its first stretch
/// alone; what follows is passed on whatever it is, so that one odd byte in a large log does not cost the log.
/// </summary>
static class PlainText
{
    /// <summary>The bytes that the judgement is made on.</summary>
    internal const int Stretch = 64 * 1024;

    const int CopyBytes = 64 * 1024;

    static readonly SearchValues<byte> Strange =
        SearchValues.Create([.. Enumerable.Range(0, 256).Select(b => (byte)b).Where(IsStrange)]);

    /// <summary>
    /// No NUL, and hardly a control that text does not use. Not tied to UTF-8: the older encodings of East Asia and
    /// Europe pass as well.
    /// </summary>
    internal static bool Looks(ReadOnlySpan<byte> bytes)
    {
        // Every byte of a text comes by here. The next odd one is looked for in whole vectors: a byte at a time, this
        // took longer than to inflate the text.
        var left = bytes.Length / 50;
        while (bytes.IndexOfAny(Strange) is >= 0 and var at)
        {
            if (bytes[at] == 0 || left-- == 0) return false;
            bytes = bytes[(at + 1)..];
        }

        return true;
    }

    /// <summary>
    /// Text in which zero bytes stand: a crash left its file longer than what was written, or a line holds some.
    /// </summary>
    internal static bool LooksBetweenZeros(ReadOnlySpan<byte> bytes)
    {
        int zeros = 0, strange = 0, plain = 0;
        foreach (var b in bytes)
        {
            if (b == 0) zeros++;
            else if (IsStrange(b)) strange++;
            else if (b < 0x7F) plain++;
        }

        var rest = bytes.Length - zeros;
        return rest >= 16 && strange <= rest / 50 && plain >= rest / 2;
    }

    /// <summary>
    /// UTF-16 of either order, with its mark or, where the text is mostly Latin, by every second byte being zero.
    /// </summary>
    internal static bool LooksWide(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 2) return false;
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || bytes.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
            return !HasWideNul(bytes);
        return IsLatin(bytes, first: 0) || IsLatin(bytes, first: 1);
    }

    static bool HasWideNul(ReadOnlySpan<byte> bytes)
    {
        for (var i = 0; i + 1 < bytes.Length; i += 2)
            if (bytes[i] == 0 && bytes[i + 1] == 0) return true;
        return false;
    }

    // The byte at `first` of each pair is a letter, the other one zero: 19 of 20 pairs at least. What is no such text
    // mostly shows that in its first pairs, so they are not all looked at.
    static bool IsLatin(ReadOnlySpan<byte> bytes, int first)
    {
        var pairs = bytes.Length / 2;
        var others = pairs / 20;
        for (var i = 0; i < pairs; i++)
        {
            var b = bytes[2 * i + first];
            var isLetter = bytes[2 * i + 1 - first] == 0 && b != 0 && !IsStrange(b);
            if (!isLetter && --others < 0) return false;
        }

        return pairs >= 8;
    }

    static bool IsStrange(byte b) =>
        b is < 0x20 or 0x7F && b is not ((byte)'\t' or (byte)'\n' or (byte)'\r' or 0x0C or 0x08 or 0x1B);

    /// <summary>
    /// A stricter look, for text that a guessed key brought forth: most of it is what logs are made of.
    /// </summary>
    internal static bool LooksLikeLog(ReadOnlySpan<byte> bytes)
    {
        var plain = 0;
        foreach (var b in bytes)
            if (b is (>= 0x20 and < 0x7F) or (byte)'\t' or (byte)'\n' or (byte)'\r') plain++;
        return bytes.Length > 0 && Looks(bytes) && plain >= bytes.Length * 0.5;
    }

    /// <summary>
    /// Copies to the end. Where it stops to look like text, <paramref name="doubts"/> are told, once; null for what was
    /// never judged to be text.
    /// </summary>
    internal static Verdict Copy(Lookahead input, TextSink sink, Findings? doubts)
    {
        while (true)
        {
            var some = input.Peek(CopyBytes);
            if (some.IsEmpty) return Verdict.Complete;
            if (doubts is not null && !Looks(some))
            {
                doubts.Warn($"what follows at {input.Position} does not look like text; it is passed on unchanged");
                doubts = null;
            }

            sink(some);
            input.Skip(some.Length);
        }
    }
}
