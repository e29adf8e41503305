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

    /// <summary>
    /// No NUL, and hardly a control that text does not use. Not tied to UTF-8: the older encodings of East Asia and
    /// Europe pass as well.
    /// </summary>
    internal static bool Looks(ReadOnlySpan<byte> bytes)
    {
        var strange = 0;
        foreach (var b in bytes)
        {
            if (b == 0) return false;
            if (IsStrange(b)) strange++;
        }

        return strange <= bytes.Length / 50;
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

    internal static Verdict Copy(Lookahead input, TextSink sink)
    {
        while (true)
        {
            var some = input.Peek(CopyBytes);
            if (some.IsEmpty) return Verdict.Complete;
            sink(some);
            input.Skip(some.Length);
        }
    }
}
