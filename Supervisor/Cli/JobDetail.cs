using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Decryptor.Protocol;
using Decryptor.Supervisor.Scheduling;
using Decryptor.Supervisor.Storage;

namespace Decryptor.Supervisor.Cli;

/// <summary>What <c>jobs show --json</c> says of a job.</summary>
/// <param name="Type">What the line is.</param>
/// <param name="Job">As <c>jobs --json</c> lists it.</param>
/// <param name="Sha256">The hash of its bytes, once a worker has said it.</param>
/// <param name="Report">Where its report is; null while there is none.</param>
/// <param name="Input">Where its input is kept; null where it is not.</param>
/// <param name="Keys">Names of the keys that opened something in it.</param>
/// <param name="Crashes">Where the cards of workers that died over it are, oldest first.</param>
/// <param name="History">What became of it, oldest first.</param>
/// <param name="Audit">What operators did with it, oldest first.</param>
sealed record JobDetail(
    string Type, JobLine Job, string? Sha256, string? Report, string? Input, IReadOnlyList<string> Keys,
    IReadOnlyList<string> Crashes, IReadOnlyList<JobStep> History, IReadOnlyList<JobAct> Audit)
{
    const int ReportMax = Spool.ReportMax;

    /// <summary>All that the ledger and the spool know of a job.</summary>
    public static JobDetail Of(Job job, LedgerReader ledger, string spool)
    {
        var id = job.Id.ToString(CultureInfo.InvariantCulture);
        var folder = Path.Combine(spool, job.State == JobState.Completed ? "completed" : "failed", id);
        var report = job.IsOpen ? null : Existing(Path.Combine(folder, Protocol.Report.FileName));
        return new(
            "jobDetail", JobLine.Of(job), job.Sha256.Length > 0 ? job.Sha256 : null, report,
            job.IsOpen ? null : Existing(Path.Combine(folder, Spool.Input)), KeysIn(report),
            [.. Cards(Path.Combine(spool, "run", "crashes"), $"{id}-*.json"), .. Cards(folder, "crash-*.json")],
            [.. ledger.History(job.Id).Select(JobStep.Of)], [.. ledger.Audit(job.Id).Select(JobAct.Of)]);
    }

    static string? Existing(string path) => File.Exists(path) ? path : null;

    static IEnumerable<string> Cards(string folder, string pattern)
    {
        try
        {
            return Directory.Exists(folder) ? Directory.GetFiles(folder, pattern).OrderBy(NumberOf) : [];
        }
        catch (UnauthorizedAccessException)
        {
            // Only the service's own user may look there.
            return [];
        }
    }

    static int NumberOf(string card)
    {
        var name = Path.GetFileNameWithoutExtension(card);
        return int.TryParse(name[(name.LastIndexOf('-') + 1)..], CultureInfo.InvariantCulture, out var number)
            ? number : 0;
    }

    static IReadOnlyList<string> KeysIn(string? report)
    {
        try
        {
            if (report is null || new FileInfo(report).Length > ReportMax) return [];
            var files = Protocol.Report.FromJson(File.ReadAllBytes(report)).Files;
            return [.. files.Select(file => file.Key).OfType<string>().Distinct()];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            Talk.Say($"the report cannot be read: {e.Message}");
            return [];
        }
    }
}

/// <summary>A line of a job's history.</summary>
sealed record JobStep(DateTimeOffset At, string State, int Attempt, string? Worker, string Why)
{
    public static JobStep Of(HistoryLine line) =>
        new(line.At, line.State.ToString(), line.Attempt, line.Worker, line.Why);
}

/// <summary>An operator's act.</summary>
sealed record JobAct(DateTimeOffset At, string Act, string Who, string Result)
{
    public static JobAct Of(AuditLine line) =>
        new(line.At, line.Act.ToString().ToLowerInvariant(), line.Who, line.Result);
}

[JsonSerializable(typeof(JobDetail))]
sealed partial class JobDetailJson : JsonSerializerContext
{
    internal static readonly JobDetailJson Compact = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    });
}
