using System.Buffers;
using System.Text;
using System.Text.Unicode;
using Decryptor.Protocol;
using Decryptor.Worker.Formats.Logan;
using Decryptor.Worker.Formats.Xlog;

namespace Decryptor.Worker.Formats;

/// <summary>
/// What programs on the way make of a file that they take for text. Said only where the bytes prove it.
/// </summary>
static class Disguise
{
    const int Base64Min = 64;
    const int ReplacedMin = 16;
    const int ReplacedOneIn = 8;

    static readonly SearchValues<byte> Base64 = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=\r\n"u8);

    /// <summary>Notes it where a text is base64 of something that is known here.</summary>
    internal static void NoteBase64(ReadOnlySpan<byte> first, Evidence evidence)
    {
        if (first.Length < Base64Min || first.ContainsAnyExcept(Base64)) return;
        var digits = new byte[first.Length];
        var count = 0;
        foreach (var b in first)
            if (b is not ((byte)'\r' or (byte)'\n')) digits[count++] = b;
        var whole = digits.AsSpan(0, count & ~3);
        var bytes = new byte[count];
        if (System.Buffers.Text.Base64.DecodeFromUtf8(whole, bytes, out _, out var length) != OperationStatus.Done)
            return;
        var inside = bytes.AsSpan(0, length);
        if (KnownFormats.Of(inside) is not null || XlogDecoder.Sniff(inside) == 0 || LoganDecoder.Sniff(inside) == 0)
            evidence.Trace(Trace.Base64, 0, first.Length);
    }

    /// <summary>
    /// The marks U+FFFD in a stretch that is no text and yet faultless UTF-8, which no encoder brings about by chance;
    /// 0 where that is not so.
    /// </summary>
    internal static int Replaced(ReadOnlySpan<byte> first)
    {
        // The end of the stretch may cut a character.
        if (first.Length < ReplacedMin || first.IndexOfAnyExceptInRange((byte)0, (byte)0x7F) < 0) return 0;
        var whole = first;
        for (var cut = 0; cut < 3 && (whole[^1] & 0x80) != 0 && !Utf8.IsValid(whole); cut++) whole = whole[..^1];
        if (!Utf8.IsValid(whole)) return 0;
        var count = whole.Count(Encoding.UTF8.GetBytes("\uFFFD"));
        return count >= ReplacedMin && count * ReplacedOneIn >= whole.Length / 3 ? count : 0;
    }
}
