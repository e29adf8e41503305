namespace Decryptor.Worker.Formats.Zip;

/// <summary>
/// A member's bytes under the encryption of the first zip programs (APPNOTE 6.1): three numbers that every byte moves
/// on. It protects nothing today, but logs are sent in it. Twelve bytes come first, of which the last is a check.
/// </summary>
sealed class ZipCrypto : ForwardStream
{
    internal const int HeadBytes = 12;

    static readonly uint[] Table = MakeTable();

    readonly Stream _sealed;
    uint _a = 0x12345678, _b = 0x23456789, _c = 0x34567890;

    ZipCrypto(Stream whole, ReadOnlySpan<byte> password)
    {
        _sealed = whole;
        foreach (var b in password) MoveOn(b);
    }

    /// <summary>The clear bytes; null when the password is another one.</summary>
    /// <param name="bytes">From the member's first byte on.</param>
    /// <param name="check">What the check byte must be.</param>
    /// <param name="password">As it was typed.</param>
    internal static ZipCrypto? Open(Stream bytes, byte check, ReadOnlySpan<byte> password)
    {
        var clear = new ZipCrypto(bytes, password);
        Span<byte> head = stackalloc byte[HeadBytes];
        for (var i = 0; i < HeadBytes; i++)
            if (clear.Read(head.Slice(i, 1)) == 0) throw Faults.Truncated("member", i);
        return head[^1] == check ? clear : null;
    }

    public override int Read(Span<byte> buffer)
    {
        var count = _sealed.Read(buffer);
        foreach (ref var b in buffer[..count])
        {
            var mask = _c | 2;
            b ^= (byte)((ushort)mask * (mask ^ 1) >> 8);
            MoveOn(b);
        }

        return count;
    }

    protected override void Dispose(bool disposing)
    {
        _sealed.Dispose();
        base.Dispose(disposing);
    }

    void MoveOn(byte clear)
    {
        _a = Crc(_a, clear);
        _b = (_b + (byte)_a) * 134775813 + 1;
        _c = Crc(_c, (byte)(_b >> 24));
    }

    static uint Crc(uint before, byte b) => before >> 8 ^ Table[(byte)(before ^ b)];

    static uint[] MakeTable()
    {
        var table = new uint[256];
        for (var i = 0u; i < table.Length; i++)
        {
            var one = i;
            for (var bit = 0; bit < 8; bit++) one = (one & 1) == 0 ? one >> 1 : one >> 1 ^ 0xEDB88320;
            table[i] = one;
        }

        return table;
    }
}
