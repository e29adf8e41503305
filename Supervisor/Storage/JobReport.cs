using Decryptor.Protocol;
using Decryptor.Supervisor.Scheduling;

namespace Decryptor.Supervisor.Storage;

/// <summary>
/// Reports on the supervisor's side: the one it writes where no worker could, and the ones it reads back.
/// </summary>
static class JobReport
{
    /// <summary>What the job itself can tell.</summary>
    public static Report Of(Job job) => new()
    {
        Id = Spool.Id(job.Id),
        Source = job.Source,
        Tenant = job.Tenant.Length == 0 ? null : job.Tenant,
        State = job.State.ToString(),
        Outcome = Report.Word(job.Outcome ?? Outcome.Failed),
        Code = job.Code.Length == 0 ? null : job.Code,
        Message = job.Text.Length == 0 ? null : job.Text,
        Hint = job.Hint.Length == 0 ? null : job.Hint,
        Attempts = job.Attempts,
        Worker = job.Worker?.ToString(),
        BytesIn = job.Bytes,
        BytesOut = job.BytesOut,
        Seconds = Math.Max(0, (job.Ended - job.Started)?.TotalSeconds ?? 0),
    };

    /// <summary>
    /// What of a worker's report may reach the ledger: the room says what became of the job, a code must be one of the
    /// list, and no text is longer than a message could have carried.
    /// </summary>
    public static Report Tamed(Report report, JobState room) => report with
    {
        State = room.ToString(),
        Outcome = room == JobState.Failed ? Report.Word(Outcome.Failed)
            : report.Outcome == Report.Word(Outcome.Complete) ? report.Outcome
            : Report.Word(Outcome.Partial),
        Code = FailureCode.Find(report.Code ?? "")?.Name
            ?? (room == JobState.Failed ? FailureCode.Internal.Name : null),
        Message = Frame.Fit(report.Message ?? ""),
        Hint = Frame.Fit(report.Hint ?? ""),
        BytesOut = Math.Max(0, report.BytesOut),
        Files = [],
    };

    /// <summary>The job that a tamed report tells of, as far as it does.</summary>
    /// <param name="report">What stands in the job's folder.</param>
    /// <param name="id">The folder's name; the report's own word for it counts for nothing.</param>
    /// <param name="state">What lying in that room means.</param>
    /// <param name="at">When the folder was changed last.</param>
    public static Job ReadBack(Report report, long id, JobState state, DateTimeOffset at) => new()
    {
        Id = id,
        Source = Frame.Fit(report.Source),
        Tenant = Frame.Fit(report.Tenant ?? ""),
        Bytes = Math.Max(0, report.BytesIn),
        State = state,
        Attempts = Math.Max(0, report.Attempts),
        Worker = Incarnation.TryParse(report.Worker ?? "", out var worker) ? worker : null,
        Arrived = at,
        Ended = at,
        Outcome = Enum.Parse<Outcome>(report.Outcome, ignoreCase: true),
        Code = report.Code ?? "",
        Text = report.Message ?? "",
        Hint = report.Hint ?? "",
        BytesOut = report.BytesOut,
    };
}
