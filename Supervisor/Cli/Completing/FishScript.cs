using System.CommandLine;
using Decryptor.Supervisor.Cli.Manual;

namespace Decryptor.Supervisor.Cli.Completing;

/// <summary>Completion in fish.</summary>
static class FishScript
{
    const string Frame = """
        # decryptor completion fish
        function __decryptor_at
            set -l path
            for word in (commandline -opc)[2..-1]
                switch "$path/$word"
        PATHS
                end
            end
            test "$path" = "$argv[1]"
        end

        function __decryptor_names
            set -l words (commandline -opc)
            if set -l at (contains -i -- --keys $words)
                $words[1] keys names --keys $words[(math $at + 1)] 2>/dev/null
            else
                $words[1] keys names 2>/dev/null
            end
        end

        complete -c decryptor -f

        """;

    const string Files = " -F";

    public static string Of(RootCommand root)
    {
        var all = Completable.All(root).ToList();
        var steps = all.SelectMany(at => at.Below.Select(each => Step($"{at.Path}/{each.Name}", Shape.PathOf(each))));
        return Frame.Replace("PATHS", string.Join('\n', steps), StringComparison.Ordinal)
            + string.Join('\n', all.SelectMany(Lines)) + "\n";
    }

    static string Step(string from, string to) =>
        $"            case {Quoted(from)}\n                set path {Quoted(to)}";

    static IEnumerable<string> Lines(Completable at)
    {
        var here = $"complete -c decryptor -n {Quoted($"__decryptor_at {Quoted(at.Path)}")}";
        foreach (var each in at.Below)
            yield return $"{here} -a {Quoted(each.Name)} -d {Quoted(each.Description ?? "")}";
        if (Words(at.Expected, at.Choices) is { Length: > 0 } own) yield return $"{here}{own}";
        foreach (var option in at.Options)
        {
            var names = string.Concat(option.Aliases.Append(option.Name).Select(Flag));
            var words = Words(Completable.Behind(option), Shape.ChoicesOf(option));
            // Where files may stand, -x would forbid what -F demands.
            var value = !Shape.TakesValue(option) ? "" : words == Files ? $" -r{words}" : $" -x{words}";
            yield return $"{here}{names}{value} -d {Quoted(option.Description ?? "")}";
        }
    }

    static string Flag(string name) => name switch
    {
        ['-', '-', .. var word] => $" -l {word}",
        ['-', var letter] when char.IsAsciiLetter(letter) => $" -s {letter}",
        _ => "",
    };

    static string Words(Expected expected, IReadOnlyList<string> choices) => expected switch
    {
        Expected.File => Files,
        Expected.Folder => " -a '(__fish_complete_directories)'",
        Expected.KeyName => " -a '(__decryptor_names)'",
        Expected.Choice => $" -a {Quoted(string.Join(' ', choices))}",
        _ => "",
    };

    static string Quoted(string text) =>
        $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";
}
