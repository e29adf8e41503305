using CsCheck;
using Decryptor.Protocol;
using Decryptor.Samples;

namespace Decryptor.Worker.Tests;

/// <summary>
/// Whatever lines an app writes, in whatever blocks and by whatever magic: they come back, byte for byte.
/// </summary>
sealed class XlogRoundTripTests
{
    static readonly Gen<byte[]> Line =
        Gen.Char['\x20', '\uD7FF'].Array[0, 200].Select(text => System.Text.Encoding.UTF8.GetBytes([.. text, '\n']));

    [TestCase(Era.Current, Compression.Deflate, true, new byte[] { 0x06, 0x07 })]
    [TestCase(Era.Current, Compression.Deflate, false, new byte[] { 0x08, 0x09 })]
    [TestCase(Era.Current, Compression.Zstd, true, new byte[] { 0x0A, 0x0C })]
    [TestCase(Era.Current, Compression.Zstd, false, new byte[] { 0x0B, 0x0D })]
    [TestCase(Era.Legacy, Compression.Deflate, false, new byte[] { 0x03, 0x04 })]
    [TestCase(Era.Chunked, Compression.Deflate, false, new byte[] { 0x03, 0x05 })]
    public void What_is_written_is_read(Era era, Compression compression, bool isSealed, byte[] magics)
    {
        // A block is a list of lines; one that is a single line may as well be a tip, in a plain block of its own.
        var file = Gen.Select(Line.Array[1, 12], Gen.Bool, (lines, tip) => (lines, tip)).Array[1, 8];
        file.Sample(blocks =>
        {
            var (bytes, text, used) = Write(era, compression, isSealed, blocks);
            var decoded = Decoded.Of(bytes, Made.Ring);
            return decoded.Text.AsSpan().SequenceEqual(text) && decoded.Verdict?.Outcome == Outcome.Complete
                && decoded.Blocks.Ok == used.Count && used.All(magic => magics.Contains(magic));
        }, iter: 60, threads: 1);
    }

    static (byte[] File, byte[] Text, List<byte> Magics) Write(Era era, Compression compression, bool isSealed,
        (byte[][] Lines, bool Tip)[] blocks)
    {
        var encoder = new XlogEncoder(compression, isSealed ? Made.Ours : null, new Random(3)) { Era = era };
        var (file, text, magics) = (new MemoryStream(), new MemoryStream(), new List<byte>());
        foreach (var (lines, tip) in blocks)
        {
            var begin = (int)file.Length;
            if (tip) encoder.WriteTip(file, lines[0]);
            else foreach (var line in lines) encoder.Add(line);
            encoder.Flush(file);
            foreach (var line in tip ? lines[..1] : lines) text.Write(line);
            magics.Add(file.GetBuffer()[begin]);
        }

        return (file.ToArray(), text.ToArray(), magics);
    }
}
