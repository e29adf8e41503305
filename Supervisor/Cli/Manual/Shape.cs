using System.CommandLine;
using System.CommandLine.Completions;

namespace Decryptor.Supervisor.Cli.Manual;

/// <summary>
/// The tree of commands as help, man pages and completions see it: what is shown of it, and how it is written.
/// </summary>
static class Shape
{
    /// <summary>The commands below one that are shown.</summary>
    public static IEnumerable<Command> Below(Command command) => command.Subcommands.Where(each => !each.Hidden);

    /// <summary>The options that a command takes, those of the whole program among them.</summary>
    public static IEnumerable<Option> OptionsOf(Command command)
    {
        var above = Above(command).SelectMany(each => each.Options).Where(option => option.Recursive);
        return command.Options.Concat(above).Where(option => !option.Hidden).Distinct();
    }

    /// <summary>The command with all above it, without the program: <c>keys add</c>.</summary>
    public static string PathOf(Command command) =>
        string.Join(' ', Above(command).Prepend(command).Where(each => each is not RootCommand).Reverse()
            .Select(each => each.Name));

    /// <summary><c>decryptor keys add NAME [--from FILE]</c> and the like.</summary>
    public static string UsageOf(Command command)
    {
        var words = new List<string> { "decryptor" };
        if (PathOf(command) is { Length: > 0 } path) words.Add(path);
        if (Below(command).Any() && command.Action is null) words.Add("COMMAND");
        else if (Below(command).Any()) words.Add("[COMMAND]");
        words.AddRange(command.Arguments.Where(each => !each.Hidden).Select(Written));
        words.AddRange(command.Options.Where(each => each is { Hidden: false, Required: true }).Select(Spelled));
        if (command.Options.Any(each => each is { Hidden: false, Required: false })) words.Add("[OPTIONS]");
        return string.Join(' ', words);
    }

    /// <summary>The argument as a usage has it: <c>FILE…</c>, <c>[CODE]</c>.</summary>
    public static string Written(Argument argument)
    {
        var name = argument.HelpName ?? argument.Name;
        if (argument.Arity.MaximumNumberOfValues > 1) name += "...";
        return argument.Arity.MinimumNumberOfValues == 0 ? $"[{name}]" : name;
    }

    /// <summary>All names of an option with its value: <c>-n, --limit N</c>.</summary>
    public static string Named(Option option)
    {
        var names = option.Aliases.Where(alias => alias is ['-', _]).Append(option.Name);
        return WithValue(string.Join(", ", names), option);
    }

    /// <summary>The long name of an option with its value.</summary>
    public static string Spelled(Option option) => WithValue(option.Name, option);

    /// <summary>Whether a value stands behind the option.</summary>
    public static bool TakesValue(Option option) => option.Arity.MinimumNumberOfValues > 0;

    /// <summary>The words of which a value must be one; none where it may be anything.</summary>
    public static IReadOnlyList<string> ChoicesOf(Option option) => TakesValue(option)
        ? [.. option.GetCompletions(CompletionContext.Empty).Select(each => each.Label)]
        : [];

    /// <summary>The words of which an argument is usually one.</summary>
    public static IReadOnlyList<string> ChoicesOf(Argument argument) =>
        [.. argument.GetCompletions(CompletionContext.Empty).Select(each => each.Label)];

    static string WithValue(string name, Option option) =>
        TakesValue(option) ? $"{name} {option.HelpName ?? "VALUE"}" : name;

    static IEnumerable<Command> Above(Command command)
    {
        for (var at = Parent(command); at is not null; at = Parent(at)) yield return at;
    }

    static Command? Parent(Command command) => command.Parents.OfType<Command>().FirstOrDefault();
}
