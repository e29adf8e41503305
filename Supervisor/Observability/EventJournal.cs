using Decryptor.Protocol;
using Decryptor.Supervisor.Observability.Journald;
using Decryptor.Supervisor.Scheduling;
using Serilog;
using Serilog.Events;

namespace Decryptor.Supervisor.Observability;

/// <summary>
/// Tells the log what each turn did: one line a change, and every line about a job carries job, attempt and worker. At
/// level Verbose it prints whole turns in the notation of the plays.
/// </summary>
sealed class EventJournal(ILogger log)
{
    public void Watch(Turn turn)
    {
        foreach (var row in turn.Rows) Tell(row, turn);
        foreach (var kill in turn.Orders.OfType<Order.Kill>()) Tell(kill);
        if (!log.IsEnabled(LogEventLevel.Verbose)) return;
        foreach (var line in Notation.Lines(turn)) log.Verbose("{Turn:l}", line);
    }

    void Tell(Order.Kill kill)
    {
        if (kill.Over is { } attempt)
            As(MessageId.WorkerKilled).Warning("job {Job} attempt {Attempt} {Worker} is killed: {Why}",
                attempt.Job, attempt.Number, kill.Worker, kill.Why);
        else
            As(MessageId.WorkerKilled).Warning("{Worker} is killed: {Why}", kill.Worker, kill.Why);
    }

    void Tell(Row row, Turn turn)
    {
        switch (row)
        {
            case Row.JobIs { Job: var job } changed: Tell(job, changed.Why); break;
            case Row.WorkerStarts starts: log.Debug("{Worker} starts", starts.Worker); break;
            case Row.WorkerEnded { Charged: { } charged } ended:
                As(MessageId.WorkerGone).Warning(
                    "{Worker} is gone: {How}; charged to job {Job} attempt {Attempt}",
                    ended.Worker, ended.How, charged, AttemptsOf(charged, turn));
                break;
            case Row.WorkerEnded ended:
                As(MessageId.WorkerGone).Information("{Worker} is gone: {How}", ended.Worker, ended.How);
                break;
            case Row.Quarantined { Poison: var poison }:
                As(MessageId.Quarantined).Warning(
                    "{Sha256:l}, {Bytes} bytes, is quarantined for what job {Job} did: it is not opened again",
                    poison.Sha256, poison.Bytes, poison.Job);
                break;
            case Row.Released { Poison: var poison }:
                As(MessageId.Released).Information(
                    "{Sha256:l}, {Bytes} bytes, is out of quarantine; it was job {Job}",
                    poison.Sha256, poison.Bytes, poison.Job);
                break;
            case Row.Audit audit:
                As(MessageId.Audit).Information(
                    "{Who:l} asked to {Act:l} job {Job}: {Result:l}",
                    Harmless.Text(audit.Who), audit.Act.ToString().ToLowerInvariant(), audit.Job,
                    Harmless.Text(audit.Result));
                break;
        }
    }

    // A death that is charged changes its job in the same turn.
    static int AttemptsOf(long job, Turn turn) =>
        turn.Rows.OfType<Row.JobIs>().LastOrDefault(row => row.Job.Id == job)?.Job.Attempts ?? 0;

    ILogger As(string messageId) => log.ForContext(MessageId.Property, messageId);

    void Tell(Job job, string why) => As(KindOf(job)).Write(
        LevelOf(job), "job {Job} attempt {Attempt} {Worker}: {State} {Outcome} {Code:l} {Source}: {Why:l}",
        job.Id, job.Attempts, job.Worker?.ToString() ?? "-",
        job.State, job.Outcome is { } outcome ? Report.Word(outcome) : "-",
        job.Code.Length > 0 ? job.Code : "-", Harmless.Text(job.Source), Harmless.Text(why));

    static string KindOf(Job job) => job switch
    {
        { State: JobState.Failed } => MessageId.JobFailed,
        { State: JobState.Completed } => MessageId.JobCompleted,
        { State: JobState.Undecrypted, Attempts: > 0 } => MessageId.JobRequeued,
        _ => MessageId.JobMoved,
    };

    static LogEventLevel LevelOf(Job job) => job switch
    {
        { State: JobState.Failed } or { State: JobState.Completed, Outcome: Outcome.Partial } => LogEventLevel.Warning,
        { State: JobState.Completed } => LogEventLevel.Information,
        { State: JobState.Undecrypted, Attempts: > 0 } => LogEventLevel.Warning,
        _ => LogEventLevel.Debug,
    };
}
