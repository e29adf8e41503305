using System.Text.Json;
using Decryptor.Protocol;
using Decryptor.Supervisor.Scheduling;
using Decryptor.Supervisor.Storage;

namespace Decryptor.Supervisor.Cli.Evidence;

/// <summary>What a worker found of one input: the job as it ended, and its report.</summary>
/// <param name="Input">The file as it was named.</param>
/// <param name="Job">The ended job.</param>
/// <param name="Files">The report's files; none where there is no report.</param>
sealed record Examined(string Input, Job Job, IReadOnlyList<ReportedFile> Files)
{
    /// <summary>The exit code that <c>cat</c> has for it.</summary>
    public int ExitCode => Talk.ExitCodeOf(Job.Outcome!.Value, Job.Code);

    /// <summary>Whether any of it is sealed, as far as that was seen.</summary>
    public bool IsSealed =>
        Files.Any(file => file.Key is not null || FileSight.IsShut(file) || FileSight.Sealed(file));

    /// <summary>
    /// Runs the job of each input and takes what was found; the texts are dropped with the run. Fewer than were asked
    /// for come back where the run is interrupted.
    /// </summary>
    /// <param name="run">The run, which holds the keys.</param>
    /// <param name="files">The inputs.</param>
    /// <param name="told">Called for each as soon as it is known.</param>
    public static List<Examined> All(PrivateRun run, IReadOnlyList<string> files, Action<Examined>? told = null)
    {
        var ids = files.Select(run.Add).ToList();
        var all = new List<Examined>();
        foreach (var (file, id) in files.Zip(ids))
        {
            if (OneShot.AwaitEnd(run, id) is not { } job) break;
            var one = new Examined(file, job, Read(run.FolderOf(job)));
            told?.Invoke(one);
            all.Add(one);
        }

        return all;
    }

    static IReadOnlyList<ReportedFile> Read(string folder)
    {
        try
        {
            var path = new FileInfo(Path.Combine(folder, Report.FileName));
            if (!path.Exists) return [];
            if (path.Length <= Spool.ReportMax) return Report.FromJson(File.ReadAllBytes(path.FullName)).Files;
            Talk.Say($"the report has {path.Length} bytes, which is more than is read");
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            Talk.Say($"the report cannot be read: {e.Message}");
        }

        return [];
    }
}
