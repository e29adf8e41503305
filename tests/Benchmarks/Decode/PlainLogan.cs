using System.IO.Compression;
using System.Security.Cryptography;

namespace Decryptor.Benchmarks.Decode;

/// <summary>
/// The decoder that one would write first: the whole file in memory, a call of AES-CBC and a gzip stream a block,
/// copied into the output. It saves nothing that is damaged and hashes nothing, and so does less than a worker.
/// </summary>
sealed class PlainLogan
{
    readonly string _path;
    readonly string _output;
    readonly byte[] _secret;

    public PlainLogan(string path, Bench bench)
    {
        (_path, _secret) = (path, LoganBlocks.Secret(bench));
        _output = Path.Combine(bench.Folder, "plain.log");
        Part = new("plain .NET", Decode, () => File.Delete(_output));
    }

    public Part Part { get; }

    void Decode()
    {
        var file = File.ReadAllBytes(_path);
        using var aes = Aes.Create();
        aes.Key = _secret[..16];
        using var text = File.Create(_output);
        foreach (var block in LoganBlocks.Of(file))
        {
            var clear = aes.DecryptCbc(file.AsSpan(block), _secret.AsSpan(16), PaddingMode.PKCS7);
            using var gzip = new GZipStream(new MemoryStream(clear), CompressionMode.Decompress);
            gzip.CopyTo(text);
        }
    }
}
