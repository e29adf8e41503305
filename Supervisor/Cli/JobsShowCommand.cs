using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Decryptor.Protocol;
using Decryptor.Supervisor.Observability;
using Decryptor.Supervisor.Scheduling;
using Decryptor.Supervisor.Storage;

namespace Decryptor.Supervisor.Cli;

/// <summary>
/// <c>decryptor jobs show ID…</c>: everything that is known of jobs, whether the service runs or not: how each stands,
/// what became of it and when and why, what operators did with it, and where its report and its crash cards lie.
/// Returns 66 where one of them is none.
/// </summary>
static class JobsShowCommand
{
    const int Width = 100, Indent = 11;

    public static Command Build(SharedOptions shared)
    {
        var ids = new Argument<long[]>("ID") { Description = "the jobs' numbers", Arity = ArgumentArity.OneOrMore };
        var command = new Command("show", "show all that is known of jobs") { ids, shared.Spool, shared.Json };
        command.SetAction(parsed =>
            Show(parsed.GetValue(shared.Spool)!, parsed.GetValue(ids)!, parsed.GetValue(shared.Json)));
        return command;
    }

    static int Show(string spool, IEnumerable<long> ids, bool json)
    {
        using var ledger = JobLedger.OpenForReading(Path.Combine(spool, Spool.LedgerName));
        var (shown, exitCode) = (0, 0);
        foreach (var id in ids.Distinct())
        {
            if (ledger.Find(id) is not { } job)
            {
                exitCode = Talk.Error(
                    $"there is no job {id}", "decryptor jobs lists the newest", FailureCode.NoInput.ExitCode);
                continue;
            }

            var detail = JobDetail.Of(job, ledger, Path.GetFullPath(spool));
            if (!json && shown++ > 0) Console.WriteLine();
            if (json) Console.WriteLine(JsonSerializer.Serialize(detail, JobDetailJson.Compact.JobDetail));
            else Print(job, detail);
        }

        return exitCode;
    }

    static void Print(Job job, JobDetail detail)
    {
        Fact("job", $"{job.Id} · {job.State}{Said(detail.Job.Outcome)}{Said(detail.Job.Code)}");
        Fact("source", job.Source);
        Fact("tenant", job.Tenant);
        Fact("size", $"{StatusText.Size(job.Bytes)} in · {StatusText.Size(job.BytesOut)} out");
        Fact("arrived", Time(job.Arrived));
        Fact("started", job.Started is { } started ? Time(started) : "");
        Fact("ended", job.Ended is { } ended ? Time(ended) : "");
        Fact("attempts", $"{job.Attempts} · {job.Deaths} deaths charged{Said(job.Worker?.ToString())}");
        Fact("sha256", job.Sha256);
        Fact("message", job.Text);
        Fact("hint", job.Hint);
        Fact("keys", string.Join(", ", detail.Keys));
        Fact("report", detail.Report ?? "");
        Fact("input", detail.Input ?? "");
        foreach (var card in detail.Crashes) Fact("crash", card);
        if (detail.History.Count > 0) Console.WriteLine("history");
        foreach (var line in detail.History)
            Fact("", $"{Time(line.At)} {line.State} attempt {line.Attempt} {line.Worker ?? "-"}: {line.Why}");
        if (detail.Audit.Count > 0) Console.WriteLine("operators");
        foreach (var line in detail.Audit) Fact("", $"{Time(line.At)} {line.Act} by {line.Who}: {line.Result}");
    }

    static string Said(string? word) => string.IsNullOrEmpty(word) ? "" : $" · {word}";

    static string Time(DateTimeOffset at) => at.ToString("yyyy-MM-dd HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    // Broken at spaces, so that a path can be copied whole.
    static void Fact(string name, string text)
    {
        if (text.Length == 0) return;
        var line = name.PadRight(Indent);
        foreach (var word in Harmless.Text(text).Split(' '))
        {
            if (line.Length > Indent && line.Length + word.Length >= Width)
            {
                Console.WriteLine(line.TrimEnd());
                line = "".PadRight(Indent + 2);
            }

            line += word + " ";
        }

        Console.WriteLine(line.TrimEnd());
    }
}
