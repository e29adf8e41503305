using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace Decryptor.Supervisor.Cli;

/// <summary>
/// One line of <c>--json</c>: an object with its <c>type</c> first, in one write, so that lines of several threads and
/// programs stay whole. JSON.md lists the types. Letters of all scripts stay readable; controls and marks of direction
/// are escaped.
/// </summary>
static class JsonLine
{
    static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.Create(Letters()) };

    /// <summary>Prints a line on stdout.</summary>
    public static void Print(string type, Action<Utf8JsonWriter> fields)
    {
        using var stdout = new StandardStream(1);
        Write(stdout, type, fields);
    }

    /// <summary>Writes a line, its line feed included.</summary>
    public static void Write(Stream stream, string type, Action<Utf8JsonWriter> fields)
    {
        var line = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(line, Options))
        {
            json.WriteStartObject();
            json.WriteString("type", type);
            fields(json);
            json.WriteEndObject();
        }

        line.Write("\n"u8);
        stream.Write(line.WrittenSpan);
    }

    /// <summary>A field of texts.</summary>
    public static void WriteTexts(this Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts) json.WriteStringValue(text);
        json.WriteEndArray();
    }

    static TextEncoderSettings Letters()
    {
        var letters = new TextEncoderSettings(UnicodeRanges.All);
        letters.ForbidCharacters('\u061C', '\u200E', '\u200F', '\uFEFF');
        letters.ForbidRange(UnicodeRange.Create('\u202A', '\u202E'));
        letters.ForbidRange(UnicodeRange.Create('\u2066', '\u2069'));
        return letters;
    }
}
