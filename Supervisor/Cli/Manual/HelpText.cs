using System.CommandLine;

namespace Decryptor.Supervisor.Cli.Manual;

/// <summary>
/// What <c>--help</c> prints: examples first, since most people look for a call to change; then how it is called, what
/// it takes, and what is worth knowing.
/// </summary>
sealed class HelpText(TextWriter output, int columns, Tint tint)
{
    const int Indent = 2, NamesMax = 27;

    /// <summary>The page of the whole program, or of one command.</summary>
    public void Write(Command command)
    {
        if (command is RootCommand) WriteProgram(command);
        else WriteVerb(command);
    }

    void WriteProgram(Command root)
    {
        Paragraph($"{root.Name} - {root.Description}");
        Examples(VerbPage.Groups[..3].Select(FirstOf).SelectMany(page => page.Examples.Take(2)));
        foreach (var group in VerbPage.Groups)
        {
            Heading(group);
            Rows(Shape.Below(root).Where(each => VerbPage.Of(each.Name).Group == group)
                .Select(each => (each.Name, each.Description ?? "")));
        }

        Options(root);
        output.WriteLine();
        Paragraph("`decryptor help COMMAND` tells more of one; `decryptor help exit-codes` lists the exit codes.");
    }

    void WriteVerb(Command command)
    {
        var path = Shape.PathOf(command);
        Paragraph($"decryptor {path} - {command.Description}");
        var page = VerbPage.Of(path.Split(' ')[0]);
        var isVerb = !path.Contains(' ', StringComparison.Ordinal);
        Examples(page.Examples.Where(each => isVerb || IsOf(each.Call, path)));
        Heading("usage");
        foreach (var line in Fill.Lines(Shape.UsageOf(command), columns, Margin)) output.WriteLine(line);
        if (Shape.Below(command).Any()) Heading("commands");
        Rows(Shape.Below(command).Select(each => (each.Name, each.Description ?? "")));
        if (command.Arguments.Count > 0) Heading("arguments");
        Rows(command.Arguments.Select(each => (Shape.Written(each), each.Description ?? "")));
        Options(command);
        foreach (var note in isVerb ? page.Notes : [])
        {
            output.WriteLine();
            Paragraph(note);
        }
    }

    static string Margin => new(' ', Indent);

    static VerbPage FirstOf(string group) => VerbPage.All.First(page => page.Group == group);

    static bool IsOf(string call, string path) => $"{call} ".StartsWith($"decryptor {path} ", StringComparison.Ordinal);

    void Options(Command command)
    {
        Heading("options");
        Rows(Shape.OptionsOf(command).Select(each => (Shape.Named(each), each.Description ?? "")));
    }

    // A call is never broken, so that it can be copied: what is too long goes over the edge.
    void Examples(IEnumerable<(string Call, string What)> examples)
    {
        var all = examples.ToList();
        if (all.Count == 0) return;
        output.WriteLine();
        foreach (var (call, what) in all)
        {
            foreach (var line in Fill.Lines($"# {what}", columns, Margin)) output.WriteLine(line);
            output.WriteLine($"{Margin}{tint.Bold(call)}");
        }
    }

    void Heading(string text)
    {
        output.WriteLine();
        output.WriteLine(tint.Bold(text));
    }

    void Rows(IEnumerable<(string Name, string What)> rows)
    {
        var all = rows.ToList();
        var width = Math.Min(all.Select(row => Fill.WidthOf(row.Name)).DefaultIfEmpty().Max(),
            Math.Min(NamesMax, columns / 2));
        foreach (var (name, what) in all)
        {
            var isLong = Fill.WidthOf(name) > width;
            if (isLong) output.WriteLine($"{Margin}{name}");
            var first = Fill.Pad($"{Margin}{(isLong ? "" : name)}", Indent + width + 2);
            foreach (var line in Fill.Lines(what, columns, first)) output.WriteLine(tint.Marked(line));
        }
    }

    void Paragraph(string text)
    {
        var whole = string.Join('\n', Fill.Lines(text, columns));
        output.WriteLine(tint.Marked(whole));
    }
}
