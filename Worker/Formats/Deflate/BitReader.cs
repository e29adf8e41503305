using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Decryptor.Worker.Formats.Deflate;

/// <summary>
/// The bits of a deflate stream, the lowest of each byte first, up to 64 of them held. Behind the input lie as many
/// bytes of padding as a decoder may read before it looks whether it is past the end.
/// </summary>
[StructLayout(LayoutKind.Auto)]
unsafe struct BitReader(byte* next, byte* end)
{
    /// <summary>Bytes behind the input that may be read, and are never used: see <see cref="Fill"/>.</summary>
    internal const int Padding = 32;

    internal byte* Next = next;
    internal ulong Held;
    internal int Count;

    readonly byte* _end = end;

    /// <summary>Where the input ends.</summary>
    internal readonly byte* End => _end;

    /// <summary>Whether bits were used that are not there.</summary>
    internal readonly bool IsPastEnd => Next - _end > Count >> 3;

    /// <summary>At least 56 bits are held after this, those of the padding included.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Fill()
    {
        // No further than the first 16 bytes of the padding; whoever goes on taking bits there is past the end.
        if (Next > _end + sizeof(ulong)) return;
        Held |= *(ulong*)Next << Count;
        Next += (63 - Count) >> 3;
        Count |= 56;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Drop(int bits)
    {
        Held >>= bits;
        Count -= bits;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal uint Take(int bits)
    {
        var taken = (uint)Held & ((1u << bits) - 1);
        Drop(bits);
        return taken;
    }

    /// <summary>Whole bytes that are not used.</summary>
    internal readonly long BytesLeft => _end - (Next - (Count >> 3));

    /// <summary>Leaves the bits of a byte that was begun: the next byte is at <see cref="Next"/>.</summary>
    internal void ToByte()
    {
        Next -= Count >> 3;
        Held = 0;
        Count = 0;
    }
}
