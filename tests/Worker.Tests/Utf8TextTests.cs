using System.Text;
using System.Text.Unicode;
using CsCheck;
using Decryptor.Worker.Formats;

namespace Decryptor.Worker.Tests;

/// <summary>The vectors beside the library's plain way.</summary>
sealed class Utf8TextTests
{
    // What every border of the encoding is made of.
    static readonly byte[] Borders =
        [0, (byte)'a', 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE,
            0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF];

    static readonly string[] Characters =
        ["a", "\u007F", "\u0080", "ß", "\u07FF", "\u0800", "同", "\uD7FF", "\uE000", "\uFFFF",
            "\U00010000", "😀", "\U0010FFFF"];

    [Test]
    public void Each_three_bytes_in_each_place_are_judged_as_the_library_does()
    {
        var text = new byte[600];
        foreach (var place in (int[])[0, 1, 62, 63, 64, 127, 128, 597])
        {
            text.AsSpan().Fill((byte)'x');
            var other = Triples().FirstOrDefault(triple =>
            {
                triple.CopyTo(text, place);
                return Utf8Text.IsValid(text) != Utf8.IsValid(text);
            });
            Assert.That(other, Is.Null, $"at {place}");
        }
    }

    [Test]
    public void Text_with_a_changed_byte_is_judged_as_the_library_does() =>
        Gen.Select(Gen.Int[0, Characters.Length - 1].Array[0, 400], Gen.Int[0, 2000], Gen.Int[0, Borders.Length - 1],
            Gen.Bool).Sample(
            (characters, place, value, change) =>
            {
                var text = Encoding.UTF8.GetBytes(string.Concat(characters.Select(one => Characters[one])));
                if (change && text.Length > 0) text[place % text.Length] = Borders[value];
                var cut = text.AsSpan(0, Math.Max(0, text.Length - place % 4));
                return Utf8Text.IsValid(text) == Utf8.IsValid(text) && Utf8Text.IsValid(cut) == Utf8.IsValid(cut);
            }, iter: 3000);

    [Test]
    public void The_first_wrong_byte_is_where_it_is_said_to_be() =>
        Gen.Select(Gen.Int[1, 2000], Gen.Int[0, 1999]).Sample((length, place) =>
        {
            var text = Enumerable.Repeat((byte)'x', length).ToArray();
            place %= length;
            text.AsSpan(place).Fill(0xFF);
            var (at, count) = Utf8Text.FirstWrong(text)!.Value.GetOffsetAndLength(length);
            return at <= place && place < at + count;
        });

    static IEnumerable<byte[]> Triples() =>
        Borders.SelectMany(one => Borders.SelectMany(two => Borders.Select(three => new[] { one, two, three })));
}
