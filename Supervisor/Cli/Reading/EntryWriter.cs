using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Decryptor.Supervisor.Cli.Reading;

/// <summary>
/// Writes entries as they are, each with a line feed at its end, or each as a JSON object on a line of its own:
/// <c>type file text offset time level tag pid tid message</c>, what the entry does not say left out. An entry that is
/// too long to be held whole becomes several objects, those after the first with <c>"continued":true</c>.
/// </summary>
sealed class EntryWriter(Stream output, bool asJson)
{
    const int FlushAt = 128 * 1024;

    static readonly JsonWriterOptions _options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    readonly ArrayBufferWriter<byte> _pending = new(2 * FlushAt);

    // The last byte of the entry before: a further piece goes on behind it.
    bool _lineIsOpen;

    public void Write(TextFile file, in Entry entry, bool isContext)
    {
        var isRest = entry.Part.HasFlag(EntryPart.Rest);
        if (asJson) WriteJson(file, entry, isContext, isRest);
        else
        {
            if (_lineIsOpen && !isRest) _pending.Write("\n"u8);
            _pending.Write(entry.Bytes.Span);
            _lineIsOpen = entry.Bytes.Span is not [.., (byte)'\n'];
        }

        if (_pending.WrittenCount >= FlushAt) Flush();
    }

    /// <summary>Hands on what was written so far.</summary>
    public void Flush()
    {
        output.Write(_pending.WrittenSpan);
        _pending.ResetWrittenCount();
        output.Flush();
    }

    /// <summary>Ends the last line and hands on.</summary>
    public void Finish()
    {
        if (_lineIsOpen) _pending.Write("\n"u8);
        _lineIsOpen = false;
        Flush();
    }

    void WriteJson(TextFile file, in Entry entry, bool isContext, bool isRest)
    {
        using (var json = new Utf8JsonWriter(_pending, _options))
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "entry"u8);
            json.WriteString("file"u8, file.Input);
            json.WriteString("text"u8, file.Name);
            json.WriteNumber("offset"u8, entry.Offset);
            if (isContext) json.WriteBoolean("context"u8, true);
            if (isRest) json.WriteBoolean("continued"u8, true);
            else WriteHead(json, entry);
            json.WriteString("message"u8, Message(entry, isRest));
            json.WriteEndObject();
        }

        _pending.Write("\n"u8);
    }

    static void WriteHead(Utf8JsonWriter json, in Entry entry)
    {
        var head = entry.Head;
        if (head.Time.IsKnown) json.WriteString("time"u8, head.Time.ToString());
        if (head.Level != LogLevel.None) json.WriteString("level"u8, LogLevels.Letter(head.Level));
        if (head.TagLength > 0)
            json.WriteString("tag"u8, Encoding.UTF8.GetString(entry.Bytes.Span.Slice(head.TagAt, head.TagLength)));
        if (head.Pid >= 0) json.WriteNumber("pid"u8, head.Pid);
        if (head.Tid >= 0) json.WriteNumber("tid"u8, head.Tid);
    }

    static string Message(in Entry entry, bool isRest)
    {
        var bytes = entry.Bytes.Span;
        if (!isRest && entry.Head.IsLogan && LoganHead.Message(bytes) is { } message) return message;
        var from = isRest ? 0 : Math.Min(entry.Head.MessageAt, bytes.Length);
        return Encoding.UTF8.GetString(entry.Part.HasFlag(EntryPart.Cut) ? bytes[from..] : Trimmed(bytes[from..]));
    }

    static ReadOnlySpan<byte> Trimmed(ReadOnlySpan<byte> message) =>
        message is [.. var line, (byte)'\n'] ? line is [.. var text, (byte)'\r'] ? text : line : message;
}
