namespace Decryptor.Supervisor.Cli.Reading;

/// <summary>How grave an entry is, the gravest last; the letters are those of xlog and logcat.</summary>
enum LogLevel : byte
{
    None,
    Verbose,
    Debug,
    Info,
    Warning,
    Error,
    Fatal,
}

/// <summary>Reads levels as logs and people write them.</summary>
static class LogLevels
{
    const int WordBytesMax = 11;

    static readonly Dictionary<string, LogLevel> _words = new()
    {
        ["verbose"] = LogLevel.Verbose,
        ["trace"] = LogLevel.Verbose,
        ["finest"] = LogLevel.Verbose,
        ["debug"] = LogLevel.Debug,
        ["fine"] = LogLevel.Debug,
        ["info"] = LogLevel.Info,
        ["information"] = LogLevel.Info,
        ["notice"] = LogLevel.Info,
        ["warn"] = LogLevel.Warning,
        ["warning"] = LogLevel.Warning,
        ["error"] = LogLevel.Error,
        ["err"] = LogLevel.Error,
        ["severe"] = LogLevel.Error,
        ["fatal"] = LogLevel.Fatal,
        ["critical"] = LogLevel.Fatal,
        ["crit"] = LogLevel.Fatal,
        ["alert"] = LogLevel.Fatal,
        ["emerg"] = LogLevel.Fatal,
        ["panic"] = LogLevel.Fatal,
    };

    static readonly Dictionary<string, LogLevel>.AlternateLookup<ReadOnlySpan<char>> _spelled =
        _words.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>A capital letter, as xlog and logcat write it; <c>None</c> for any other.</summary>
    public static LogLevel OfLetter(byte letter) => letter switch
    {
        (byte)'V' => LogLevel.Verbose,
        (byte)'D' => LogLevel.Debug,
        (byte)'I' => LogLevel.Info,
        (byte)'W' => LogLevel.Warning,
        (byte)'E' => LogLevel.Error,
        (byte)'F' or (byte)'A' => LogLevel.Fatal,
        _ => LogLevel.None,
    };

    /// <summary>A capital letter or a word in any case; <c>None</c> for any other.</summary>
    public static LogLevel OfWord(ReadOnlySpan<byte> word)
    {
        if (word.Length == 1) return OfLetter(word[0]);
        if (word.Length is < 3 or > WordBytesMax) return LogLevel.None;
        Span<char> lower = stackalloc char[WordBytesMax];
        for (var i = 0; i < word.Length; i++) lower[i] = (char)(word[i] is >= (byte)'A' and <= (byte)'Z'
            ? word[i] | 0x20 : word[i]);
        return _spelled.TryGetValue(lower[..word.Length], out var level) ? level : LogLevel.None;
    }

    /// <summary>The letter that stands for a level.</summary>
    public static string Letter(LogLevel level) => "-VDIWEF"[(int)level].ToString();
}
