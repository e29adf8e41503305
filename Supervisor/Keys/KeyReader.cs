using System.Text;

namespace Decryptor.Supervisor.Keys;

/// <summary>
/// Reads the keys of a folder's files, one after the other. What it does not know is named in a warning, by file and
/// line number and never by its text, and skipped.
/// </summary>
sealed class KeyReader
{
    /// <summary>The most keys a ring holds.</summary>
    public const int KeysMax = 4096;

    const int WarningsMax = 200;
    static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);
    readonly List<RingKey> _keys = [];
    readonly List<string> _warnings = [];

    public IReadOnlyList<RingKey> Keys => _keys;

    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>Says why a whole file is skipped.</summary>
    public void Skip(string file, string reason) => Warn($"{file}: {reason}; it is skipped");

    /// <summary>Takes in the keys of one file.</summary>
    public void Read(string file, byte[] contents)
    {
        if (Decode(contents) is not { } text)
        {
            Skip(file, "it is not text");
            return;
        }

        var lines = text.TrimStart('\uFEFF').Split('\n');
        var first = Array.Find(lines, line => !string.IsNullOrWhiteSpace(line))?.Trim() ?? "";
        if (ArmoredKey.KindOf(first) is { Length: > 0 } kind) Add(new ArmoredKey(kind, file, contents));
        else if (ArmoredKey.KindOf(first) is not null) Skip(file, "it holds no private key");
        else ReadLines(file, lines);
    }

    static string? Decode(byte[] contents)
    {
        try
        {
            return Strict.GetString(contents);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    void ReadLines(string file, string[] lines)
    {
        var before = _keys.Count;
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].TrimEnd('\r');
            if (string.IsNullOrWhiteSpace(line) || line.TrimStart().StartsWith('#')) continue;
            var number = _keys.Count - before + 1;
            var name = number == 1 ? file : $"{file}#{number}";
            if (Parse(name, line.TrimStart(), out var reason) is { } key) Add(key);
            else Warn($"{file}, line {i + 1}: {reason}; the line is skipped");
        }
    }

    static RingKey? Parse(string name, string line, out string reason)
    {
        reason = "";
        if (AgeKey.Recognises(line)) return new AgeKey(name, line.Trim());
        var blank = line.IndexOfAny([' ', '\t']);
        var (word, rest) = blank < 0 ? (line, "") : (line[..blank], line[(blank + 1)..]);
        switch (word)
        {
            case XlogKey.Word: return XlogKey.TryRead(name, rest.Trim(), out var xlog, out reason) ? xlog : null;
            case LoganKey.Word: return LoganKey.TryRead(name, rest, out var logan, out reason) ? logan : null;
            case PasswordKey.Word when rest.Length > 0: return new PasswordKey(name, rest);
            case PasswordKey.Word: reason = "no password follows the word"; return null;
            default: reason = "it begins with no word known here"; return null;
        }
    }

    void Add(RingKey key)
    {
        if (_keys.Count >= KeysMax)
            throw new KeyRingException($"the key ring holds more than {KeysMax} keys",
                "move keys that are no longer needed away");
        _keys.Add(key);
    }

    void Warn(string warning)
    {
        if (_warnings.Count < WarningsMax) _warnings.Add(warning);
    }
}
