using System.Text.Json;
using Decryptor.Protocol;
using Decryptor.Supervisor.Cli.Progressing;
using Decryptor.Supervisor.Observability;
using Decryptor.Supervisor.Scheduling;

namespace Decryptor.Supervisor.Cli;

/// <summary>One run of <c>unpack</c>.</summary>
sealed class UnpackRun(string[] files, string output, bool overwrite, bool json)
{
    const int ColumnsMin = 40, ColumnsMax = 100;

    readonly List<(string Name, Job Job)> _results = [];

    public int Run(Settings settings, ProgressMode mode)
    {
        var folder = PrivateFolder.MakeIn(output, "choose another place for the output");
        using var run = new PrivateRun(folder, settings, files);
        foreach (var file in files) run.Add(file);
        using (new ProgressShow(run.Sight, mode)) DeliverAll(run);
        if (!json && files.Length > 1) TellAll();
        return run.Interrupted ?? _results.Select(result => ExitCodeOf(result.Job)).Aggregate(0, Talk.Worse);
    }

    void DeliverAll(PrivateRun run)
    {
        var place = new OutputFolder(output, files, overwrite);
        for (var id = 1; id <= files.Length; id++)
        {
            if (OneShot.AwaitEnd(run, id) is not { } job) return;
            var name = place.Deliver(run.FolderOf(job), Path.GetFileName(files[id - 1].TrimEnd('/')));
            _results.Add((name, job));
            if (json) PrintJson(Path.Combine(output, name));
            else Tell(name, job);
        }
    }

    static int ExitCodeOf(Job ended) => Talk.ExitCodeOf(ended.Outcome!.Value, ended.Code);

    // Of several the table tells; what is wrong with one, and what to do, is told at once.
    void Tell(string name, Job job)
    {
        if (files.Length > 1 && job.Outcome == Outcome.Complete) return;
        Talk.Say(Line(name, job));
        if (job.Hint.Length > 0) Talk.Say($"hint: {job.Hint}");
        Losses.Tell(Path.Combine(output, name), Talk.Say);
    }

    void TellAll()
    {
        using var stderr = new StandardStream(2);
        var columns = stderr.Columns is > 0 and var wide ? Math.Clamp(wide, ColumnsMin, ColumnsMax) : ColumnsMax;
        foreach (var line in UnpackedTable.Lines(_results, files.Length, columns)) Console.Error.WriteLine(line);
    }

    static string Line(string name, Job job) => job.Outcome switch
    {
        Outcome.Complete => $"{name}: complete, {StatusText.Size(job.BytesOut)} of text",
        Outcome.Partial => $"{name}: partial ({job.Code}), {StatusText.Size(job.BytesOut)} of text: {job.Text}",
        _ => $"{name}: FAILED ({job.Code}): {job.Text}",
    };

    static void PrintJson(string folder)
    {
        using var report = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, Report.FileName)));
        JsonLine.Print("report", json =>
        {
            foreach (var field in report.RootElement.EnumerateObject()) field.WriteTo(json);
        });
    }
}
