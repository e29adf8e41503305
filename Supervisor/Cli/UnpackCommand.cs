using System.CommandLine;
using Decryptor.Supervisor.Cli.Progressing;
using Decryptor.Supervisor.Intake;

namespace Decryptor.Supervisor.Cli;

/// <summary>
/// <c>decryptor unpack FILE… -o DIR</c>: for each input a folder with its report and the texts that it names. It keeps
/// going over failures, and returns the worst of them.
/// </summary>
static class UnpackCommand
{
    public static Command Build(SharedOptions shared)
    {
        var files = OneShot.Files();
        var output = new Option<string>("--output", "-o")
        {
            Description = "where the folders go",
            HelpName = "DIR",
            Required = true,
        };
        var overwrite = new Option<bool>("--overwrite")
        {
            Description = "replace what an earlier run has put there",
        };
        var command = new Command("unpack", "write the text and a report of each package into a folder")
        {
            files, output, overwrite, shared.Keys, shared.Workers, shared.Progress, shared.Config, shared.Worker,
            shared.Json,
        };
        var limits = new LimitOptions();
        limits.AddTo(command);
        command.SetAction(parsed =>
        {
            SignalListener.BlockAndReexec();
            var settings = limits.In(OneShot.SettingsFrom(parsed, shared), parsed);
            var json = parsed.GetValue(shared.Json);
            var mode = Streams.OfProcess().Mode(parsed.GetValue(shared.Progress), printsText: json);
            var named = parsed.GetValue(files)!;
            return new UnpackRun(named, parsed.GetValue(output)!, parsed.GetValue(overwrite), json).Run(settings, mode);
        });
        return command;
    }
}
