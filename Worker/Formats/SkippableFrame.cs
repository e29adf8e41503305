using System.Buffers.Binary;

namespace Decryptor.Worker.Formats;

/// <summary>
/// A frame of user data between those of zstd or of lz4, which share its form: one of sixteen magic numbers, a length,
/// and bytes that no decoder reads (RFC 8878, 3.1.2; LZ4 Frame Format, Skippable Frames).
/// </summary>
static class SkippableFrame
{
    const uint Magic = 0x184D2A50, MagicMask = 0xFFFFFFF0;
    const int Look = 64 * 1024, HeadBytes = 8;

    internal static bool Is(uint magic) => (magic & MagicMask) == Magic;

    /// <summary>Passes over one that begins here, of which <paramref name="first"/> are the first bytes.</summary>
    internal static void Skip(Lookahead outer, ReadOnlySpan<byte> first, string what)
    {
        if (first.Length < HeadBytes) throw outer.BrokenOff(what);
        var left = (long)HeadBytes + BinaryPrimitives.ReadUInt32LittleEndian(first[4..]);
        while (left > 0)
        {
            var some = outer.Peek((int)Math.Min(left, Look)).Length;
            if (some == 0) throw outer.BrokenOff(what);
            outer.Skip(some);
            left -= some;
        }
    }
}
