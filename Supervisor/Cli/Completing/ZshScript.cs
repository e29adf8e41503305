using System.CommandLine;
using Decryptor.Supervisor.Cli.Manual;

namespace Decryptor.Supervisor.Cli.Completing;

/// <summary>Completion in zsh: as a file in <c>fpath</c>, or sourced behind <c>compinit</c>.</summary>
static class ZshScript
{
    const string Frame = """
        #compdef decryptor
        # decryptor completion zsh
        _decryptor_names() {
            local at=${words[(I)--keys]}
            local -a names
            local -a ring
            (( at && at < $#words )) && ring=(--keys ${~words[at + 1]})
            names=(${(f)"$(${words[1]} keys names $ring 2>/dev/null)"})
            compadd -a names
        }

        _decryptor() {
            local path_= word
            local -a commands options
            for word in ${words[2,CURRENT - 1]}; do
                case "$path_/$word" in
        PATHS
                esac
            done
            case "$path_:${words[CURRENT - 1]}" in
        VALUES
            esac
            case "$path_" in
        PLACES
            esac
        }

        if [[ $funcstack[1] == _decryptor ]]; then _decryptor "$@"; else compdef _decryptor decryptor; fi

        """;

    public static string Of(RootCommand root)
    {
        var all = Completable.All(root).ToList();
        return Frame.Replace("PATHS", Joined(all.SelectMany(Steps)), StringComparison.Ordinal)
            .Replace("VALUES", Joined(all.SelectMany(Values)), StringComparison.Ordinal)
            .Replace("PLACES", Joined(all.Select(Place)), StringComparison.Ordinal);
    }

    static string Joined(IEnumerable<string> lines) => string.Join('\n', lines);

    static IEnumerable<string> Steps(Completable at) =>
        at.Below.Select(each => $"        '{at.Path}/{each.Name}') path_='{Shape.PathOf(each)}' ;;");

    static IEnumerable<string> Values(Completable at) =>
        from option in at.Options
        where Shape.TakesValue(option)
        let names = string.Join('|', option.Aliases.Append(option.Name).Select(name => $"'{at.Path}:{name}'"))
        select $"    {names}) {Asked(Completable.Behind(option), Shape.ChoicesOf(option))}; return ;;";

    static string Place(Completable at)
    {
        var options = string.Join(' ', at.Options.Select(option => Described(option.Name, option.Description)));
        var commands = string.Join(' ', at.Below.Select(each => Described(each.Name, each.Description)));
        return $"    '{at.Path}')\n        options=({options})\n        commands=({commands})\n"
            + "        [[ $PREFIX == -* ]] && { _describe option options; return }\n"
            + "        (( $#commands )) && _describe command commands\n"
            + $"        {Asked(at.Expected, at.Choices)}\n        ;;";
    }

    static string Asked(Expected expected, IReadOnlyList<string> choices) => expected switch
    {
        Expected.File => "_files",
        Expected.Folder => "_files -/",
        Expected.KeyName => "_decryptor_names",
        Expected.Choice => $"compadd -- {string.Join(' ', choices)}",
        _ => ":",
    };

    // A colon parts a word from its description.
    static string Described(string word, string? what)
    {
        var text = (what ?? "").Replace("'", "'\\''", StringComparison.Ordinal);
        return $"'{word.Replace(":", "\\:", StringComparison.Ordinal)}:{text}'";
    }
}
