using System.Text;
using System.Text.Unicode;
using CsCheck;
using Decryptor.Worker.Formats.Xlog;

namespace Decryptor.Worker.Tests;

/// <summary>What speaks against a block's text.</summary>
sealed class SignsTests
{
    const int CutLine = 12_000;

    static readonly byte[] Good = Encoding.UTF8.GetBytes("[I][同] one\n");

    // Lines short and long, whole or with a byte that is none of UTF-8.
    [Test]
    public void A_line_that_is_not_utf8_is_told_unless_it_is_so_long_that_it_may_be_cut() =>
        Gen.Select(Gen.OneOf(Gen.Int[1, 300], Gen.Int[CutLine - 2, CutLine + 2]), Gen.Int[0, 20_000], Gen.Int[0, 3])
            .Array[1, 12].Sample(
                lines => IsTold([.. lines.SelectMany(line => Line(line.Item1, line.Item2, line.Item3))]), iter: 2000);

    static bool IsTold(byte[] text)
    {
        var signs = new Signs();
        byte[][] blocks = [Good, Good, Good, Good, text];
        for (var i = 0; i < blocks.Length; i++)
        {
            signs.Begin();
            signs.Look(blocks[i]);
            signs.End(i);
        }

        var isBad = Encoding.Latin1.GetString(text).Split('\n')
            .Any(line => line.Length < CutLine && !Utf8.IsValid(Encoding.Latin1.GetBytes(line)));
        var told = signs.Suspects().Any(one => one.Offset == 4 && one.Why.Contains("UTF-8", StringComparison.Ordinal));
        return told == isBad;
    }

    static byte[] Line(int length, int place, int wrong)
    {
        var line = new byte[length + 1];
        line.AsSpan().Fill((byte)'x');
        line[0] = (byte)'[';
        if (wrong == 0) line[place % length] = 0xE5;
        line[^1] = (byte)'\n';
        return line;
    }
}
