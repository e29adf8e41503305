using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;

namespace Decryptor.Worker.Formats.Age;

/// <summary>
/// scrypt (RFC 7914) as age uses it: r = 8, p = 1, N = 2^<paramref name="log"/>, so 1 KiB × N of memory, which is taken
/// once, serves all tries, and is given back at the end. Salsa20/8 is worked in rows of four words that lie on the
/// diagonals of its square, so that all four columns go at once; words are put into that order before and back after.
/// </summary>
sealed unsafe class Scrypt(int log) : IDisposable
{
    /// <summary>The most that can be asked for: 1 TiB of memory.</summary>
    internal const int LogMax = 30;

    const int KeyBytes = 32, BlockBytes = 1024, BlockRows = BlockBytes / 16, Rows = 4, Words = 16;

    static ReadOnlySpan<byte> Diagonals => [0, 5, 10, 15, 4, 9, 14, 3, 8, 13, 2, 7, 12, 1, 6, 11];

    Vector128<uint>* _blocks = Allocate(log);

    /// <summary>The key that a password and a salt make.</summary>
    internal byte[] Derive(ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt)
    {
        ObjectDisposedException.ThrowIf(_blocks is null, this);
        Span<byte> block = stackalloc byte[BlockBytes];
        Rfc2898DeriveBytes.Pbkdf2(password, salt, block, 1, HashAlgorithmName.SHA256);
        Mix(MemoryMarshal.Cast<byte, uint>(block));
        return Rfc2898DeriveBytes.Pbkdf2(password, block, 1, HashAlgorithmName.SHA256, KeyBytes);
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(_blocks);
        _blocks = null;
    }

    // One block more than N, for the mixing writes each result behind what it was made of.
    static Vector128<uint>* Allocate(int log)
    {
        try
        {
            return (Vector128<uint>*)NativeMemory.AlignedAlloc((((nuint)1 << log) + 1) * BlockBytes, 64);
        }
        catch (OutOfMemoryException)
        {
            throw AgeFaults.NoMemory(log);
        }
    }

    void Mix(Span<uint> words)
    {
        var count = 1L << log;
        Order(words, (uint*)_blocks, forth: true);
        for (var i = 0L; i < count; i++) MixBlock(_blocks + i * BlockRows, null, _blocks + (i + 1) * BlockRows);
        var from = stackalloc Vector128<uint>[2 * BlockRows];
        var to = from + BlockRows;
        new ReadOnlySpan<Vector128<uint>>(_blocks + count * BlockRows, BlockRows).CopyTo(new(from, BlockRows));
        for (var i = 0L; i < count; i++)
        {
            // The block's last 64 bytes choose, by their first word, which keeps its place in any order.
            var chosen = from[BlockRows - Rows][0] & (uint)(count - 1);
            MixBlock(from, _blocks + chosen * BlockRows, to);
            var next = from;
            from = to;
            to = next;
        }

        Order(words, (uint*)from, forth: false);
    }

    static void Order(Span<uint> words, uint* ordered, bool forth)
    {
        for (var i = 0; i < words.Length; i++)
        {
            var place = i / Words * Words + Diagonals[i % Words];
            if (forth) ordered[i] = words[place];
            else words[place] = ordered[i];
        }
    }

    // BlockMix of from, or of from xor with: sixteen times Salsa20/8, the even results first.
    static void MixBlock(Vector128<uint>* from, Vector128<uint>* with, Vector128<uint>* to)
    {
        var (a, b, c, d) = (from[60], from[61], from[62], from[63]);
        if (with is not null) (a, b, c, d) = (a ^ with[60], b ^ with[61], c ^ with[62], d ^ with[63]);
        for (var i = 0; i < BlockRows; i += Rows)
        {
            (a, b, c, d) = (a ^ from[i], b ^ from[i + 1], c ^ from[i + 2], d ^ from[i + 3]);
            if (with is not null) (a, b, c, d) = (a ^ with[i], b ^ with[i + 1], c ^ with[i + 2], d ^ with[i + 3]);
            Salsa(ref a, ref b, ref c, ref d);
            var place = to + i / (2 * Rows) * Rows + i / Rows % 2 * (BlockRows / 2);
            (place[0], place[1], place[2], place[3]) = (a, b, c, d);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Salsa(ref Vector128<uint> a, ref Vector128<uint> b, ref Vector128<uint> c, ref Vector128<uint> d)
    {
        var (w, x, y, z) = (a, b, c, d);
        for (var round = 0; round < 8; round += 2)
        {
            Quarter(ref w, ref x, ref y, ref z);
            (x, y, z) = (Turn3(x), Turn2(y), Turn1(z));
            Quarter(ref w, ref z, ref y, ref x);
            (x, y, z) = (Turn1(x), Turn2(y), Turn3(z));
        }

        (a, b, c, d) = (a + w, b + x, c + y, d + z);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Quarter(ref Vector128<uint> a, ref Vector128<uint> b, ref Vector128<uint> c, ref Vector128<uint> d)
    {
        b ^= RotateLeft(a + d, 7);
        c ^= RotateLeft(b + a, 9);
        d ^= RotateLeft(c + b, 13);
        a ^= RotateLeft(d + c, 18);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<uint> RotateLeft(Vector128<uint> row, int bits) => (row << bits) | (row >>> (32 - bits));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<uint> Turn1(Vector128<uint> row) => Vector128.Shuffle(row, Vector128.Create(1u, 2, 3, 0));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<uint> Turn2(Vector128<uint> row) => Vector128.Shuffle(row, Vector128.Create(2u, 3, 0, 1));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<uint> Turn3(Vector128<uint> row) => Vector128.Shuffle(row, Vector128.Create(3u, 0, 1, 2));
}
