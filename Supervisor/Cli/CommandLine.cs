using System.CommandLine;
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
        var root = Build();
        var parsed = root.Parse(WithCommand(root, args));
        if (parsed.Errors.Count > 0) return Refuse(parsed.Errors[0].Message);
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

    /// <summary>What is no command is a file to be printed.</summary>
    static string[] WithCommand(RootCommand root, string[] args)
    {
        string[] own = ["--help", "-h", "-?", "--version"];
        if (args.Length == 0) return ["--help"];
        var isCommand = own.Contains(args[0]) || root.Subcommands.Any(command => command.Name == args[0]);
        return isCommand ? args : ["cat", .. args];
    }

    static RootCommand Build()
    {
        var options = new SharedOptions();
        var root = new RootCommand("decryptor turns encrypted log packages into readable text");
        root.Add(CatCommand.Build(options));
        root.Add(UnpackCommand.Build(options));
        root.Add(ServeCommand.Build(options));
        root.Add(JobsCommand.Build(options));
        root.Add(StatusCommand.Build(options));
        root.Add(ReplayCommand.Build());
        return root;
    }

    static int Refuse(string message)
    {
        var line = char.ToLowerInvariant(message[0]) + message[1..].TrimEnd('.');
        return Talk.Error(line, "decryptor --help shows the commands", 2);
    }
}
