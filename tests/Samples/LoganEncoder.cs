using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace Decryptor.Samples;

/// <summary>
/// Writes Logan files as an app's logger does: lines in pieces of at most 20 KiB with a sync flush after each, a gzip
/// member a block, a block closed once its ciphertext has reached 5 KiB, AES-128-CBC from the same IV for each. Written
/// from the layout alone, apart from the decoder, so that the two can judge each other.
/// </summary>
sealed class LoganEncoder
{
    const int PieceBytes = 20 * 1024;
    const int CloseAt = 5 * 1024;
    const int UnitBytes = 16;
    const int CacheFileBytes = 150 * 1024;
    const byte Unix = 3, Slowest = 2;

    readonly byte[] _key;
    readonly byte[] _iv;
    readonly MemoryStream _packed = new();
    DeflateStream? _deflate;
    uint _crc;
    uint _size;

    internal LoganEncoder(ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv)
    {
        _key = key.ToArray();
        _iv = iv.ToArray();
    }

    /// <summary>What the system byte of the gzip heads says.</summary>
    internal byte System { get; init; } = Unix;

    internal bool IsOpen => _deflate is not null;

    /// <summary>Adds a line, its line feed included; blocks that get full are written.</summary>
    internal void Add(Stream file, ReadOnlySpan<byte> line)
    {
        while (!line.IsEmpty)
        {
            var piece = line[..Math.Min(PieceBytes, line.Length)];
            AddPiece(piece);
            if (_packed.Length >= CloseAt) Close(file);
            line = line[piece.Length..];
        }
    }

    /// <summary>What the app's flush does: closes the open block, or writes one without a byte in it.</summary>
    internal void Flush(Stream file)
    {
        if (IsOpen) Close(file);
        else WriteHead(file, 0);
    }

    /// <summary>What the start after a crash does: writes whole units of the open block, and nothing behind
    /// it.</summary>
    internal void Crash(Stream file)
    {
        if (!IsOpen) return;
        var packed = _packed.ToArray();
        var whole = packed.AsSpan(0, packed.Length / UnitBytes * UnitBytes);
        WriteHead(file, whole.Length);
        file.Write(Seal(whole));
        Forget();
    }

    /// <summary>
    /// The buffer file: a head, the blocks, and what lay there before; <paramref name="stale"/> is put behind them.
    /// </summary>
    internal static byte[] CacheFile(byte[] blocks, byte[] stale)
    {
        var text = Encoding.UTF8.GetBytes("{\"logan_version\":3,\"file\":\"1767225600000\"}\0");
        byte[] head = [0x0D, (byte)text.Length, (byte)(text.Length >> 8), .. text,
            0x0E, (byte)blocks.Length, (byte)(blocks.Length >> 8), (byte)(blocks.Length >> 16)];
        byte[] file = [.. head, .. blocks, .. stale];
        Array.Resize(ref file, Math.Max(CacheFileBytes, file.Length));
        return file;
    }

    /// <summary>A closed block with any inside, padded; its length and tail are right.</summary>
    internal byte[] Block(ReadOnlySpan<byte> inside)
    {
        var pad = UnitBytes - inside.Length % UnitBytes;
        return Bare([.. inside, .. Enumerable.Repeat((byte)pad, pad)]);
    }

    /// <summary>The same without padding: <paramref name="inside"/> is whole units.</summary>
    internal byte[] Bare(ReadOnlySpan<byte> inside)
    {
        var block = new MemoryStream();
        WriteHead(block, inside.Length);
        block.Write(Seal(inside));
        block.WriteByte(0);
        return block.ToArray();
    }

    /// <summary>One whole gzip member, as it is inside a block.</summary>
    internal byte[] Member(ReadOnlySpan<byte> text)
    {
        AddPiece(text);
        return End();
    }

    void AddPiece(ReadOnlySpan<byte> piece)
    {
        if (_deflate is null)
        {
            _packed.Write([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, Slowest, System]);
            _deflate = new(_packed, CompressionLevel.SmallestSize, leaveOpen: true);
        }

        _deflate.Write(piece);
        _deflate.Flush();
        foreach (var b in piece) _crc = Table[(byte)(~_crc ^ b)] ^ (~_crc >> 8) ^ uint.MaxValue;
        _size += (uint)piece.Length;
    }

    void Close(Stream file) => file.Write(Block(End()));

    byte[] End()
    {
        _deflate!.Dispose();
        Span<byte> trailer = stackalloc byte[8];
        BinaryPrimitives.WriteUInt32LittleEndian(trailer, _crc);
        BinaryPrimitives.WriteUInt32LittleEndian(trailer[4..], _size);
        _packed.Write(trailer);
        var member = _packed.ToArray();
        Forget();
        return member;
    }

    void Forget()
    {
        _deflate = null;
        _packed.SetLength(0);
        (_crc, _size) = (0, 0);
    }

    static void WriteHead(Stream file, int length)
    {
        Span<byte> head = stackalloc byte[5];
        head[0] = 1;
        BinaryPrimitives.WriteInt32BigEndian(head[1..], length);
        file.Write(head);
    }

    byte[] Seal(ReadOnlySpan<byte> units)
    {
        using var aes = Aes.Create();
        aes.Key = _key;
        return aes.EncryptCbc(units, _iv, PaddingMode.None);
    }

    static readonly uint[] Table = [.. Enumerable.Range(0, 256).Select(i => Enumerable.Range(0, 8)
        .Aggregate((uint)i, (sum, _) => (sum & 1) == 0 ? sum >> 1 : (sum >> 1) ^ 0xEDB88320))];
}
