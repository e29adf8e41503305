using System.Globalization;
using Decryptor.Protocol;
using Decryptor.Supervisor.Scheduling;

namespace Decryptor.Supervisor.Observability;

/// <summary>
/// Events and turns as lines of text: one notation for the journal and for the plays that test the scheduler, so that
/// an incident can be pasted from the one into the other.
/// </summary>
static class Notation
{
    public static string Of(Event happened) => happened switch
    {
        Event.JobArrived job => $"arrive {Spelling.Word(job.Source)} {job.Bytes}{Way(job)}",
        Event.InputGone gone => $"input gone {gone.Job}",
        Event.WorkerSaid said => $"{said.Worker} {Of(said)}",
        Event.KeysAnswered answered => $"answered {answered.Attempt}",
        Event.WorkerBroken broken => $"{broken.Worker} broken{Said(broken.Why)}",
        Event.WorkerGone gone => $"{gone.Worker} gone{Said(gone.How)}",
        Event.Overslept late => $"overslept {Script.Time(late.By)}",
        Event.StopAsked stop => stop.AtOnce ? "stop at once" : "stop",
        Event.ResizeAsked resize => string.Create(CultureInfo.InvariantCulture, $"resize {resize.By:+0;-0}"),
        Event.RollAsked => "roll",
        Event.KeysChanged changed =>
            $"keys {(changed.IsMore ? "more" : "changed")}"
            + string.Concat(changed.Starved.Select(job => $" {job.Id}")),
        Event.Measured measured =>
            $"measured{string.Concat(measured.Sizes.Select(size => $" {size.Worker} {size.ResidentBytes}"))}",
        Event.OperatorAsked asked =>
            $"operator {Lower(asked.Act)} {asked.Job.Id} ticket {asked.Ticket}{NoInput(asked)} by{Said(asked.Who)}",
        Event.PolicyChanged changed => $"policy changed {NotedJson.Of(changed.Policy)}",
        _ => throw new UnknownCaseException(happened),
    };

    /// <summary>
    /// An event, and before it the jobs that it carries: whoever reads it may never have heard of them.
    /// </summary>
    public static IEnumerable<string> Lines(Event happened)
    {
        IReadOnlyList<Job> carried = happened switch
        {
            Event.KeysChanged changed => changed.Starved,
            Event.OperatorAsked asked => [asked.Job],
            _ => [],
        };
        return carried.Select(job => $"known {NotedJson.Of(job)}").Append(Of(happened));
    }

    static string Of(Event.WorkerSaid said) => said.Message switch
    {
        Hello hello => $"hello{Version(hello.ProtocolVersion)}{As(hello, said.Worker)}",
        Progress now => string.Create(CultureInfo.InvariantCulture,
            $"progress {Of(now.Attempt, said)} in {now.BytesIn} out {now.BytesOut} cpu {now.CpuMicroseconds}")
            + Of(now.Blocks),
        KeyRequest request => $"asks {Of(request.Attempt, said)} {request.Question} {Spelling.Word(request.Format)}",
        Fingerprint print =>
            $"fingerprint {Of(print.Attempt, said)} {Convert.ToHexStringLower(print.Sha256.Span)}",
        Finished end => $"finished {Of(end.Attempt, said)} {Report.Word(end.Outcome)}{End(end, said.HasReport)}",
        _ => throw new UnknownCaseException(said.Message),
    };

    static string Of(BlockCount blocks) => blocks == default ? "" : string.Create(
        CultureInfo.InvariantCulture, $" blocks {blocks.Total} ok {blocks.Ok} bad {blocks.Bad}");

    public static string Of(Move move) => move switch
    {
        Move.Accept accept => $"accept {accept.Job.Id} {Spelling.Word(accept.Place)}",
        Move.Prepare prepare => $"prepare {prepare.Worker}",
        Move.Probe probe => $"probe {probe.Worker}",
        Move.Take take => $"take {take.Job.Id} to {take.Worker}",
        Move.GiveBack back => $"give back {back.Job.Id} from {back.Worker}",
        Move.Publish publish => $"publish {publish.Attempt} as {publish.Job.State}",
        Move.Refuse refuse => $"refuse {refuse.Job.Id} {refuse.Job.Code}{From(refuse.Worker)}",
        Move.Reopen reopen => $"reopen {reopen.Job.Id}",
        Move.Discard discard => $"discard {discard.Worker}",
        _ => throw new UnknownCaseException(move),
    };

    public static string Of(Row row) => row switch
    {
        Row.JobIs { Job: var job } changed =>
            $"{job.Id} {job.State}{Counts(job)}{Spaced(job.Code)}: {Spelling.Text(changed.Why)}",
        Row.WorkerStarts starts => $"{starts.Worker} starts",
        Row.WorkerEnded ended => $"{ended.Worker} ended{ChargedTo(ended.Charged)}: {Spelling.Text(ended.How)}",
        Row.Quarantined { Poison: var poison } => $"quarantined {poison.Sha256} of job {poison.Job}",
        Row.Released { Poison: var poison } => $"released {poison.Sha256} of job {poison.Job}",
        Row.Audit audit =>
            $"audit {Spelling.Text(audit.Who)}: {audit.Act} {audit.Job}: {Spelling.Text(audit.Result)}",
        _ => throw new UnknownCaseException(row),
    };

    public static string Of(Order order) => order switch
    {
        Order.Start start => $"start {start.Worker}",
        Order.Assign assign => $"assign {assign.Attempt}{(assign.HashFirst ? " hash first" : "")}",
        Order.Probe probe => $"probe {probe.Attempt}",
        Order.Answer answer => $"answer {answer.Request.Attempt} {answer.Request.Question}",
        Order.Dismiss dismiss => $"dismiss {dismiss.Worker}",
        Order.Kill kill => $"kill {kill.Worker}: {Spelling.Text(kill.Why)}",
        Order.Reply reply =>
            $"reply {reply.Ticket} {reply.Result.ToString().ToLowerInvariant()}: {Spelling.Text(reply.Text)}",
        _ => throw new UnknownCaseException(order),
    };

    /// <summary>A whole turn, a line a thing, in the order in which it is carried out.</summary>
    public static IEnumerable<string> Lines(Turn turn) =>
        turn.Moves.Select(move => $"move   {Of(move)}")
            .Concat(turn.Rows.Select(row => $"row    {Of(row)}"))
            .Concat(turn.Orders.Select(order => $"order  {Of(order)}"))
            .Concat(turn.Stopped ? ["stopped"] : []);

    static string Lower(OperatorAct act) => act.ToString().ToLowerInvariant();

    static string Counts(Job job) =>
        (job.Attempts > 0 ? $" attempt {job.Attempts}" : "") + (job.Deaths > 0 ? $" deaths {job.Deaths}" : "");

    static string Way(Event.JobArrived job) =>
        (job.Tenant.Length > 0 ? $" tenant {Spelling.Word(job.Tenant)}" : "")
        + (job.Place != job.Source ? $" from {Spelling.Word(job.Place)}" : "")
        + (job.Outside ? " outside" : "")
        + (job.Ticket is { } ticket ? $" ticket {ticket}" : "");

    // The version that we speak goes without saying, so that a play outlives it.
    static string Version(int version) => version == Message.Version ? "" : $" {version}";

    // Of a foreign version nothing but the version was read.
    static string As(Hello hello, Incarnation speaker) =>
        hello.Worker == speaker || hello.ProtocolVersion != Message.Version ? "" : $" as {hello.Worker}";

    static string Of(Attempt attempt, Event.WorkerSaid said) =>
        attempt.Worker == said.Worker ? attempt.Folder : attempt.ToString();

    static string End(Finished end, bool hasReport) =>
        Spaced(end.Code) + (hasReport ? "" : " no-report")
        + Counted("in", end.BytesIn) + Counted("out", end.BytesOut)
        + (end.Blocks == default ? "" : $" blocks {end.Blocks.Total} {end.Blocks.Ok} {end.Blocks.Bad}")
        + (end.Hint.Length > 0 ? $" hint {Spelling.Word(end.Hint)}" : "")
        + (end.Text.Length > 0 ? $" text {Spelling.Text(end.Text)}" : "");

    static string NoInput(Event.OperatorAsked asked) => asked.HasInput ? "" : " no-input";

    static string Counted(string what, long bytes) => bytes == 0 ? "" : $" {what} {bytes}";

    static string From(Incarnation? holder) => holder is { } worker ? $" from {worker}" : "";

    static string ChargedTo(long? charged) => charged is { } job ? $", charged to {job}" : "";

    static string Said(string words) => words.Length > 0 ? $" {Spelling.Text(words)}" : "";

    static string Spaced(string code) => code.Length > 0 ? $" {code}" : "";
}
