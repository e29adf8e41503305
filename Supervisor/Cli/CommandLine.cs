using System.CommandLine;
using System.CommandLine.Help;
using Decryptor.Supervisor.Cli.Completing;
using Decryptor.Supervisor.Cli.ConfigCommands;
using Decryptor.Supervisor.Cli.Evidence;
using Decryptor.Supervisor.Cli.Explaining;
using Decryptor.Supervisor.Cli.KeyCommands;
using Decryptor.Supervisor.Cli.Manual;
using Decryptor.Supervisor.Cli.SelfTest;
using Decryptor.Supervisor.Cli.Submitting;
using Decryptor.Supervisor.Keys;
using Decryptor.Supervisor.Storage;

namespace Decryptor.Supervisor.Cli;

/// <summary>
/// The commands. Text goes to stdout, talk to stderr; errors are one lower-case line with a hint below it; the exit
/// code says what happened. A file name in the place of a command means <c>cat</c>.
/// </summary>
static class CommandLine
{
    public static int Run(string[] args)
    {
        StandardStream.TakeConsole();
        var root = Build();
        var words = Slips.WithCommand(root, args);
        if (Slips.MisspeltCommand(root, words, args) is { } near)
            return Talk.Error($"there is no file and no command {args[0]}", $"did you mean decryptor {near}?", 2);
        var parsed = root.Parse(words);
        if (parsed.Errors.Count > 0) return Refuse(parsed, words);
        Tint.Choose(parsed.GetValue<string?>("--color"));
        try
        {
            return parsed.Invoke(new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (UsageException e)
        {
            return Talk.Error(e.Message, e.Hint, e.ExitCode);
        }
        catch (SpoolException e)
        {
            return Talk.Error(e.Message, e.Hint, e.ExitCode);
        }
        catch (LedgerException e)
        {
            return Talk.Error(e.Message, e.Hint, DiskTrouble.ExitCodeOf(e));
        }
        catch (IOException e)
        {
            var hint = DiskTrouble.IsFull(e) ? DiskTrouble.MakeRoom : "look at the disk and the kernel's log";
            return Talk.Error(e.Message, hint, DiskTrouble.ExitCodeOf(e));
        }
        catch (KeyRingException e)
        {
            return Talk.Error(e.Message, e.Hint, 78);
        }
    }

    internal static RootCommand Build()
    {
        var options = new SharedOptions();
        var root = new RootCommand("turns encrypted log packages into readable text") { options.Color };
        root.Add(CatCommand.Build(options));
        root.Add(UnpackCommand.Build(options));
        root.Add(InspectCommand.Build(options));
        root.Add(DoctorCommand.Build(options));
        root.Add(ExplainCommand.Build(options));
        root.Add(KeysCommand.Build(options));
        root.Add(ServeCommand.Build(options));
        root.Add(SubmitCommand.Build(options));
        root.Add(JobsCommand.Build(options));
        root.Add(StatusCommand.Build(options));
        root.Add(ReplayCommand.Build());
        root.Add(SelfTestCommand.Build(options));
        root.Add(ConfigCommand.Build(options));
        root.Add(CompletionCommand.Build(root));
        root.Add(HelpCommand.Build(root));
        root.Add(ManCommand.Build(root));
        Own(root);
        return root;
    }

    // The library's own pages know neither examples nor what surrounds the program.
    static void Own(RootCommand root)
    {
        var json = new Option<bool>("--json") { Hidden = true };
        root.Add(json);
        foreach (var option in root.Options)
        {
            if (option is HelpOption) (option.Action, option.Description) = (new HelpPage(), "show this page");
            if (option is not VersionOption) continue;
            (option.Action, option.Description) = (new VersionPage(json), "show version, commit, worker and libraries");
            option.Validators.Clear();
        }
    }

    static int Refuse(ParseResult parsed, string[] words)
    {
        if (Slips.MisspeltOption(parsed, words) is var (slip, near))
            return Talk.Error(
                $"there is no option {slip}", near is null ? HelpFor(parsed) : $"did you mean {near}?", 2);
        var command = parsed.CommandResult.Command;
        if (command.Action is null && Shape.Below(command).Any() && parsed.UnmatchedTokens.Count == 0)
            return Talk.Error($"{command.Name} needs a command", HelpFor(parsed), 2);
        if (parsed.UnmatchedTokens is [var word, ..]
            && Near.Of(word, Shape.Below(command).Select(each => each.Name)) is { } meant)
            return Talk.Error($"there is no command {word}", $"did you mean {meant}?", 2);
        var message = parsed.Errors[0].Message;
        var line = char.ToLowerInvariant(message[0]) + message[1..].TrimEnd('.');
        return Talk.Error(line, HelpFor(parsed), 2);
    }

    static string HelpFor(ParseResult parsed) =>
        $"{$"decryptor {Shape.PathOf(parsed.CommandResult.Command)}".TrimEnd()} --help shows how it is called";
}
