namespace Decryptor.Worker.Formats.Logan;

/// <summary>
/// Where the ciphertext of a proven block ends: at its claim, unless another block begins before that, or the file
/// ends. <paramref name="Length"/> is in whole units. <paramref name="IsClaimed"/>: the claim is credible and all of it
/// is there. <paramref name="IsCut"/>: credible, and the file ends before it.
/// </summary>
readonly record struct Extent(int Length, bool IsClaimed, bool IsCut)
{
    /// <param name="rest">The file from the block on, as far as one can look.</param>
    /// <param name="next">Where the next proven block begins; -1 for nowhere in sight.</param>
    internal static Extent Of(ReadOnlySpan<byte> rest, int next)
    {
        var claim = Framing.Claim(rest);
        var end = Framing.HeadBytes + (long)claim;
        var isCredible = Framing.IsCredible(claim);
        if (isCredible && end <= rest.Length && (next < 0 || next >= end)) return new(claim, true, false);
        var there = next >= 0 ? next : Math.Min(rest.Length, Framing.HeadBytes + Framing.LengthMax);
        var units = (there - Framing.HeadBytes) / Framing.UnitBytes * Framing.UnitBytes;
        return new(units, false, isCredible && next < 0);
    }
}
