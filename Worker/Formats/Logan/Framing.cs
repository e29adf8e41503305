using System.Buffers.Binary;

namespace Decryptor.Worker.Formats.Logan;

/// <summary>
/// What surrounds a ciphertext (<c>format-logan</c>): mark 01, a big-endian length of 32 bits that counts the
/// ciphertext alone, the ciphertext in whole units of AES, and a tail byte 00 that crash blocks lack. A frame is
/// believed without a key when what follows it agrees.
/// </summary>
static class Framing
{
    internal const byte Mark = 0x01;

    /// <summary>Mark and length.</summary>
    internal const int HeadBytes = 5;

    internal const int UnitBytes = 16;

    /// <summary>The least on which a key can prove a block.</summary>
    internal const int ProofBytes = HeadBytes + UnitBytes;

    /// <summary>The longest ciphertext that is believed.</summary>
    internal const int LengthMax = 1024 * 1024;

    /// <summary>The longest that the real encoder can write: its buffer is 150 KiB.</summary>
    internal const int LengthReal = 160 * 1024;

    /// <summary>What the head claims as length of the ciphertext; it may be anything.</summary>
    internal static int Claim(ReadOnlySpan<byte> block) => BinaryPrimitives.ReadInt32BigEndian(block[1..]);

    internal static bool IsCredible(int length) => length is >= UnitBytes and <= LengthMax && length % UnitBytes == 0;

    /// <summary>Whether all of a block is there, with something behind it that can follow one.</summary>
    internal static bool IsWhole(ReadOnlySpan<byte> rest)
    {
        if (rest.Length < ProofBytes || rest[0] != Mark) return false;
        var claim = Claim(rest);
        var end = HeadBytes + (long)claim;
        if (!IsCredible(claim) || end > rest.Length || !IsBoundary(rest[(int)end..])) return false;

        // A lone mark among zeros would be a frame around nothing; what is deciphered from zeros is no block.
        return !IsZero(rest[HeadBytes..]) && !IsZero(rest[((int)end - UnitBytes)..]);
    }

    /// <summary>Whether a ciphertext can end in front of these bytes; none at all means the end of the file.</summary>
    internal static bool IsBoundary(ReadOnlySpan<byte> after) =>
        after.IsEmpty || MayBegin(after) || (after[0] == 0 && (MayBegin(after[1..]) || IsZero(after)));

    /// <summary>Whether the ciphertext that ends here was closed: a tail, and the next mark or the end.</summary>
    internal static bool HasTail(ReadOnlySpan<byte> after) =>
        !after.IsEmpty && after[0] == 0 && (after.Length == 1 || after[1] == Mark);

    /// <summary>The first whole frame that begins in [from, to); -1 for none.</summary>
    internal static int FindWhole(ReadOnlySpan<byte> rest, int from, int to)
    {
        for (var at = from; at < to; at++)
        {
            var step = rest[at..to].IndexOf(Mark);
            if (step < 0) return -1;
            at += step;
            if (IsWhole(rest[at..])) return at;
        }

        return -1;
    }

    static bool MayBegin(ReadOnlySpan<byte> next)
    {
        if (next.IsEmpty) return true;
        if (next[0] != Mark) return false;
        return next.Length < HeadBytes || Claim(next) is var claim && (claim == 0 || IsCredible(claim));
    }

    // The buffer file is filled with zeros behind its last block.
    static bool IsZero(ReadOnlySpan<byte> bytes) =>
        !bytes[..Math.Min(bytes.Length, UnitBytes)].ContainsAnyExcept((byte)0);
}
