using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;

namespace Decryptor.Supervisor.Cli.Reading;

/// <summary>
/// A regular expression over the bytes of entries. One that is nothing but words with <c>|</c> between them is looked
/// for in the bytes as they are; any other in time that grows with the text alone, whatever the text is.
/// </summary>
sealed class TextPattern
{
    const int CharactersMax = 4096;

    static readonly SearchValues<char> _special = SearchValues.Create("\\*+?()[]{}.^$");

    readonly byte[][] _words;
    readonly Regex? _regex;
    char[] _characters = [];

    /// <exception cref="FormatException">It is no pattern that is understood; says why.</exception>
    public TextPattern(string pattern)
    {
        if (pattern.Length > CharactersMax)
            throw new FormatException($"it has {pattern.Length} characters, and {CharactersMax} are the limit");
        var isPlain = pattern.AsSpan().IndexOfAny(_special) < 0;
        _words = isPlain ? [.. pattern.Split('|').Select(Encoding.UTF8.GetBytes)] : [];
        _regex = isPlain ? null : Compile(pattern);
    }

    public bool IsIn(ReadOnlySpan<byte> text)
    {
        foreach (var word in _words)
            if (text.IndexOf(word) >= 0) return true;
        return _regex is not null && _regex.IsMatch(Characters(text));
    }

    static Regex Compile(string pattern)
    {
        const RegexOptions options =
            RegexOptions.NonBacktracking | RegexOptions.Multiline | RegexOptions.CultureInvariant;
        try
        {
            return new(pattern, options);
        }
        catch (RegexParseException e)
        {
            throw new FormatException($"character {e.Offset}: {Words(e.Error)}", e);
        }
        catch (NotSupportedException e)
        {
            throw new FormatException("it looks around or back, which is not done here", e);
        }
    }

    // InsufficientClosingParentheses: insufficient closing parentheses
    static string Words(RegexParseError error) =>
        string.Concat(error.ToString().Select((letter, at) =>
            char.IsUpper(letter) ? $"{(at > 0 ? " " : "")}{char.ToLowerInvariant(letter)}" : $"{letter}"));

    ReadOnlySpan<char> Characters(ReadOnlySpan<byte> text)
    {
        if (_characters.Length < text.Length) _characters = new char[Math.Max(text.Length, 4096)];
        return _characters.AsSpan(0, Encoding.UTF8.GetChars(text, _characters));
    }
}
