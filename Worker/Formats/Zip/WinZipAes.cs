using System.Buffers.Binary;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using Decryptor.Protocol;

namespace Decryptor.Worker.Formats.Zip;

/// <summary>
/// What the extra field of a member encrypted by WinZip's AES says (AE-1 and AE-2, winzip.com/aes_info).
/// </summary>
/// <param name="HasCrc">AE-1: the CRC-32 counts as well.</param>
/// <param name="KeyBytes">16, 24 or 32.</param>
/// <param name="Method">How it is compressed.</param>
readonly record struct AesFields(bool HasCrc, int KeyBytes, int Method)
{
    internal const int Method99 = 99;

    /// <summary>Null where they are not there or make no sense.</summary>
    internal static AesFields? Read(ReadOnlySpan<byte> extra)
    {
        var piece = ExtraField.Find(extra, ExtraField.Aes);
        if (piece.Length < 7 || piece[4] is < 1 or > 3) return null;
        var version = BinaryPrimitives.ReadUInt16LittleEndian(piece);
        return new(version == 1, 8 + 8 * piece[4], BinaryPrimitives.ReadUInt16LittleEndian(piece[5..]));
    }
}

/// <summary>
/// A member's bytes under WinZip's AES: salt, two bytes to check the password, AES-CTR counted from 1 in little endian,
/// and ten bytes of HMAC-SHA1 over what is encrypted. The code is verified by the read that gives the end.
/// </summary>
sealed class WinZipAes : ForwardStream
{
    const int CheckBytes = 2, CodeBytes = 10, Rounds = 1000, BlockBytes = 16, CountedBytes = 4096;

    readonly Stream _sealed;
    readonly Aes _aes = Aes.Create();
    readonly ICryptoTransform _count;
    readonly IncrementalHash _code;
    readonly byte[] _counters = new byte[CountedBytes];
    readonly byte[] _mask = new byte[CountedBytes];
    readonly byte[] _claimed = new byte[CodeBytes];
    readonly long _at;
    readonly Seekable _whole;
    long _left;
    long _given;
    long _counter;
    int _masked = CountedBytes;
    bool _isVerified;

    WinZipAes(Seekable whole, long data, long packed, (int Salt, byte[] Keys) derived)
    {
        var head = derived.Salt + CheckBytes;
        _whole = whole;
        _left = packed - head - CodeBytes;
        _at = data + packed - CodeBytes;
        _sealed = whole.Part(data + head, _left);
        var key = derived.Keys.AsSpan(0, 2 * derived.Salt);
        _aes.SetKey(key);
        (_aes.Mode, _aes.Padding) = (CipherMode.ECB, PaddingMode.None);
        _count = _aes.CreateEncryptor();
        _code = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA1, derived.Keys.AsSpan(key.Length, key.Length));
    }

    /// <summary>How many bytes it adds to a member.</summary>
    internal static int Around(int keyBytes) => keyBytes / 2 + CheckBytes + CodeBytes;

    /// <summary>The clear bytes; null when the password is another one.</summary>
    /// <param name="whole">The package.</param>
    /// <param name="data">Where the member's bytes begin; with those around they are all there.</param>
    /// <param name="packed">How many these are.</param>
    /// <param name="keyBytes">16, 24 or 32.</param>
    /// <param name="password">As it was typed.</param>
    internal static WinZipAes? Open(Seekable whole, long data, long packed, int keyBytes, ReadOnlySpan<byte> password)
    {
        Span<byte> head = stackalloc byte[keyBytes / 2 + CheckBytes];
        if (whole.Read(data, head) < head.Length) throw Faults.Truncated("member", head.Length);
        var salt = head[..^CheckBytes];
        var keys = Rfc2898DeriveBytes.Pbkdf2(password, salt, Rounds, HashAlgorithmName.SHA1, 2 * keyBytes + CheckBytes);
        return head[^CheckBytes..].SequenceEqual(keys.AsSpan(2 * keyBytes))
            ? new(whole, data, packed, (salt.Length, keys))
            : null;
    }

    /// <summary>Reads it to its end, only to see whether the code is right.</summary>
    internal bool IsAuthentic(Budget budget)
    {
        var some = new byte[64 * 1024];
        while (ReadSealed(some) is > 0 and var count)
        {
            _code.AppendData(some, 0, count);
            budget.Unpacked(0);
        }

        return _left == 0 && IsCodeRight();
    }

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty || _isVerified) return 0;
        var count = ReadSealed(buffer);
        if (count == 0) return End();
        _code.AppendData(buffer[..count]);
        Unmask(buffer[..count]);
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        _sealed.Dispose();
        _count.Dispose();
        _aes.Dispose();
        _code.Dispose();
        base.Dispose(disposing);
    }

    int ReadSealed(Span<byte> buffer)
    {
        var count = _sealed.Read(buffer[..(int)Math.Min(buffer.Length, _left)]);
        (_left, _given) = (_left - count, _given + count);
        return count;
    }

    int End()
    {
        if (_left > 0) throw Faults.Truncated("member", _given);
        if (!IsCodeRight())
            throw new Refusal(FailureCode.NotAuthentic,
                "its authentication code is wrong: what came out of it was changed after it was packed, or damaged",
                "do not rely on it; ask the sender for another copy");
        _isVerified = true;
        return 0;
    }

    bool IsCodeRight()
    {
        Span<byte> code = stackalloc byte[HMACSHA1.HashSizeInBytes];
        _code.GetCurrentHash(code);
        return _whole.Read(_at, _claimed) == CodeBytes
            && CryptographicOperations.FixedTimeEquals(code[..CodeBytes], _claimed);
    }

    void Unmask(Span<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_masked == CountedBytes) CountOn();
            var count = Math.Min(bytes.Length, CountedBytes - _masked);
            Mix(bytes[..count], _mask.AsSpan(_masked, count));
            _masked += count;
            bytes = bytes[count..];
        }
    }

    // A byte at a time this took four times as long as the code over the same bytes.
    static void Mix(Span<byte> bytes, ReadOnlySpan<byte> mask)
    {
        var at = 0;
        for (; at <= bytes.Length - Vector256<byte>.Count; at += Vector256<byte>.Count)
            (Vector256.Create<byte>(bytes[at..]) ^ Vector256.Create(mask[at..])).CopyTo(bytes[at..]);
        for (; at < bytes.Length; at++) bytes[at] ^= mask[at];
    }

    void CountOn()
    {
        for (var i = 0; i < CountedBytes; i += BlockBytes)
            BinaryPrimitives.WriteInt64LittleEndian(_counters.AsSpan(i), ++_counter);
        _ = _count.TransformBlock(_counters, 0, CountedBytes, _mask, 0);
        _masked = 0;
    }
}
