using System.Text.Json;

namespace Decryptor.Supervisor.Cli.Reading;

/// <summary>
/// Logan's lines: <c>{"c":"message","f":1,"l":1767225600000,"n":"main","i":1,"m":true}</c>, each an entry. A quotation
/// mark inside of a string has a backslash before it, so that the last field of a name is found from behind.
/// </summary>
static class LoganHead
{
    const long LastMillisecond = 253_402_300_799_999;

    public static bool Line(ReadOnlySpan<byte> line, ref EntryHead head)
    {
        if (!line.StartsWith("{\"c\":"u8)) return false;
        head.IsLogan = true;
        if (Number(line, ",\"l\":"u8) is { } time and > 0 and <= LastMillisecond)
            head.Time = new(
                DateTime.UnixEpoch.Ticks + time * TimeSpan.TicksPerMillisecond, 0, TimeZoneWord.Instant);
        if (Number(line, ",\"i\":"u8) is { } thread and >= 0 and <= int.MaxValue) head.Tid = (int)thread;
        return true;
    }

    /// <summary>The text of <c>c</c>; null where the line is not what it seems.</summary>
    public static string? Message(ReadOnlySpan<byte> line)
    {
        try
        {
            var reader = new Utf8JsonReader(line);
            return reader.Read() && reader.Read() && reader.Read() && reader.TokenType == JsonTokenType.String
                ? reader.GetString() : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Cut, or wounded: the line stands for itself then.
            return null;
        }
    }

    static long? Number(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name)
    {
        var at = line.LastIndexOf(name);
        if (at < 0) return null;
        var digits = line[(at + name.Length)..];
        var value = 0L;
        var i = 0;
        for (; i < digits.Length && i < 18 && digits[i] is >= (byte)'0' and <= (byte)'9'; i++)
            value = value * 10 + (digits[i] - '0');
        return i == 0 ? null : value;
    }
}
