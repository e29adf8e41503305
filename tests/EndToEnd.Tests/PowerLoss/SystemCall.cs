using System.Globalization;
using System.Text;

namespace Decryptor.EndToEnd.Tests.PowerLoss;

/// <summary>
/// One system call as <c>strace -y -xx</c> has written it: every string and every path in hexadecimal.
/// </summary>
/// <param name="Name">Its name.</param>
/// <param name="Arguments">As they were written, without the commas between them.</param>
/// <param name="Result">What it returned; negative for an error.</param>
sealed record SystemCall(string Name, IReadOnlyList<string> Arguments, long Result)
{
    /// <summary>Reads <c>name(arguments) = result</c>; null for a call that never returned.</summary>
    public static SystemCall? Parse(string line)
    {
        var open = line.IndexOf('(', StringComparison.Ordinal);
        var end = line.LastIndexOf(") ", StringComparison.Ordinal);
        var equals = line.LastIndexOf("= ", StringComparison.Ordinal);
        if (open < 0 || end < open || equals < end) return null;
        var result = line[(equals + 2)..].Split(' ', '<')[0];
        return new(line[..open], Split(line[(open + 1)..end]), Number(result));
    }

    /// <summary>The path behind a descriptor argument such as <c>7&lt;\x2f…&gt;</c>.</summary>
    public string PathOf(int argument)
    {
        var text = Arguments[argument];
        var from = text.IndexOf('<', StringComparison.Ordinal);
        return from < 0 ? "" : Text(text[(from + 1)..text.LastIndexOf('>')]);
    }

    /// <summary>The path that a name argument and the directory argument before it make together.</summary>
    public string PathAt(int folder, int name)
    {
        var path = Encoding.UTF8.GetString(Bytes(name));
        return path.StartsWith('/') ? path : $"{PathOf(folder)}/{path}";
    }

    public string Path(int argument) => Encoding.UTF8.GetString(Bytes(argument));

    public long Long(int argument) => Number(Arguments[argument]);

    public bool Has(int argument, string flag) => Arguments[argument].Split('|').Contains(flag);

    /// <summary>The bytes of a string argument, all of them.</summary>
    public byte[] Bytes(int argument)
    {
        var text = Arguments[argument];
        if (!text.EndsWith('"')) throw new FormatException($"{Name} was not traced whole: {text[^20..]}");
        return Unhex(text.AsSpan(1, text.Length - 2));
    }

    static string Text(string hex) =>
        hex.StartsWith("\\x", StringComparison.Ordinal) ? Encoding.UTF8.GetString(Unhex(hex)) : hex;

    static byte[] Unhex(ReadOnlySpan<char> text)
    {
        const int charactersAByte = 4;
        var bytes = new byte[text.Length / charactersAByte];
        for (var i = 0; i < bytes.Length; i++)
        {
            var at = text.Slice(i * charactersAByte, charactersAByte);
            bytes[i] = byte.Parse(at[2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        }

        return bytes;
    }

    static long Number(string text) =>
        text.StartsWith("0x", StringComparison.Ordinal)
            ? long.Parse(text.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture)
            : long.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : -1;

    // Strings hold no comma, since all of them is hexadecimal; lists and structures do.
    static List<string> Split(string text)
    {
        var (parts, depth, from) = (new List<string>(), 0, 0);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is '[' or '{') depth++;
            if (text[i] is ']' or '}') depth--;
            if (text[i] != ',' || depth > 0) continue;
            parts.Add(text[from..i].Trim());
            from = i + 1;
        }

        parts.Add(text[from..].Trim());
        return parts;
    }
}
