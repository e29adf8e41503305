using System.Text.Unicode;

namespace Decryptor.Worker.Formats.Xlog;

/// <summary>Whether the first bytes that a guessed key or a guessed header brought forth are text.</summary>
static class Stretch
{
    const int LongestCharacter = 4;

    /// <summary>
    /// Most of it is what logs are made of, or all of it is UTF-8; its last character may be cut. Noise is neither.
    /// </summary>
    internal static bool IsText(ReadOnlySpan<byte> bytes)
    {
        if (PlainText.LooksLikeLog(bytes)) return true;
        if (bytes.IsEmpty || !PlainText.Looks(bytes)) return false;
        for (var cut = 0; cut < LongestCharacter && cut < bytes.Length; cut++)
            if (Utf8.IsValid(bytes[..^cut])) return true;
        return false;
    }
}
