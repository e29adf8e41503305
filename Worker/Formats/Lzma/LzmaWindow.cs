using Decryptor.Protocol;

namespace Decryptor.Worker.Formats.Lzma;

/// <summary>How much of what was decoded has to be kept.</summary>
static class LzmaWindow
{
    const int Least = 4096;

    /// <summary>The bytes of the window that is asked for, or of the whole where that is less.</summary>
    /// <exception cref="Refusal">They are above the limit.</exception>
    internal static int Needed(long window, long size, long limit, string what)
    {
        var needed = Math.Max(Math.Min(window, size), Least);
        return needed <= Math.Min(limit, Array.MaxLength) ? (int)needed : throw new Refusal(FailureCode.LimitMemory,
            $"the {what} asks for a window of {window} bytes; the limit is {limit}",
            "raise limits.windowBytesMax (--limit-memory) if such files are wanted");
    }

    /// <summary>The window that LZMA2 codes in one byte; null where there is no such.</summary>
    internal static long? OfByte(byte code) => code switch
    {
        > 40 => null,
        40 => uint.MaxValue,
        _ => (2L | code & 1) << (code / 2 + 11),
    };
}
