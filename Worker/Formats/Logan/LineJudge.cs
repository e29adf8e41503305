using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Decryptor.Worker.Formats.Logan;

/// <summary>
/// Tells lines that an app wrote from what damaged deflate data makes up. A record is one JSON object; of apps
/// with lines of their own it is asked only that they have no bytes that text has not.
/// </summary>
static class LineJudge
{
    /// <summary>Whether a line, without its line feed, can be believed.</summary>
    internal static bool IsSound(ReadOnlySpan<byte> line, bool json) =>
        json || LogText.BeginsRecord(line) ? IsRecord(line) : PlainText.Looks(line);

    /// <summary>
    /// Whether it is UTF-8, or the kind that Java hands out: NUL in two bytes, and pairs of surrogates in three each.
    /// </summary>
    internal static bool IsEncoded(ReadOnlySpan<byte> line)
    {
        while (!Utf8.IsValid(line))
        {
            // What cannot be decoded is looked for from the front; all in front of it is well.
            var good = 0;
            while (Rune.DecodeFromUtf8(line[good..], out _, out var length) == OperationStatus.Done) good += length;
            var odd = line[good..];
            if (odd.StartsWith((ReadOnlySpan<byte>)[0xC0, 0x80])) line = odd[2..];
            else if (odd is [0xED, >= 0xA0 and <= 0xBF, >= 0x80 and <= 0xBF, ..]) line = odd[3..];
            else return false;
        }

        return true;
    }

    // The reader refuses bare control bytes; bytes that are no UTF-8 it lets pass, as apps write them.
    static bool IsRecord(ReadOnlySpan<byte> line)
    {
        if (line.Length < 2 || line[0] != (byte)'{' || !line[^2..].Contains((byte)'}')) return false;
        try
        {
            var reader = new Utf8JsonReader(line);
            while (reader.Read())
                if (reader is { CurrentDepth: 0, TokenType: JsonTokenType.EndObject }) return Ends(ref reader, line);
            return false;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    static bool Ends(ref Utf8JsonReader reader, ReadOnlySpan<byte> line) =>
        !line[(int)reader.BytesConsumed..].ContainsAnyExcept((byte)' ', (byte)'\r');
}
