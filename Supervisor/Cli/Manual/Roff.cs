using System.Text;

namespace Decryptor.Supervisor.Cli.Manual;

/// <summary>
/// A manual page in man(7)'s macros. Text is escaped: a backslash, a hyphen that must stay one, and a point or an
/// apostrophe at the beginning of a line, which would make a request of it.
/// </summary>
sealed class Roff
{
    readonly StringBuilder _page = new();

    public Roff(string title, string version)
    {
        Line($".TH {title.ToUpperInvariant()} 1 \"\" \"Decryptor {version}\" \"Decryptor manual\"");
        // Words that are typed must not be broken, and without hyphens full lines have holes.
        Line(".nh");
        Line(".ad l");
    }

    public void Section(string name) => Line($".SH {name.ToUpperInvariant()}");

    public void Paragraph(string text)
    {
        Line(".PP");
        Line(Text(text));
    }

    /// <summary>A term, and what it means below it.</summary>
    public void Item(string term, string what)
    {
        Line(".TP");
        Line($"\\fB{Escaped(term)}\\fR");
        Line(Text(what));
    }

    /// <summary>Lines as they are, neither filled nor hyphenated.</summary>
    public void Example(string what, string call)
    {
        Line(".PP");
        Line(Text(what.EndsWith('?') ? what : $"{what}:"));
        Line(".PP");
        Line(".nf");
        Line(".RS 4");
        Line(Guarded(Escaped(call)));
        Line(".RE");
        Line(".fi");
    }

    public void Plain(string text) => Line(Text(text));

    public override string ToString() => _page.ToString();

    internal static string Text(string text)
    {
        var parts = text.Split('`');
        var written = parts.Select((part, i) => i % 2 == 1 ? $"\\fB{Escaped(part)}\\fR" : Escaped(part));
        return Guarded(string.Concat(written));
    }

    static string Escaped(string text) => text.Replace("\\", "\\e", StringComparison.Ordinal)
        .Replace("-", "\\-", StringComparison.Ordinal).Replace("~", "\\(ti", StringComparison.Ordinal)
        .Replace("^", "\\(ha", StringComparison.Ordinal).Replace("…", "\\&...", StringComparison.Ordinal);

    static string Guarded(string line) => line is ['.' or '\'', ..] ? $"\\&{line}" : line;

    void Line(string line) => _page.Append(line).Append('\n');
}
