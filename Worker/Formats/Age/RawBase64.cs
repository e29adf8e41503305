using System.Buffers.Text;

namespace Decryptor.Worker.Formats.Age;

/// <summary>
/// Base 64 (RFC 4648) that can be written in one way only: what does not encode to the same letters again is refused,
/// white space and stray bits included.
/// </summary>
static class RawBase64
{
    /// <summary>The bytes of text without padding; null where it is not canonical.</summary>
    internal static byte[]? Decode(ReadOnlySpan<byte> text)
    {
        var padded = new byte[(text.Length + 3) / 4 * 4];
        padded.AsSpan().Fill((byte)'=');
        text.CopyTo(padded);
        var bytes = new byte[padded.Length / 4 * 3];
        return !text.Contains((byte)'=') && TryDecode(padded, bytes, out var count) ? bytes[..count] : null;
    }

    /// <summary>
    /// Decodes text with padding, of at most 64 columns, into <paramref name="bytes"/>; false where it is not
    /// canonical.
    /// </summary>
    internal static bool TryDecodeLine(ReadOnlySpan<byte> text, Span<byte> bytes, out int count)
    {
        // 64 letters that give 48 bytes hold neither padding nor white space, and have no bits to spare.
        const int full = 48;
        var done = Base64.DecodeFromUtf8(text, bytes, out var used, out count);
        if (done == System.Buffers.OperationStatus.Done && used == text.Length && count == full) return true;
        return TryDecode(text, bytes, out count);
    }

    static bool TryDecode(ReadOnlySpan<byte> padded, Span<byte> bytes, out int count)
    {
        var done = Base64.DecodeFromUtf8(padded, bytes, out _, out count);
        if (done != System.Buffers.OperationStatus.Done) return false;
        var again = new byte[padded.Length];
        Base64.EncodeToUtf8(bytes[..count], again, out _, out var written);
        return written == padded.Length && padded.SequenceEqual(again);
    }
}
