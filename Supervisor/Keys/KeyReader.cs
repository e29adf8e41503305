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

    // Each costs a key derivation of the file's own choice, for every protected file.
    const int PasswordsTried = 64;

    const int WarningsMax = 200;
    static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);
    readonly List<RingKey> _keys = [];
    readonly List<string> _warnings = [];
    readonly List<(string File, string Text)> _protected = [];

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
        if (ArmoredKey.KindOf(first) is { Length: > 0 } kind) ReadArmored(kind, file, text);
        else if (ArmoredKey.KindOf(first) is not null) Skip(file, "it holds no private key");
        else ReadLines(file, lines);
    }

    /// <summary>Opens the protected files with the passwords, once all of both are known.</summary>
    public void Unlock()
    {
        var passwords = _keys.OfType<PasswordKey>().Take(PasswordsTried).Select(key => key.Password).ToList();
        foreach (var (file, text) in _protected)
        {
            var keys = passwords.Select(password => PemFile.Unlock(file, text, password));
            if (keys.FirstOrDefault(key => key is not null) is { } key) Add(key);
            else Skip(file, "it is protected, and no password line of the ring unlocks it");
        }
    }

    void ReadArmored(string kind, string file, string text)
    {
        var reason = "";
        var key = kind switch
        {
            ArmoredKey.OpenSsh => OpenSshFile.Read(file, text, out reason),
            ArmoredKey.Pem when PemFile.IsProtected(text) => null,
            ArmoredKey.Pem => PemFile.Read(file, text, out reason),
            _ => new ArmoredKey(kind, file, Strict.GetBytes(text)),
        };
        if (key is not null) Add(key);
        else if (reason.Length > 0) Skip(file, reason);
        else _protected.Add((file, text));
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
        if (AgeKey.Recognises(line)) return AgeKey.Read(name, line.Trim(), out reason);
        if (AgeHybridKey.Recognises(line)) return AgeHybridKey.Read(name, line.Trim(), out reason);
        var blank = line.IndexOfAny([' ', '\t']);
        var (word, rest) = blank < 0 ? (line, "") : (line[..blank], line[(blank + 1)..]);
        switch (word)
        {
            case XlogKey.Word: return XlogKey.TryRead(name, rest.Trim(), out var xlog, out reason) ? xlog : null;
            case LoganKey.Word: return LoganKey.TryRead(name, rest, out var logan, out reason) ? logan : null;
            case PasswordKey.Word: return PasswordKey.Read(name, rest, out reason);
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
