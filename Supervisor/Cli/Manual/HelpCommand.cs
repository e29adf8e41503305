using System.CommandLine;
using System.CommandLine.Invocation;
using Decryptor.Supervisor.Cli.Explaining;

namespace Decryptor.Supervisor.Cli.Manual;

/// <summary><c>decryptor help [COMMAND]</c>, which is what <c>--help</c> prints, and <c>help exit-codes</c>.</summary>
static class HelpCommand
{
    public static Command Build(RootCommand root)
    {
        var words = new Argument<string[]>("COMMAND")
        {
            Description = $"a command, or {ExplainCommand.Codes} (default: all of them)",
            Arity = ArgumentArity.ZeroOrMore,
        };
        words.CompletionSources.Add(_ => Shape.Below(root).Select(each => each.Name).Append(ExplainCommand.Codes));
        var command = new Command("help", "show how a command is called") { words };
        command.SetAction(parsed => Help(root, parsed.GetValue(words) ?? []));
        return command;
    }

    /// <summary>Prints the page of a command on stdout.</summary>
    public static int Print(Command command)
    {
        new HelpText(Console.Out, Fill.Columns, Tint.Stdout).Write(command);
        return 0;
    }

    static int Help(RootCommand root, string[] words)
    {
        if (words is [ExplainCommand.Codes])
            return ExplainCommand.PrintExitCodes(Language.OfEnvironment(), json: false);
        Command at = root;
        foreach (var word in words)
        {
            if (Shape.Below(at).FirstOrDefault(each => each.Name == word) is not { } next)
            {
                var near = Near.Of(word, Shape.Below(at).Select(each => each.Name));
                return Talk.Error($"there is no command {word}",
                    near is null ? "decryptor help shows the commands" : $"did you mean {near}?", 2);
            }

            at = next;
        }

        return Print(at);
    }
}

/// <summary>What <c>--help</c> does, wherever it stands.</summary>
sealed class HelpPage : SynchronousCommandLineAction
{
    /// <summary>Whoever asks for help may leave out what is needed.</summary>
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        Tint.Choose(parseResult.GetValue<string?>("--color"));
        return HelpCommand.Print(parseResult.CommandResult.Command);
    }
}
