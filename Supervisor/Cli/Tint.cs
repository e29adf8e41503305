namespace Decryptor.Supervisor.Cli;

/// <summary>
/// Colour, where a terminal shows it and nobody has asked for none: <c>--color=always|never</c> decides, else a
/// <c>NO_COLOR</c> that is not empty, <c>TERM=dumb</c>, or a stream that is no terminal mean none.
/// </summary>
/// <param name="isOn">Whether anything is coloured; where not, every text stays as it is.</param>
sealed class Tint(bool isOn)
{
    /// <summary>The words that <c>--color</c> takes; the first is the default.</summary>
    public static readonly string[] Words = ["auto", "always", "never"];

    /// <summary>What is printed on stdout.</summary>
    public static Tint Stdout { get; private set; } = new(false);

    /// <summary>What is said on stderr.</summary>
    public static Tint Stderr { get; private set; } = new(false);

    public string Bold(string text) => Dyed("1", text);

    public string Red(string text) => Dyed("31", text);

    public string Green(string text) => Dyed("32", text);

    public string Yellow(string text) => Dyed("33", text);

    public string Cyan(string text) => Dyed("36", text);

    /// <summary>Text in which <c>`…`</c> stands around what a person types: bold, or without its marks.</summary>
    public string Marked(string text)
    {
        var parts = text.Split('`');
        return string.Concat(parts.Select((part, i) => i % 2 == 1 ? Bold(part) : part));
    }

    /// <summary>Decides for both streams, from the word behind <c>--color</c> and the environment.</summary>
    public static void Choose(string? word)
    {
        (Stdout, Stderr) = (Of(word, Console.IsOutputRedirected), Of(word, Console.IsErrorRedirected));
    }

    static Tint Of(string? word, bool isRedirected) => new(IsWanted(
        word, isRedirected,
        Environment.GetEnvironmentVariable("NO_COLOR"), Environment.GetEnvironmentVariable("TERM")));

    internal static bool IsWanted(string? word, bool isRedirected, string? noColor, string? terminal) => word switch
    {
        "always" => true,
        "never" => false,
        _ => !isRedirected && string.IsNullOrEmpty(noColor) && terminal is { Length: > 0 } and not "dumb",
    };

    // Each line by itself: a pager shows lines one by one.
    string Dyed(string code, string text) => !isOn || text.Length == 0
        ? text
        : string.Join('\n', text.Split('\n').Select(line => line.Length > 0 ? $"\e[{code}m{line}\e[0m" : line));
}
