using Decryptor.Worker.Formats;
using Decryptor.Worker.Formats.Deflate;
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
    readonly WholeInflater _whole = new();
    readonly Inflater _library = new();

    public LoganParts(string path, Bench bench)
    {
        _file = File.ReadAllBytes(path);
        _blocks = [.. LoganBlocks.Of(_file)];
        _key = new("bench", LoganBlocks.Secret(bench));
        _clear = [.. _blocks.Select(Open)];
        var text = new MemoryStream();
        foreach (var clear in _clear) text.Write(_scratch.AsSpan(0, Step(clear)));
        var whole = text.ToArray();
        All = [CommonParts.Read(path), new("AES-CBC", OpenAll), new("inflating", InflateAll),
            new("inflating by the runtime's zlib", StepAll) { Counts = false }, CommonParts.Crc(whole),
            CommonParts.Hash(whole), CommonParts.Write(whole, bench.Folder)];
    }

    public IReadOnlyList<Part> All { get; }

    byte[] Open(Range block)
    {
        _key.Open(_file.AsSpan(block), _scratch);
        return _scratch[..(block.GetOffsetAndLength(_file.Length).Length + WholeInflater.Padding)];
    }

    void OpenAll()
    {
        foreach (var block in _blocks) _key.Open(_file.AsSpan(block), _scratch);
    }

    void InflateAll()
    {
        foreach (var clear in _clear)
        {
            _whole.Begin(clear, clear.Length - WholeInflater.Padding, FrontBytes);
            while (_whole.Next() == Unpacked.Full) continue;
        }
    }

    void StepAll()
    {
        foreach (var clear in _clear) _ = Step(clear);
    }

    int Step(byte[] clear)
    {
        _library.Reset();
        _ = _library.Step(clear.AsSpan(FrontBytes), _scratch, out _, out var given);
        return given;
    }
}
