using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Decryptor.Worker.Formats.Xlog;

/// <summary>
/// TEA with 16 cycles as xlog uses it: whole groups of 8 bytes, little-endian, each for itself; a tail of less than 8
/// bytes is in clear. The vector ways give the same bytes as the plain one and are only faster.
/// </summary>
sealed class Tea
{
    /// <summary>Bytes of a key.</summary>
    internal const int KeyBytes = 16;

    const uint Delta = 0x9E3779B9;
    const uint LastSum = 0xE3779B90;
    const int Cycles = 16;
    /// <summary>Bytes that are decrypted together.</summary>
    internal const int Group = 8;

    /// <summary>What the widest vectors do at once.</summary>
    const int Widest = 128;

    readonly uint _k0;
    readonly uint _k1;
    readonly uint _k2;
    readonly uint _k3;

    internal Tea(ReadOnlySpan<byte> key)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, KeyBytes);
        _k0 = BinaryPrimitives.ReadUInt32LittleEndian(key);
        _k1 = BinaryPrimitives.ReadUInt32LittleEndian(key[4..]);
        _k2 = BinaryPrimitives.ReadUInt32LittleEndian(key[8..]);
        _k3 = BinaryPrimitives.ReadUInt32LittleEndian(key[12..]);
    }

    /// <summary>Decrypts into <paramref name="clear"/>, which is at least as long; the tail is copied.</summary>
    internal void Decrypt(ReadOnlySpan<byte> cipher, Span<byte> clear)
    {
        var groups = cipher.Length / Group * Group;
        cipher[groups..].CopyTo(clear[groups..]);
        var done = DecryptVectors(cipher[..groups], clear);
        DecryptRest(cipher[done..groups], clear[done..]);
    }

    // What fills no vectors is filled up: in a block of a single line that is most of it, and the plain way takes six
    // times as long for it.
    void DecryptRest(ReadOnlySpan<byte> cipher, Span<byte> clear)
    {
        if (cipher.Length <= Group || cipher.Length > Widest)
        {
            DecryptPlainly(cipher, clear);
            return;
        }

        Span<byte> filled = stackalloc byte[Widest];
        cipher.CopyTo(filled);
        if (DecryptVectors(filled, filled) == 0) DecryptPlainly(cipher, filled);
        filled[..cipher.Length].CopyTo(clear);
    }

    /// <summary>The widest vectors there are, for as many bytes as fill them; returns how many that were.</summary>
    internal int DecryptVectors(ReadOnlySpan<byte> cipher, Span<byte> clear)
    {
        if (!BitConverter.IsLittleEndian) return 0;
        if (!Avx2.IsSupported) return DecryptNarrowVectors(cipher, clear);
        return Decrypt256(MemoryMarshal.Cast<byte, uint>(cipher), MemoryMarshal.Cast<byte, uint>(clear)) * sizeof(uint);
    }

    internal int DecryptNarrowVectors(ReadOnlySpan<byte> cipher, Span<byte> clear)
    {
        if (!BitConverter.IsLittleEndian || !Sse2.IsSupported) return 0;
        return Decrypt128(MemoryMarshal.Cast<byte, uint>(cipher), MemoryMarshal.Cast<byte, uint>(clear)) * sizeof(uint);
    }

    internal void DecryptPlainly(ReadOnlySpan<byte> cipher, Span<byte> clear)
    {
        for (var at = 0; at < cipher.Length; at += Group)
        {
            var v0 = BinaryPrimitives.ReadUInt32LittleEndian(cipher[at..]);
            var v1 = BinaryPrimitives.ReadUInt32LittleEndian(cipher[(at + 4)..]);
            var sum = LastSum;
            for (var cycle = 0; cycle < Cycles; cycle++, sum -= Delta)
            {
                v1 -= ((v0 << 4) + _k2) ^ (v0 + sum) ^ ((v0 >> 5) + _k3);
                v0 -= ((v1 << 4) + _k0) ^ (v1 + sum) ^ ((v1 >> 5) + _k1);
            }

            BinaryPrimitives.WriteUInt32LittleEndian(clear[at..], v0);
            BinaryPrimitives.WriteUInt32LittleEndian(clear[(at + 4)..], v1);
        }
    }

    // Four vectors at once: two independent chains keep the processor's ports busy. The shuffle that parts first and
    // second words stays inside 128-bit lanes, and the unpack that joins them again is its exact inverse.
    int Decrypt256(ReadOnlySpan<uint> from, Span<uint> to)
    {
        var (k0, k1) = (Vector256.Create(_k0), Vector256.Create(_k1));
        var (k2, k3) = (Vector256.Create(_k2), Vector256.Create(_k3));
        var at = 0;
        for (; at + 32 <= from.Length; at += 32)
        {
            var (a0, a1) = Part(Vector256.Create(from[at..]), Vector256.Create(from[(at + 8)..]));
            var (b0, b1) = Part(Vector256.Create(from[(at + 16)..]), Vector256.Create(from[(at + 24)..]));
            var sum = LastSum;
            for (var cycle = 0; cycle < Cycles; cycle++, sum -= Delta)
            {
                var s = Vector256.Create(sum);
                a1 -= ((a0 << 4) + k2) ^ (a0 + s) ^ ((a0 >>> 5) + k3);
                b1 -= ((b0 << 4) + k2) ^ (b0 + s) ^ ((b0 >>> 5) + k3);
                a0 -= ((a1 << 4) + k0) ^ (a1 + s) ^ ((a1 >>> 5) + k1);
                b0 -= ((b1 << 4) + k0) ^ (b1 + s) ^ ((b1 >>> 5) + k1);
            }

            Avx2.UnpackLow(a0, a1).CopyTo(to[at..]);
            Avx2.UnpackHigh(a0, a1).CopyTo(to[(at + 8)..]);
            Avx2.UnpackLow(b0, b1).CopyTo(to[(at + 16)..]);
            Avx2.UnpackHigh(b0, b1).CopyTo(to[(at + 24)..]);
        }

        return at;
    }

    int Decrypt128(ReadOnlySpan<uint> from, Span<uint> to)
    {
        var (k0, k1) = (Vector128.Create(_k0), Vector128.Create(_k1));
        var (k2, k3) = (Vector128.Create(_k2), Vector128.Create(_k3));
        var at = 0;
        for (; at + 16 <= from.Length; at += 16)
        {
            var (a0, a1) = Part(Vector128.Create(from[at..]), Vector128.Create(from[(at + 4)..]));
            var (b0, b1) = Part(Vector128.Create(from[(at + 8)..]), Vector128.Create(from[(at + 12)..]));
            var sum = LastSum;
            for (var cycle = 0; cycle < Cycles; cycle++, sum -= Delta)
            {
                var s = Vector128.Create(sum);
                a1 -= ((a0 << 4) + k2) ^ (a0 + s) ^ ((a0 >>> 5) + k3);
                b1 -= ((b0 << 4) + k2) ^ (b0 + s) ^ ((b0 >>> 5) + k3);
                a0 -= ((a1 << 4) + k0) ^ (a1 + s) ^ ((a1 >>> 5) + k1);
                b0 -= ((b1 << 4) + k0) ^ (b1 + s) ^ ((b1 >>> 5) + k1);
            }

            Sse2.UnpackLow(a0, a1).CopyTo(to[at..]);
            Sse2.UnpackHigh(a0, a1).CopyTo(to[(at + 4)..]);
            Sse2.UnpackLow(b0, b1).CopyTo(to[(at + 8)..]);
            Sse2.UnpackHigh(b0, b1).CopyTo(to[(at + 12)..]);
        }

        return at;
    }

    static (Vector256<uint> First, Vector256<uint> Second) Part(Vector256<uint> x, Vector256<uint> y) =>
        (Avx.Shuffle(x.AsSingle(), y.AsSingle(), 0b10_00_10_00).AsUInt32(),
            Avx.Shuffle(x.AsSingle(), y.AsSingle(), 0b11_01_11_01).AsUInt32());

    static (Vector128<uint> First, Vector128<uint> Second) Part(Vector128<uint> x, Vector128<uint> y) =>
        (Sse.Shuffle(x.AsSingle(), y.AsSingle(), 0b10_00_10_00).AsUInt32(),
            Sse.Shuffle(x.AsSingle(), y.AsSingle(), 0b11_01_11_01).AsUInt32());
}
