using System.Text;
using Decryptor.Samples;

namespace Decryptor.EndToEnd.Tests;

/// <summary>Logs that our own encoder seals, with words in them that must not be found anywhere else.</summary>
static class Sealed
{
    /// <summary>Stands in every line.</summary>
    public const string Word = "Zwiebelkuchen-4711";

    static readonly KeyPair Receiver = new(new Random(41));

    /// <summary>What opens them, as a line of a ring.</summary>
    public static string KeyLine => $"xlog {KeyHex}";

    /// <summary>The private key alone.</summary>
    public static string KeyHex => Receiver.PrivateHex;

    /// <summary>A key that opens none of them, as a line of a ring.</summary>
    public static string OtherKeyLine(int seed) => $"xlog {new KeyPair(new Random(1000 + seed)).PrivateHex}";

    /// <summary>A file of blocks of some lines each.</summary>
    public static byte[] Xlog(int blocks, Compression compression = Compression.Zstd)
    {
        var encoder = new XlogEncoder(compression, Receiver, new Random(7));
        using var file = new MemoryStream();
        for (var block = 0; block < blocks; block++)
        {
            for (var line = 0; line < 40; line++)
                encoder.Add(Encoding.UTF8.GetBytes($"[I][2026-11-23 +8.0 09:12:{line:00}.000][1, 2*][{Word} {line}\n"));
            encoder.Flush(file);
        }

        return file.ToArray();
    }

    /// <summary>Where the block of that number begins, from 0.</summary>
    public static int StartOf(byte[] file, int block)
    {
        var at = 0;
        for (; block > 0; block--) at += 73 + BitConverter.ToInt32(file, at + 5) + 1;
        return at;
    }
}
