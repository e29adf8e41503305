using System.Text.Json;

namespace Decryptor.Worker.Formats.Logan;

/// <summary>
/// Tells lines that an app wrote from what damaged deflate data makes up. A record is one JSON object; apps with lines
/// of their own are judged by whether it looks like a log.
/// </summary>
static class LineJudge
{
    /// <summary>Whether a line, without its line feed, can be believed.</summary>
    internal static bool IsSound(ReadOnlySpan<byte> line, bool json) =>
        json || LogText.BeginsRecord(line) ? IsRecord(line) : line.IsEmpty || PlainText.LooksLikeLog(line);

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
