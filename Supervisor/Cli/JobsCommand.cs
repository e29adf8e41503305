using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Decryptor.Protocol;
using Decryptor.Supervisor.Observability;
using Decryptor.Supervisor.Scheduling;
using Decryptor.Supervisor.Storage;

namespace Decryptor.Supervisor.Cli;

/// <summary><c>decryptor jobs --spool DIR</c>: what the ledger knows, whether the service runs or not.</summary>
static class JobsCommand
{
    public static Command Build(SharedOptions shared)
    {
        var spool = new Option<string>("--spool") { Description = "the service's spool", HelpName = "DIR", Required = true };
        var limit = new Option<int>("--limit", "-n") { Description = "how many, newest first", DefaultValueFactory = _ => 50, HelpName = "N" };
        var command = new Command("jobs", "list the jobs of a service") { spool, limit, shared.Json };
        command.SetAction(parsed =>
        {
            using var ledger = JobLedger.OpenForReading(Path.Combine(parsed.GetValue(spool)!, Spool.LedgerName));
            var jobs = ledger.List(limit: parsed.GetValue(limit));
            if (parsed.GetValue(shared.Json)) PrintJson(jobs);
            else PrintTable(jobs);
            return 0;
        });
        return command;
    }

    static void PrintTable(IReadOnlyList<Job> jobs)
    {
        Console.WriteLine("JOB     STATE        OUTCOME   CODE           TRY  DEATHS  IN         OUT        ARRIVED              SOURCE");
        foreach (var job in jobs)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{job.Id,-7} {job.State,-12} {(job.Outcome is { } outcome ? Report.Word(outcome) : "-"),-9} {(job.Code.Length > 0 ? job.Code : "-"),-14} {job.Attempts,-4} {job.Deaths,-7} {StatusText.Size(job.Bytes),-10} {StatusText.Size(job.BytesOut),-10} {job.Arrived:yyyy-MM-dd HH:mm:ss}Z {Talk.Harmless(job.Source)}"));
        }
    }

    static void PrintJson(IReadOnlyList<Job> jobs)
    {
        foreach (var job in jobs) Console.WriteLine(JsonSerializer.Serialize(JobLine.Of(job), JobLineJson.Compact.JobLine));
    }
}

/// <summary>One line of <c>jobs --json</c>.</summary>
sealed record JobLine(
    string Id, string Source, string? Tenant, string State, string? Outcome, string? Code, string? Message, string? Hint,
    int Attempts, int Deaths, string? Worker, long BytesIn, long BytesOut, DateTimeOffset Arrived, DateTimeOffset? Ended)
{
    public static JobLine Of(Job job) => new(
        job.Id.ToString(CultureInfo.InvariantCulture), job.Source, Said(job.Tenant), job.State.ToString(),
        job.Outcome is { } outcome ? Report.Word(outcome) : null, Said(job.Code), Said(job.Text), Said(job.Hint),
        job.Attempts, job.Deaths, job.Worker?.ToString(), job.Bytes, job.BytesOut, job.Arrived, job.Ended);

    static string? Said(string text) => text.Length > 0 ? text : null;
}

[JsonSerializable(typeof(JobLine))]
sealed partial class JobLineJson : JsonSerializerContext
{
    internal static readonly JobLineJson Compact = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    });
}
