using System.Buffers.Binary;
using System.Numerics;

namespace Decryptor.Worker.Formats.Lz4;

/// <summary>xxHash in its 32-bit form with the seed 0, as lz4 uses it; bytes may come in any pieces.</summary>
sealed class XxHash32
{
    const uint P1 = 2654435761, P2 = 2246822519, P3 = 3266489917, P4 = 668265263, P5 = 374761393;
    const int Stripe = 16;

    readonly byte[] _rest = new byte[Stripe];
    uint _a = unchecked(P1 + P2), _b = P2, _c, _d = unchecked(0 - P1);
    int _kept;
    ulong _length;

    /// <summary>The hash of bytes that are all there.</summary>
    internal static uint Of(ReadOnlySpan<byte> bytes)
    {
        var hash = new XxHash32();
        hash.Add(bytes);
        return hash.Value;
    }

    internal void Add(ReadOnlySpan<byte> bytes)
    {
        _length += (ulong)bytes.Length;
        if (_kept > 0)
        {
            var count = Math.Min(Stripe - _kept, bytes.Length);
            bytes[..count].CopyTo(_rest.AsSpan(_kept));
            _kept += count;
            bytes = bytes[count..];
            if (_kept < Stripe) return;
            Mix(_rest);
        }

        for (; bytes.Length >= Stripe; bytes = bytes[Stripe..]) Mix(bytes);
        bytes.CopyTo(_rest);
        _kept = bytes.Length;
    }

    /// <summary>The hash of all that was added.</summary>
    internal uint Value
    {
        get
        {
            var hash = _length < Stripe ? P5 : BitOperations.RotateLeft(_a, 1) + BitOperations.RotateLeft(_b, 7)
                + BitOperations.RotateLeft(_c, 12) + BitOperations.RotateLeft(_d, 18);
            hash += (uint)_length;
            ReadOnlySpan<byte> rest = _rest.AsSpan(0, _kept);
            for (; rest.Length >= 4; rest = rest[4..])
                hash = BitOperations.RotateLeft(hash + BinaryPrimitives.ReadUInt32LittleEndian(rest) * P3, 17) * P4;
            foreach (var b in rest) hash = BitOperations.RotateLeft(hash + b * P5, 11) * P1;
            hash = (hash ^ hash >> 15) * P2;
            hash = (hash ^ hash >> 13) * P3;
            return hash ^ hash >> 16;
        }
    }

    void Mix(ReadOnlySpan<byte> stripe)
    {
        _a = Round(_a, stripe);
        _b = Round(_b, stripe[4..]);
        _c = Round(_c, stripe[8..]);
        _d = Round(_d, stripe[12..]);
    }

    static uint Round(uint lane, ReadOnlySpan<byte> four) =>
        BitOperations.RotateLeft(lane + BinaryPrimitives.ReadUInt32LittleEndian(four) * P2, 13) * P1;
}
