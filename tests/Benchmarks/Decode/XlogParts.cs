using Decryptor.Worker.Formats;
using Decryptor.Worker.Formats.Deflate;
using Decryptor.Worker.Formats.Xlog;
using ZstdSharp.Unsafe;

namespace Decryptor.Benchmarks.Decode;

/// <summary>
/// The bare parts of decoding a sealed xlog: reading, TEA with the worker's own vectors, unpacking with the worker's
/// own code straight into one buffer, SHA-256 and writing.
/// </summary>
sealed unsafe class XlogParts
{
    const byte ZstdMagic = 0x0C;
    const int TextMax = 64 << 20;

    readonly byte[] _file;
    readonly XlogBlock[] _blocks;
    readonly Tea[] _teas;
    readonly byte[][] _clear;
    readonly byte[] _text = new byte[TextMax];
    readonly byte[] _scratch = new byte[1 << 20];
    readonly WholeInflater _whole = new();
    readonly Inflater _library = new();
    readonly ZSTD_DCtx_s* _zstd = Methods.ZSTD_createDCtx();

    public XlogParts(string path, Bench bench)
    {
        _file = File.ReadAllBytes(path);
        _blocks = [.. XlogBlocks.Of(_file, bench)];
        var known = new Dictionary<byte[], Tea>();
        _teas = [.. _blocks.Select(block => known.TryGetValue(block.Key, out var tea)
            ? tea : known[block.Key] = new Tea(block.Key))];
        _clear = [.. _blocks.Select((block, i) => Open(block, _teas[i]))];
        var isZstd = _blocks[0].Magic == ZstdMagic;
        var text = new MemoryStream();
        ForEach((block, clear) => text.Write(_text.AsSpan(0, isZstd ? Decompress(block, clear) : Step(block, clear))));
        var whole = text.ToArray();
        All = [CommonParts.Read(path), new("TEA", OpenAll), .. Unpacking(isZstd), CommonParts.Hash(whole),
            CommonParts.Write(whole, bench.Folder)];
    }

    public IReadOnlyList<Part> All { get; }

    IEnumerable<Part> Unpacking(bool isZstd)
    {
        if (isZstd)
            return [new("decompression by ZstdSharp", () => ForEach((block, clear) => Decompress(block, clear)))];
        return [new("inflating", () => ForEach(Inflate)),
            new("inflating by the runtime's zlib", () => ForEach((block, clear) => Step(block, clear)))
            {
                Counts = false,
            }];
    }

    byte[] Open(XlogBlock block, Tea tea)
    {
        var clear = new byte[block.Length + WholeInflater.Padding];
        tea.Decrypt(_file.AsSpan(block.At, block.Length), clear);
        return clear;
    }

    void OpenAll()
    {
        for (var i = 0; i < _blocks.Length; i++)
            _teas[i].Decrypt(_file.AsSpan(_blocks[i].At, _blocks[i].Length), _scratch);
    }

    void ForEach(Action<XlogBlock, byte[]> act)
    {
        for (var i = 0; i < _blocks.Length; i++) act(_blocks[i], _clear[i]);
    }

    void Inflate(XlogBlock block, byte[] clear)
    {
        _whole.Begin(clear, block.Length);
        while (_whole.Next() == Unpacked.Full) continue;
    }

    int Step(XlogBlock block, byte[] clear)
    {
        _library.Reset();
        _ = _library.Step(clear.AsSpan(0, block.Length), _text, out _, out var given);
        return given;
    }

    int Decompress(XlogBlock block, byte[] clear)
    {
        _ = Methods.ZSTD_DCtx_reset(_zstd, ZSTD_ResetDirective.ZSTD_reset_session_only);
        fixed (byte* source = clear, target = _text)
        {
            var input = new ZSTD_inBuffer_s { src = source, size = (nuint)block.Length };
            var output = new ZSTD_outBuffer_s { dst = target, size = TextMax };
            while (input.pos < input.size)
                if (Methods.ZSTD_isError(Methods.ZSTD_decompressStream(_zstd, &output, &input)))
                    throw new InvalidDataException("a frame of the file is damaged");
            return (int)output.pos;
        }
    }
}
