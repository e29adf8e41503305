using System.CommandLine;
using System.Globalization;
using Decryptor.Supervisor.Cli.Explaining;

namespace Decryptor.Supervisor.Cli.Manual;

/// <summary>The manual pages, made of what help is made of: one of the program, and one of each command.</summary>
static class ManPages
{
    /// <summary>What the environment decides.</summary>
    static readonly (string Name, string What)[] Environment =
    [
        ("DECRYPTOR_KEYS", "folder of the key ring, where `--keys` does not name one"),
        ("TMPDIR", "where `cat` and `keys check` keep what they decode (default: `/tmp`)"),
        ("NO_COLOR", "no colour, if it is not empty; so does `TERM=dumb`"),
        ("LC_ALL, LC_MESSAGES, LANG", "the language of `explain`: Chinese where the first that is set begins with zh"),
        ("CREDENTIALS_DIRECTORY", "systemd's: key files in it are taken with the modes that systemd gives them"),
    ];

    static readonly (string Name, string What)[] Files =
    [
        ("SPOOL/incoming/", "where packages are put; a folder in it is a tenant"),
        ("SPOOL/completed/ID/, SPOOL/failed/ID/", "what became of a job: its texts and its `report.json`"),
        ("SPOOL/run/status.txt, status.json", "what the service is doing, rewritten each second"),
        ("SPOOL/ledger.db", "the jobs"),
    ];

    /// <summary>Every page: the name of its file, and its text.</summary>
    public static IEnumerable<(string File, string Text)> Of(RootCommand root, string version)
    {
        yield return ("decryptor.1", OfProgram(root, version));
        foreach (var verb in Shape.Below(root)) yield return ($"decryptor-{verb.Name}.1", OfVerb(verb, version));
    }

    static string OfProgram(RootCommand root, string version)
    {
        var page = new Roff("decryptor", version);
        page.Section("Name");
        page.Plain($"decryptor - {root.Description}");
        Synopsis(page, ["decryptor FILE... [OPTIONS]", "decryptor COMMAND ..."]);
        foreach (var group in VerbPage.Groups)
        {
            page.Section($"Commands: {group}");
            foreach (var verb in Shape.Below(root).Where(each => VerbPage.Of(each.Name).Group == group))
                page.Item($"decryptor {verb.Name}", $"{verb.Description}; see `decryptor-{verb.Name}`(1)");
        }

        Options(page, root);
        Examples(page, VerbPage.All.SelectMany(each => each.Examples.Take(1)));
        Pairs(page, "Environment", Environment);
        Pairs(page, "Files", Files);
        ExitStatus(page);
        SeeAlso(page, Shape.Below(root));
        return page.ToString();
    }

    static string OfVerb(Command verb, string version)
    {
        var words = VerbPage.Of(verb.Name);
        var page = new Roff($"decryptor-{verb.Name}", version);
        page.Section("Name");
        page.Plain($"decryptor-{verb.Name} - {verb.Description}");
        Synopsis(page, Shape.Below(verb).Prepend(verb).Where(each => each.Action is not null).Select(Shape.UsageOf));
        if (words.Notes.Count > 0) page.Section("Description");
        foreach (var note in words.Notes) page.Paragraph(note);
        if (Shape.Below(verb).Any()) page.Section("Commands");
        foreach (var inner in Shape.Below(verb)) page.Item($"decryptor {Shape.PathOf(inner)}", inner.Description ?? "");
        Options(page, verb);
        Examples(page, words.Examples);
        Pairs(page, "Environment", Environment);
        ExitStatus(page);
        SeeAlso(page, []);
        return page.ToString();
    }

    static void Synopsis(Roff page, IEnumerable<string> usages)
    {
        page.Section("Synopsis");
        foreach (var usage in usages) page.Paragraph($"`{usage}`");
    }

    // Those of the commands below stand here too, each with the command that has it.
    static void Options(Roff page, Command command)
    {
        page.Section("Options");
        foreach (var argument in command.Arguments) page.Item(Shape.Written(argument), argument.Description ?? "");
        foreach (var option in Shape.OptionsOf(command)) page.Item(Shape.Named(option), option.Description ?? "");
        if (command is RootCommand) return;
        foreach (var inner in Shape.Below(command))
        {
            foreach (var argument in inner.Arguments)
                page.Item($"{inner.Name} {Shape.Written(argument)}", argument.Description ?? "");
            foreach (var option in inner.Options.Where(each => !each.Hidden && !command.Options.Contains(each)))
                page.Item($"{inner.Name} {Shape.Named(option)}", option.Description ?? "");
        }
    }

    static void Examples(Roff page, IEnumerable<(string Call, string What)> examples)
    {
        page.Section("Examples");
        foreach (var (call, what) in examples) page.Example(what, call);
    }

    static void Pairs(Roff page, string section, IEnumerable<(string Name, string What)> pairs)
    {
        page.Section(section);
        foreach (var (name, what) in pairs) page.Item(name, what);
    }

    static void ExitStatus(Roff page)
    {
        page.Section("Exit status");
        foreach (var (code, meaning, _) in ExitCodes.All)
            page.Item(code.ToString(CultureInfo.InvariantCulture), meaning);
        page.Paragraph(ExitCodes.Note(Language.English));
    }

    static void SeeAlso(Roff page, IEnumerable<Command> verbs)
    {
        page.Section("See also");
        var names = verbs.Select(each => $"decryptor-{each.Name}").Prepend("decryptor").Skip(verbs.Any() ? 1 : 0);
        page.Plain(string.Join(", ", names.Select(name => $"`{name}`(1)")));
    }
}
