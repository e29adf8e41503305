using System.Buffers.Binary;
using System.IO.Compression;
using ZstdSharp;

namespace Decryptor.Samples;

/// <summary>How a session packs its blocks.</summary>
enum Compression
{
    Deflate,
    Zstd,
}

/// <summary>The layouts that the format has had.</summary>
enum Era
{
    /// <summary>Headers of 73 bytes.</summary>
    Current,

    /// <summary>Headers of 13 bytes, no seal, and one deflate stream a block.</summary>
    Legacy,

    /// <summary>The same with the stream cut into chunks, one a line, each with its length in front.</summary>
    Chunked,
}

/// <summary>
/// Writes xlog as an app's logger does: a client key for the session, a fresh unfinished stream for each block with a
/// flush after every line, TEA over whole groups of 8 bytes, and plain blocks for single tips. Written from the layout
/// alone, apart from the decoder, so that the two can judge each other.
/// </summary>
sealed class XlogEncoder
{
    const int BufferFileBytes = 150 * 1024;
    const int HeaderBytes = 73;
    const int LegacyHeaderBytes = 13;

    readonly Compression _compression;
    readonly byte[] _clientKey;
    readonly uint[]? _tea;
    readonly MemoryStream _packed = new();
    readonly List<int> _chunkEnds = [];
    readonly Compressor _zstd = new(6);
    DeflateStream? _deflate;
    ushort _sequence;
    bool _open;

    /// <summary>A session sealed for <paramref name="receiver"/>, or in clear when there is none.</summary>
    internal XlogEncoder(Compression compression, KeyPair? receiver, Random random)
    {
        _compression = compression;
        var client = new KeyPair(random);
        _clientKey = receiver is null ? new byte[64] : client.Public;
        if (receiver is null) return;
        var key = client.AgreeWith(receiver);
        _tea = [.. Enumerable.Range(0, 4).Select(i => BinaryPrimitives.ReadUInt32LittleEndian(key.AsSpan(4 * i)))];
    }

    /// <summary>The local hour that the headers show.</summary>
    internal byte Hour { get; set; } = 9;

    /// <summary>The layout; only <see cref="Era.Current"/> knows seals and zstd.</summary>
    internal Era Era { get; init; } = Era.Current;

    /// <summary>Bytes in the block that is open.</summary>
    internal int Pending => (int)_packed.Length;

    byte AsyncMagic => (_compression, _tea) switch
    {
        _ when Era == Era.Legacy => 0x04,
        _ when Era == Era.Chunked => 0x05,
        (Compression.Deflate, not null) => 0x07,
        (Compression.Deflate, null) => 0x09,
        (_, not null) => 0x0C,
        _ => 0x0D,
    };

    byte SyncMagic => (_compression, _tea) switch
    {
        _ when Era != Era.Current => 0x03,
        (Compression.Deflate, not null) => 0x06,
        (Compression.Deflate, null) => 0x08,
        (_, not null) => 0x0A,
        _ => 0x0B,
    };

    /// <summary>Adds a line, its line feed included, to the open block.</summary>
    internal void Add(ReadOnlySpan<byte> line)
    {
        if (!_open) Open();
        if (_compression == Compression.Deflate)
        {
            _deflate!.Write(line);
            _deflate.Flush();
            _chunkEnds.Add(Pending);
            return;
        }

        Span<byte> target = new byte[line.Length + 1024];
        _zstd.WrapStream(line, target, out _, out var written, isFinalBlock: false);
        _packed.Write(target[..written]);
        _zstd.FlushStream(target, out written, isFinalBlock: false);
        _packed.Write(target[..written]);
    }

    /// <summary>Ends the open block and writes it.</summary>
    internal void Flush(Stream file)
    {
        if (!_open) return;
        WriteBlock(file, AsyncMagic, _sequence, Era == Era.Chunked ? Chunks() : Seal(_packed.ToArray()));
        Close();
    }

    /// <summary>A block of its own for one text, in clear whatever the session is.</summary>
    internal void WriteTip(Stream file, ReadOnlySpan<byte> text) => WriteBlock(file, SyncMagic, 0, text);

    /// <summary>The buffer file as it is found after a crash: the open block, and zeros behind it.</summary>
    internal byte[] BufferFile()
    {
        var file = new MemoryStream();
        if (_open) WriteBlock(file, AsyncMagic, _sequence, Seal(_packed.ToArray()));
        file.SetLength(BufferFileBytes);
        return file.ToArray();
    }

    void Open()
    {
        _open = true;
        _sequence = _sequence == ushort.MaxValue ? (ushort)1 : (ushort)(_sequence + 1);
        if (_compression == Compression.Deflate)
            _deflate = new(_packed, CompressionLevel.SmallestSize, leaveOpen: true);
        else _zstd.ResetStream();
    }

    void Close()
    {
        _open = false;
        _deflate?.Dispose();
        _packed.SetLength(0);
        _chunkEnds.Clear();
    }

    byte[] Chunks()
    {
        var (stream, payload) = (_packed.ToArray(), new MemoryStream());
        var begin = 0;
        foreach (var end in _chunkEnds)
        {
            payload.Write(BitConverter.GetBytes((ushort)(end - begin)));
            payload.Write(stream.AsSpan(begin, end - begin));
            begin = end;
        }

        return payload.ToArray();
    }

    void WriteBlock(Stream file, byte magic, ushort sequence, ReadOnlySpan<byte> payload)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        header.Clear();
        header[0] = magic;
        BinaryPrimitives.WriteUInt16LittleEndian(header[1..], sequence);
        header[3] = header[4] = Hour;
        BinaryPrimitives.WriteInt32LittleEndian(header[5..], payload.Length);
        _clientKey.CopyTo(header[9..]);
        file.Write(Era == Era.Current ? header : header[..LegacyHeaderBytes]);
        file.Write(payload);
        file.WriteByte(0);
    }

    byte[] Seal(byte[] payload)
    {
        if (_tea is null) return payload;
        for (var at = 0; at + 8 <= payload.Length; at += 8) SealGroup(payload.AsSpan(at, 8));
        return payload;
    }

    void SealGroup(Span<byte> group)
    {
        var first = BinaryPrimitives.ReadUInt32LittleEndian(group);
        var second = BinaryPrimitives.ReadUInt32LittleEndian(group[4..]);
        var sum = 0u;
        for (var cycle = 0; cycle < 16; cycle++)
        {
            sum += 0x9E3779B9;
            first += ((second << 4) + _tea![0]) ^ (second + sum) ^ ((second >> 5) + _tea[1]);
            second += ((first << 4) + _tea[2]) ^ (first + sum) ^ ((first >> 5) + _tea[3]);
        }

        BinaryPrimitives.WriteUInt32LittleEndian(group, first);
        BinaryPrimitives.WriteUInt32LittleEndian(group[4..], second);
    }
}
