using System.CommandLine;
using Decryptor.Supervisor.Cli.Manual;

namespace Decryptor.Supervisor.Cli;

/// <summary>Which words of a call are commands and options, and which are slips of the pen.</summary>
static class Slips
{
    const string Color = "--color", Files = "cat";

    static readonly string[] Own = ["--help", "-h", "-?", "/h", "/?", "--version"];

    /// <summary>
    /// The call with its command: what is no command is a file to be printed. An option of the whole program may stand
    /// before either.
    /// </summary>
    public static string[] WithCommand(RootCommand root, string[] args)
    {
        var first = args.Length > 1 && args[0] == Color ? 2
            : args.Length > 0 && args[0].StartsWith($"{Color}=", StringComparison.Ordinal) ? 1 : 0;
        if (first >= args.Length) return ["--help", .. args];
        var isCommand = Own.Contains(args[first]) || root.Subcommands.Any(each => each.Name == args[first])
            || args[first] == "--json" && args.Contains("--version");
        return isCommand ? args : [.. args[..first], Files, .. args[first..]];
    }

    /// <summary>The command that a word was meant to be, where it is neither a command nor a file; else null.</summary>
    public static string? MisspeltCommand(RootCommand root, string[] words, string[] args) =>
        args.Length > 0 && words.Length > args.Length && words[0] == Files && !args[0].StartsWith('-')
            && !Path.Exists(args[0])
            ? Near.Of(args[0], Shape.Below(root).Select(each => each.Name))
            : null;

    /// <summary>The first word that looks like an option and is none, and the option that is near.</summary>
    public static (string Slip, string? Near)? MisspeltOption(ParseResult parsed, string[] words)
    {
        var command = parsed.CommandResult.Command;
        var known = command.Options.Concat(Shape.OptionsOf(command)).Append(parsed.RootCommandResult.Command.Options[0])
            .SelectMany(option => option.Aliases.Append(option.Name)).ToHashSet();
        var slip = words.TakeWhile(word => word != "--")
            .Where(word => word is ['-', _, ..] && !char.IsAsciiDigit(word[1]))
            .Select(word => word.Split('=')[0]).FirstOrDefault(word => !known.Contains(word));
        if (slip is null || parsed.Errors.All(error => !error.Message.Contains(slip, StringComparison.Ordinal)))
            return null;
        var shown = Shape.OptionsOf(command).SelectMany(option => option.Aliases.Append(option.Name));
        return (slip, Near.Of(slip, shown.Where(name => name.Length > 2)));
    }
}
