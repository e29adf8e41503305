using System.CommandLine;
using Decryptor.Protocol;
using Decryptor.Supervisor.Cli.Progressing;
using Decryptor.Supervisor.Cli.Reading;
using Decryptor.Supervisor.Intake;
using Decryptor.Supervisor.Storage;

namespace Decryptor.Supervisor.Cli;

/// <summary>
/// <c>decryptor FILE…</c>: the text of each input on stdout, in the order given, as it is decoded; what is missing is
/// said on stderr. After a worker's death it goes on where it was and prints nothing twice.
/// </summary>
static class CatCommand
{
    public static Command Build(SharedOptions shared)
    {
        var files = OneShot.Files("packages, folders of them, or - for the standard input");
        var reading = new ReadingOptions();
        var command = new Command("cat", "print the text of packages (decryptor FILE does the same)")
        {
            files, shared.Keys, shared.Workers, shared.Progress, shared.Config, shared.Worker,
        };
        var limits = new LimitOptions();
        reading.AddTo(command);
        limits.AddTo(command);
        command.SetAction(parsed =>
        {
            var request = reading.Read(parsed);
            SignalListener.BlockAndReexec();
            var settings = limits.In(OneShot.SettingsFrom(parsed, shared), parsed) with
            {
                Hours = WantedHours.Of(request),
            };
            var mode = Streams.OfProcess().Mode(parsed.GetValue(shared.Progress), printsText: true);
            return Print(parsed.GetValue(files)!, settings, request, mode);
        });
        return command;
    }

    static int Print(string[] named, Settings settings, ReadingRequest request, ProgressMode mode)
    {
        using var stdout = new StandardStream(1, tellsOfBrokenPipe: true);
        var inputs = new InputList(named, Talk.Say);
        if (inputs.Files.Count == 0) return inputs.ExitCode;
        if (request.Follow) return Follow(inputs, settings, stdout, request);
        var folder = PrivateFolder.MakeTemporary();
        var files = inputs.Files.Where(file => file != InputList.Stdin);
        using var run = new PrivateRun(folder, settings, files);
        var output = new ReadingOutput(stdout, request);
        var reading = new ReadingRun(run, inputs.Files, settings.Limits.OutputBytesMax, output, request);
        using var show = new ProgressShow(run.Sight, mode);
        var exitCode = Guarded(() => Talk.Worse(reading.Print(), inputs.ExitCode));
        return run.Interrupted ?? exitCode;
    }

    static int Follow(InputList inputs, Settings settings, StandardStream stdout, ReadingRequest request)
    {
        if (inputs.Files.Contains(InputList.Stdin))
            throw new UsageException("--follow: the standard input cannot be followed", "name a file");
        var folder = PrivateFolder.MakeTemporary();
        using var run = new PrivateRun(folder, settings, []);
        using var lines = new SharedLines(Console.IsOutputRedirected ? stdout : new TerminalText(stdout));
        using var follow = new FollowRun(run, inputs.Files, new(stdout, lines, request));
        var exitCode = Guarded(() => Talk.Worse(follow.Print(), inputs.ExitCode));
        return run.Interrupted ?? exitCode;
    }

    static int Guarded(Func<int> print)
    {
        try
        {
            return print();
        }
        catch (IOException e) when (e.HResult == StandardStream.BrokenPipe)
        {
            // Whoever reads us has enough, as `head` does: there is nobody left to tell.
            return 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            var why = e.InnerException as IOException ?? e as IOException;
            return Talk.Error(
                $"the text cannot be written: {why?.Message ?? e.Message}", "part of it is missing in what was written",
                why is null ? FailureCode.IoError.ExitCode : DiskTrouble.ExitCodeOf(why));
        }
    }
}
