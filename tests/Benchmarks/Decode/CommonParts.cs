using System.Security.Cryptography;
using Decryptor.Worker.Formats;

namespace Decryptor.Benchmarks.Decode;

/// <summary>The bare parts that every format has.</summary>
static class CommonParts
{
    const int Step = 256 * 1024;

    /// <summary>The whole file, front to back, into one buffer.</summary>
    public static Part Read(string path)
    {
        var buffer = new byte[Step];
        return new("read", () =>
        {
            using var file = File.OpenHandle(path);
            for (long at = 0; RandomAccess.Read(file, buffer, at) is var count and > 0;) at += count;
        });
    }

    public static Part Hash(byte[] text) => new("SHA-256", () => SHA256.HashData(text));

    /// <summary>The checksum that gzip has, and all that is built on it.</summary>
    public static Part Crc(byte[] text) => new("CRC-32", () => Inflater.Crc(0, text));

    /// <summary>The text into a new file, in steps, and synced.</summary>
    public static Part Write(byte[] text, string folder)
    {
        var path = Path.Combine(folder, "written");
        return new("write and sync", () =>
        {
            using var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write);
            for (var at = 0; at < text.Length; at += Step)
                RandomAccess.Write(file, text.AsSpan(at, Math.Min(Step, text.Length - at)), at);
            RandomAccess.FlushToDisk(file);
        }, () => File.Delete(path));
    }
}
