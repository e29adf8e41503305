using System.Buffers.Binary;
using System.IO.Compression;

namespace Decryptor.Worker.Tests.Fuzz;

/// <summary>
/// Wounds files where it hurts: at the marks of the formats, in the numbers beside them, across borders of blocks; and
/// wraps what comes out into other formats. The same seed makes the same wounds.
/// </summary>
sealed class Mutator(int seed, IReadOnlyList<byte[]> seeds)
{
    const int LengthMax = 600_000;

    static readonly byte[][] Marks =
    [
        [0x50, 0x4B, 1, 2], [0x50, 0x4B, 3, 4], [0x50, 0x4B, 5, 6], [0x50, 0x4B, 6, 6], [0x50, 0x4B, 7, 8],
        [0x1F, 0x8B, 8], [0x28, 0xB5, 0x2F, 0xFD],
        [0xFD, 0x37, 0x7A, 0x58], [0x04, 0x22, 0x4D, 0x18],
        [0x31, 0x41, 0x59, 0x26, 0x53, 0x59], [9, 20, 5, 0, 0x5D],
        [0x78, 0x9C], [0x01, 0x99, 7, 0], "ustar"u8.ToArray(),
        "-> X25519 "u8.ToArray(), "-> scrypt "u8.ToArray(), "--- "u8.ToArray(), "age-encryption.org/v1\n"u8.ToArray(),
        [0, 0, 0xFF, 0xFF], [1, 0, 0], [7, 1, 0], [0x0C, 1, 0], [6, 0, 0],
    ];

    static readonly long[] Odd =
        [0, 1, 2, 7, 8, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 153_526, 153_527];

    readonly Random _random = new(seed);

    /// <summary>A file with one to six wounds.</summary>
    internal byte[] Next()
    {
        var bytes = (byte[])seeds[_random.Next(seeds.Count)].Clone();
        for (var wounds = _random.Next(1, 7); wounds > 0 && bytes.Length > 0; wounds--) bytes = Wound(bytes);
        for (var wraps = 0; wraps < 2 && _random.Next(5) == 0; wraps++) bytes = Wrap(bytes);
        return bytes;
    }

    byte[] Wound(byte[] bytes)
    {
        var at = Place(bytes);
        var length = Math.Min(_random.Next(1, _random.Next(2, 3000)), bytes.Length - at);
        switch (_random.Next(13))
        {
            case 0: bytes[at] ^= (byte)(1 << _random.Next(8)); return bytes;
            case 1: bytes[at] = (byte)_random.Next(256); return bytes;
            case 2 or 3: return Number(bytes, at);
            case 4: return [.. bytes[..at], .. bytes[(at + length)..]];
            case 5: return bytes[..at];
            case 6: return Noisy(bytes, at, length);
            case 7: return Short([.. bytes[..(at + length)], .. bytes[at..]]);
            case 8: bytes.AsSpan(at, length).Clear(); return bytes;
            case 9: return Splice(bytes, at);
            case 10: return Short([.. bytes[..at], .. Marks[_random.Next(Marks.Length)], .. bytes[at..]]);
            case 11 when _random.Next(4) == 0: return Repeat(bytes, at, length);
            default: return Swap(bytes, at, length);
        }
    }

    // Half of the wounds are near a mark, where a format keeps its lengths and offsets.
    int Place(byte[] bytes)
    {
        var at = _random.Next(bytes.Length);
        if (_random.Next(2) == 0) return at;
        var mark = Marks[_random.Next(Marks.Length)];
        var found = bytes.AsSpan(at).IndexOf(mark);
        if (found < 0) found = bytes.AsSpan().IndexOf(mark) - at;
        return found + at < 0 ? at : Math.Min(at + found + _random.Next(48), bytes.Length - 1);
    }

    byte[] Number(byte[] bytes, int at)
    {
        var number = _random.Next(3) == 0 ? _random.NextInt64() : Odd[_random.Next(Odd.Length)] + _random.Next(-2, 3);
        Span<byte> eight = stackalloc byte[8];
        if (_random.Next(2) == 0) BinaryPrimitives.WriteInt64LittleEndian(eight, number);
        else BinaryPrimitives.WriteInt64BigEndian(eight, number << 32);
        var width = Math.Min(1 << _random.Next(4), bytes.Length - at);
        eight[..width].CopyTo(bytes.AsSpan(at));
        return bytes;
    }

    byte[] Splice(byte[] bytes, int at)
    {
        var other = seeds[_random.Next(seeds.Count)];
        return Short([.. bytes[..at], .. other[_random.Next(other.Length)..]]);
    }

    // The same few bytes again and again: what costs a look each time must not cost a long one.
    byte[] Repeat(byte[] bytes, int at, int length)
    {
        length = Math.Min(length, _random.Next(1, 200));
        var times = _random.Next(LengthMax - bytes.Length < length ? 1 : (LengthMax - bytes.Length) / length);
        var many = new byte[times * length];
        for (var i = 0; i < times; i++) bytes.AsSpan(at, length).CopyTo(many.AsSpan(i * length));
        return [.. bytes[..at], .. many, .. bytes[at..]];
    }

    byte[] Swap(byte[] bytes, int at, int length)
    {
        var to = _random.Next(bytes.Length - length + 1);
        var some = bytes[at..(at + length)];
        bytes.AsSpan(to, length).CopyTo(bytes.AsSpan(at));
        some.CopyTo(bytes.AsSpan(to));
        return bytes;
    }

    byte[] Wrap(byte[] bytes) => _random.Next(4) switch
    {
        0 => Gzipped(bytes),
        1 => Zipped(bytes),
        2 => Seeds.Tarred(bytes),
        // A wound in a seal is told at once: what is behind one is only reached with a seal that is right.
        _ => Seeds.Sealed(bytes, _random),
    };

    static byte[] Gzipped(byte[] bytes)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(bytes);
        return packed.ToArray();
    }

    static byte[] Zipped(byte[] bytes)
    {
        var packed = new MemoryStream();
        using (var zip = new ZipArchive(packed, ZipArchiveMode.Create, leaveOpen: true))
        {
            using (var stream = zip.CreateEntry("a/boot.xlog").Open()) stream.Write(bytes);
            using (var stream = zip.CreateEntry("b.log").Open()) stream.Write("a sibling\n"u8);
        }

        return packed.ToArray();
    }

    byte[] Noisy(byte[] bytes, int at, int length)
    {
        var noise = new byte[length];
        _random.NextBytes(noise);
        return Short([.. bytes[..at], .. noise, .. bytes[at..]]);
    }

    static byte[] Short(byte[] bytes) => bytes.Length <= LengthMax ? bytes : bytes[..LengthMax];
}
