using System.CommandLine;

namespace Decryptor.Supervisor.Cli.Completing;

/// <summary>
/// <c>decryptor completion SHELL</c>: a script for the shell, made from the tree of commands, so that it knows what
/// this very program knows.
/// </summary>
static class CompletionCommand
{
    static readonly string[] Shells = ["bash", "zsh", "fish"];

    public static Command Build(RootCommand root)
    {
        var shell = new Argument<string>("SHELL") { Description = $"one of {string.Join(", ", Shells)}" };
        shell.AcceptOnlyFromAmong(Shells);
        var command = new Command("completion", "print a script that completes commands in a shell") { shell };
        command.SetAction(parsed =>
        {
            Console.Write(parsed.GetValue(shell) switch
            {
                "zsh" => ZshScript.Of(root),
                "fish" => FishScript.Of(root),
                _ => BashScript.Of(root),
            });
            return 0;
        });
        return command;
    }
}
