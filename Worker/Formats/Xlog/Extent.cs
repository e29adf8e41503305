using Decryptor.Protocol;

namespace Decryptor.Worker.Formats.Xlog;

/// <summary>
/// Where a block ends whose frame is not whole: the end of its payload, where to go on, whether a block is due there
/// (<paramref name="Sure"/>), and what is wrong with it: a wound costs no text.
/// </summary>
readonly record struct Extent(int PayloadEnd, int Next, bool Sure, Damage? Damage, Damage? Wound)
{
    /// <summary>All of the payload is there, and the end byte.</summary>
    internal static Extent Claimed(int end) => new(end, end + 1, true, null, null);

    internal static Extent WrongEndByte(int end, byte found) =>
        new(end, end + 1, true, null, Damage.Wrong($"ends in {found:x2} where 00 should be"));

    /// <summary>All of the payload is there, and the file ends.</summary>
    internal static Extent WithoutEndByte(int end) =>
        new(end, end, true, null, new(FailureCode.Truncated, "lacks its end byte"));

    /// <summary>Another block begins at <paramref name="next"/>, whatever this one claims.</summary>
    internal static Extent Before(int next, ReadOnlySpan<byte> rest, BlockHeader header, long claimed)
    {
        var end = next > header.Size && rest[next - 1] == 0 ? next - 1 : next;
        var damage = end == claimed ? null
            : Damage.Wrong($"it claims {header.Length} bytes and the next block begins after {end - header.Size}");
        return new(end, next, true, damage, null);
    }

    /// <summary>
    /// The file ends before the claim does. Where no encoder could claim so much, the length is wrong and the last byte
    /// may be the end byte; else the file is cut, and a sealed payload's last group is of no use when it is not whole.
    /// </summary>
    internal static Extent Cut(ReadOnlySpan<byte> rest, BlockHeader header, long claimed)
    {
        if (header.Length > BlockHeader.LengthReal)
        {
            var wrong = Damage.Wrong(
                $"it claims {header.Length} bytes and the file ends after {rest.Length - header.Size}");
            return new(rest[^1] == 0 ? rest.Length - 1 : rest.Length, rest.Length, true, wrong, null);
        }

        var there = rest.Length - header.Size;
        var end = header.Size + (header.Sealed ? there & ~7 : there);
        var why = $"the file ends {claimed - rest.Length + 1} bytes before the block does";
        return new(end, rest.Length, true, new(FailureCode.Truncated, why), null);
    }

    /// <summary>
    /// Nothing tells where it ends: the payload speaks for itself, and the search goes on behind the header.
    /// </summary>
    internal static Extent Lost(int end, BlockHeader header) =>
        new(end, header.Size, false, Damage.Wrong($"nothing is where its length of {header.Length} says"), null);
}
