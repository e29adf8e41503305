using System.Reflection;
using Decryptor.Protocol;

namespace Decryptor.Supervisor.Cli.Explaining;

/// <summary>What the page about failure codes says of one, in one language.</summary>
/// <param name="Code">The code.</param>
/// <param name="Happened">What it means that it stands there.</param>
/// <param name="ToDo">What can be done about it, the likeliest first.</param>
sealed record FailurePage(FailureCode Code, string Happened, IReadOnlyList<string> ToDo)
{
    /// <summary>The first sentence: what a list has room for.</summary>
    public string FirstSentence => Happened.Split('。')[0];

    /// <summary>The pages in a language, in the order of the contract.</summary>
    public static IReadOnlyList<FailurePage> In(string language)
    {
        var sections = Sections(language);
        return [.. FailureCode.All.Where(code => sections.ContainsKey(code.Name)).Select(code =>
            Of(code, sections[code.Name]))];
    }

    // The pages are Markdown, Protocol/FAILURES.md and its like: a section a code, a paragraph, then a list.
    static FailurePage Of(FailureCode code, string section)
    {
        var parts = section.Split("\n\n", 2, StringSplitOptions.TrimEntries);
        var items = parts.Length < 2 ? [] : $"\n{parts[1]}".Split("\n- ", StringSplitOptions.RemoveEmptyEntries);
        return new(code, Joined(parts[0]), [.. items.Select(Joined)]);
    }

    // Emphasis is for the page; between the marks of what is typed, a star is a star.
    static string Joined(string text)
    {
        var line = string.Join(' ', text.Split('\n', StringSplitOptions.TrimEntries)).Trim();
        return string.Join('`', line.Split('`').Select(
            (part, i) => i % 2 == 0 ? part.Replace("*", "", StringComparison.Ordinal) : part));
    }

    static Dictionary<string, string> Sections(string language)
    {
        using var page = Assembly.GetExecutingAssembly().GetManifestResourceStream($"failures.{language}")!;
        using var reader = new StreamReader(page);
        return reader.ReadToEnd().Split("\n## ").Skip(1).Select(section => section.Split('\n', 2))
            .ToDictionary(section => section[0].Trim(), section => section[1]);
    }
}
