using System.CommandLine;
using System.Text;
using Decryptor.Supervisor.Cli.Manual;

namespace Decryptor.Supervisor.Cli.Completing;

/// <summary>Completion in bash, by itself: it needs nothing of the package bash-completion.</summary>
static class BashScript
{
    const string Frame = """
        # decryptor completion bash
        _decryptor_names() {
            local i
            for ((i = 1; i < ${#COMP_WORDS[@]} - 1; i++)); do
                if [[ ${COMP_WORDS[i]} == --keys ]]; then
                    local keys=${COMP_WORDS[i + 1]}
                    [[ $keys == = ]] && keys=${COMP_WORDS[i + 2]}
                    "${COMP_WORDS[0]}" keys names --keys "${keys/#\~/$HOME}" 2>/dev/null
                    return
                fi
            done
            "${COMP_WORDS[0]}" keys names 2>/dev/null
        }

        _decryptor() {
            local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} path= word i
            local commands= options= words= expected= IFS=$' \t\n'
            COMPREPLY=()
            if [[ $cur == = ]]; then cur=
            elif [[ $prev == = ]]; then prev=${COMP_WORDS[COMP_CWORD - 2]}
            fi
            for ((i = 1; i < COMP_CWORD; i++)); do
                word=${COMP_WORDS[i]}
                case "$path/$word" in
        PATHS
                esac
            done
            case "$path:$prev" in
        VALUES
            *)
                case "$path" in
        PLACES
                esac
                [[ $cur == -* ]] && { COMPREPLY=($(compgen -W "$options" -- "$cur")); return; }
                ;;
            esac
            [[ $expected == names ]] && words=$(_decryptor_names)
            COMPREPLY=($(compgen -W "$commands $words" -- "$cur"))
            case $expected in
            files) compopt -o filenames 2>/dev/null; IFS=$'\n'; COMPREPLY+=($(compgen -f -- "$cur")) ;;
            folders) compopt -o filenames 2>/dev/null; IFS=$'\n'; COMPREPLY+=($(compgen -d -- "$cur")) ;;
            esac
        }

        complete -F _decryptor decryptor

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
        at.Below.Select(each => $"        '{at.Path}/{each.Name}') path='{Shape.PathOf(each)}' ;;");

    static IEnumerable<string> Values(Completable at) =>
        from option in at.Options
        where Shape.TakesValue(option)
        let names = string.Join('|', option.Aliases.Append(option.Name).Select(name => $"'{at.Path}:{name}'"))
        select $"    {names}) {Assigned(Completable.Behind(option), Shape.ChoicesOf(option))} ;;";

    static string Place(Completable at)
    {
        var line = new StringBuilder($"        '{at.Path}') ");
        line.Append($"commands='{string.Join(' ', at.Below.Select(each => each.Name))}' ");
        line.Append($"options='{string.Join(' ', at.Options.Select(option => option.Name))}' ");
        return line.Append(Assigned(at.Expected, at.Choices)).Append(" ;;").ToString();
    }

    static string Assigned(Expected expected, IReadOnlyList<string> choices) => expected switch
    {
        Expected.File => "expected=files",
        Expected.Folder => "expected=folders",
        Expected.KeyName => "expected=names",
        Expected.Choice => $"words='{string.Join(' ', choices)}'",
        _ => "expected=anything",
    };
}
