using System.CommandLine;
using System.Text.Json;
using Decryptor.Protocol;
using Decryptor.Supervisor.Intake;
using Decryptor.Supervisor.Observability;
using Decryptor.Supervisor.Scheduling;

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
        var command = new Command("unpack", "write the text and a report of each package into a folder")
        {
            files, output, shared.Keys, shared.Workers, shared.Config, shared.Worker, shared.Json,
        };
        command.SetAction(parsed =>
        {
            SignalListener.BlockAndReexec();
            var settings = OneShot.SettingsFrom(parsed, shared);
            return Unpack(parsed.GetValue(files)!, parsed.GetValue(output)!, settings, parsed.GetValue(shared.Json));
        });
        return command;
    }

    static int Unpack(string[] files, string output, Settings settings, bool json)
    {
        var folder = PrivateFolder.MakeIn(output, "choose another place for the output");
        using var run = new PrivateRun(folder, settings, files);
        foreach (var file in files) run.Add(file);
        var results = new List<(string Name, Job Job)>();
        for (var id = 1; id <= files.Length; id++)
        {
            var job = OneShot.AwaitEnd(run, id);
            if (job is null) break;
            var name = Deliver(run.FolderOf(job), output, Path.GetFileName(files[id - 1].TrimEnd('/')));
            results.Add((name, job));
            if (json) PrintJson(Path.Combine(output, name));
            else Tell(name, job);
            if (!json) Losses.Tell(Path.Combine(output, name), Talk.Say);
        }

        if (!json && files.Length > 1) Talk.Say(Summary(results, files.Length));
        return run.Interrupted ?? results.Select(result => ExitCodeOf(result.Job)).Aggregate(0, Talk.Worse);
    }

    static int ExitCodeOf(Job ended) => Talk.ExitCodeOf(ended.Outcome!.Value, ended.Code);

    /// <summary>Moves the finished folder to the input's name, or to the first of its followers that is free.</summary>
    static string Deliver(string from, string output, string input)
    {
        for (var n = 1; ; n++)
        {
            var name = n == 1 ? input : $"{input}-{n}";
            var target = Path.Combine(output, name);
            if (Path.Exists(target)) continue;
            Directory.Move(from, target);
            // The spool is the owner's alone; what is delivered is as open as the folder it was asked into.
            File.SetUnixFileMode(target, File.GetUnixFileMode(output));
            return name;
        }
    }

    static void Tell(string name, Job job)
    {
        Talk.Say(Line(name, job));
        if (job.Hint.Length > 0) Talk.Say($"hint: {job.Hint}");
    }

    static string Line(string name, Job job) => job.Outcome switch
    {
        Outcome.Complete => $"{name}: complete, {StatusText.Size(job.BytesOut)} of text",
        Outcome.Partial => $"{name}: partial ({job.Code}), {StatusText.Size(job.BytesOut)} of text: {job.Text}",
        _ => $"{name}: FAILED ({job.Code}): {job.Text}",
    };

    static string Summary(List<(string Name, Job Job)> results, int inputs)
    {
        int Count(Outcome outcome) => results.Count(result => result.Job.Outcome == outcome);
        var (complete, partial) = (Count(Outcome.Complete), Count(Outcome.Partial));
        return $"{inputs} inputs: {complete} complete, {partial} partial, {Count(Outcome.Failed)} failed";
    }

    static void PrintJson(string folder)
    {
        using var report = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, Report.FileName)));
        JsonLine.Print("report", json =>
        {
            foreach (var field in report.RootElement.EnumerateObject()) field.WriteTo(json);
        });
    }
}
