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
    static readonly Columns _columns = new(
        ("JOB", 7), ("STATE", 12), ("OUTCOME", 9), ("CODE", 14), ("TRY", 4), ("DEATHS", 7),
        ("IN", 10), ("OUT", 10), ("ARRIVED", 20), ("SOURCE", 0));

    public static Command Build(SharedOptions shared)
    {
        var choice = new JobChoice();
        var command = Lister("jobs", "list the jobs of a service, or act on some", shared, choice);
        command.Add(Lister("list", "list the jobs of a service, newest first", shared, choice));
        command.Add(JobsShowCommand.Build(shared));
        foreach (var act in JobsActCommand.Build(shared)) command.Add(act);
        return command;
    }

    static Command Lister(string name, string what, SharedOptions shared, JobChoice choice)
    {
        var command = new Command(name, what) { shared.Spool };
        choice.AddTo(command);
        command.Add(shared.Json);
        command.SetAction(parsed =>
        {
            var (filter, limit) = (choice.Filter(parsed), choice.Limit(parsed));
            using var ledger = JobLedger.OpenForReading(Path.Combine(parsed.GetValue(shared.Spool)!, Spool.LedgerName));
            if (ledger.Notice.Length > 0) Talk.Say(ledger.Notice);
            var jobs = ledger.List(filter, limit);
            if (parsed.GetValue(shared.Json)) PrintJson(jobs);
            else PrintTable(jobs);
            return 0;
        });
        return command;
    }

    static void PrintTable(IReadOnlyList<Job> jobs)
    {
        Console.WriteLine(_columns.Headings);
        foreach (var job in jobs) Console.WriteLine(LineOf(job));
    }

    static string LineOf(Job job) => _columns.Line(
        job.Id.ToString(CultureInfo.InvariantCulture),
        job.State.ToString(),
        job.Outcome is { } outcome ? Report.Word(outcome) : "-",
        job.Code.Length > 0 ? job.Code : "-",
        job.Attempts.ToString(CultureInfo.InvariantCulture),
        job.Deaths.ToString(CultureInfo.InvariantCulture),
        StatusText.Size(job.Bytes),
        StatusText.Size(job.BytesOut),
        job.Arrived.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        Harmless.Text(job.Source));

    static void PrintJson(IReadOnlyList<Job> jobs)
    {
        foreach (var line in jobs.Select(JobLine.Of)) Console.WriteLine(line.ToJson());
    }
}

/// <summary>One line of <c>jobs --json</c>.</summary>
sealed record JobLine(
    string Type, string Id, string Source, string? Tenant,
    string State, string? Outcome, string? Code, string? Message, string? Hint,
    int Attempts, int Deaths, string? Worker, long BytesIn, long BytesOut,
    DateTimeOffset Arrived, DateTimeOffset? Ended)
{
    public static JobLine Of(Job job) => new(
        "job", job.Id.ToString(CultureInfo.InvariantCulture), job.Source, Said(job.Tenant), job.State.ToString(),
        job.Outcome is { } outcome ? Report.Word(outcome) : null, Said(job.Code), Said(job.Text), Said(job.Hint),
        job.Attempts, job.Deaths, job.Worker?.ToString(), job.Bytes, job.BytesOut, job.Arrived, job.Ended);

    public string ToJson() => JsonSerializer.Serialize(this, JobLineJson.Compact.JobLine);

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
