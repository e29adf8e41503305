using Decryptor.Worker.Formats;
using Decryptor.Worker.Formats.Logan;

namespace Decryptor.Benchmarks.Decode;

/// <summary>
/// The bare parts of decoding a good Logan file: reading, AES-CBC, inflating with the worker's own inflater into one
/// buffer, the checksum of each block, SHA-256 and writing.
/// </summary>
sealed class LoganParts
{
    const int FrontBytes = 10;
    const int TextMax = 2 << 20;

    readonly byte[] _file;
    readonly Range[] _blocks;
    readonly byte[][] _clear;
    readonly LoganKey _key;
    readonly byte[] _scratch = new byte[TextMax];
    readonly Inflater _inflater = new();

    public LoganParts(string path, Bench bench)
    {
        _file = File.ReadAllBytes(path);
        _blocks = [.. LoganBlocks.Of(_file)];
        _key = new("bench", LoganBlocks.Secret(bench));
        _clear = [.. _blocks.Select(Open)];
        var text = new MemoryStream();
        foreach (var clear in _clear) text.Write(_scratch.AsSpan(0, Inflate(clear)));
        var whole = text.ToArray();
        All = [CommonParts.Read(path), new("AES-CBC", OpenAll), new("inflate", InflateAll), CommonParts.Crc(whole),
            CommonParts.Hash(whole), CommonParts.Write(whole, bench.Folder)];
    }

    public IReadOnlyList<Part> All { get; }

    byte[] Open(Range block)
    {
        _key.Open(_file.AsSpan(block), _scratch);
        return _scratch[..block.GetOffsetAndLength(_file.Length).Length];
    }

    void OpenAll()
    {
        foreach (var block in _blocks) _key.Open(_file.AsSpan(block), _scratch);
    }

    void InflateAll()
    {
        foreach (var clear in _clear) _ = Inflate(clear);
    }

    int Inflate(byte[] clear)
    {
        _inflater.Reset();
        _ = _inflater.Step(clear.AsSpan(FrontBytes), _scratch, out _, out var given);
        return given;
    }
}
