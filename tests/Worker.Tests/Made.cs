using System.Text;
using Decryptor.Samples;

namespace Decryptor.Worker.Tests;

/// <summary>Files made by the project's own encoder, with the text that is in them.</summary>
static class Made
{
    internal static readonly KeyPair Ours = new(new Random(1));

    internal static readonly KeyPair Theirs = new(new Random(2));

    internal static readonly Ring Ring = new([("prod-2026", Ours.PrivateHex)]);

    internal static (byte[] File, byte[] Text) Session(
        Compression compression, KeyPair? receiver, int blocks, int linesInBlock = 40, int seed = 7)
    {
        var random = new Random(seed);
        var encoder = new XlogEncoder(compression, receiver, random);
        var lines = new LogLines(random, new DateTime(2026, 11, 23, 9, 0, 0, DateTimeKind.Unspecified));
        var (file, text) = (new MemoryStream(), new MemoryStream());
        for (var block = 0; block < blocks; block++)
        {
            foreach (var line in lines.Take(linesInBlock))
            {
                encoder.Add(line);
                text.Write(line);
            }

            encoder.Flush(file);
        }

        return (file.ToArray(), text.ToArray());
    }

    internal static byte[] Tip(string text)
    {
        var file = new MemoryStream();
        new XlogEncoder(Compression.Deflate, null, new Random(3)).WriteTip(file, Encoding.UTF8.GetBytes(text));
        return file.ToArray();
    }

    /// <summary>A block with any payload.</summary>
    internal static byte[] Block(byte magic, byte[] payload, byte[]? clientKey = null)
    {
        var header = new byte[magic <= 5 ? 13 : 73];
        header[0] = magic;
        header[1] = 1;
        header[3] = header[4] = 9;
        BitConverter.TryWriteBytes(header.AsSpan(5), payload.Length);
        clientKey?.CopyTo(header, 9);
        return [.. header, .. payload, 0];
    }
}
