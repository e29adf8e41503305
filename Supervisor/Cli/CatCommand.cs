using System.CommandLine;
using Decryptor.Protocol;
using Decryptor.Supervisor.Intake;
using Decryptor.Supervisor.Scheduling;
using Decryptor.Supervisor.Storage;

namespace Decryptor.Supervisor.Cli;

/// <summary>
/// <c>decryptor FILE…</c>: the text of each input on stdout, in the order given, as it is decoded; what is missing is
/// said on stderr. After a worker's death it goes on where it was and prints nothing twice.
/// </summary>
static class CatCommand
{
    const int BrokenPipe = 32;

    public static Command Build(SharedOptions shared)
    {
        var files = OneShot.Files();
        var command = new Command("cat", "print the text of packages (decryptor FILE does the same)")
        {
            files, shared.Keys, shared.Workers, shared.Config, shared.Worker,
        };
        command.SetAction(parsed =>
        {
            SignalListener.BlockAndReexec();
            return Print(parsed.GetValue(files)!, OneShot.SettingsFrom(parsed, shared));
        });
        return command;
    }

    static int Print(string[] files, Settings settings)
    {
        var exitCode = 0;
        using var stdout = Console.OpenStandardOutput();
        var folder = PrivateFolder.MakeIn(Path.GetTempPath(), "set TMPDIR to a folder with room in it");
        using var run = new PrivateRun(folder, settings, files);
        foreach (var file in files) run.Add(file);
        try
        {
            for (var id = 1; id <= files.Length; id++)
            {
                if (Follow(run, id, stdout) is not { } job) break;
                Explain(files[id - 1], job);
                Losses.Tell(run.FolderOf(job));
                exitCode = Talk.Worse(exitCode, Talk.ExitCodeOf(job.Outcome!.Value, job.Code));
            }
        }
        catch (IOException e) when (e.HResult == BrokenPipe)
        {
            // Whoever reads us has enough, as `head` does: there is nobody left to tell.
            return run.Interrupted ?? exitCode;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            var why = e.InnerException as IOException ?? e as IOException;
            return Talk.Error(
                $"the text cannot be written: {why?.Message ?? e.Message}", "part of it is missing in what was written",
                why is null ? FailureCode.IoError.ExitCode : DiskTrouble.ExitCodeOf(why));
        }

        return run.Interrupted ?? exitCode;
    }

    /// <summary>
    /// Copies the job's text to stdout while it grows; returns the ended job, or null when interrupted.
    /// </summary>
    static Job? Follow(PrivateRun run, long id, Stream stdout)
    {
        using var text = new FollowedText(stdout);
        while (!run.Ended)
        {
            // First the state, then the text: what ended before we looked has all its text there.
            var job = run.Look(id);
            if (job is { Attempts: > 0 }) text.CopyNew(run.FolderOf(job), job.Attempt, job.IsOpen);
            if (job is { IsOpen: false }) return job;
            run.AwaitNews(TimeSpan.FromMilliseconds(25));
        }

        return null;
    }

    static void Explain(string file, Job job)
    {
        if (job.Outcome == Outcome.Complete) return;
        Talk.Say($"{file}: {job.Text} ({job.Code}, {Report.Word(job.Outcome!.Value)})");
        if (job.Hint.Length > 0) Talk.Say($"hint: {job.Hint}");
    }
}
