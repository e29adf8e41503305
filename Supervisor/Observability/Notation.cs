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
        Event.JobArrived job => $"arrive {job.Source} {job.Bytes}{Tenant(job.Tenant)}{Outside(job)}",
        Event.InputGone gone => $"input gone {gone.Job}",
        Event.WorkerSaid said => $"{said.Worker} {Of(said.Message)}{NoReport(said)}",
        Event.KeysAnswered answered => $"answered {answered.Attempt}",
        Event.WorkerBroken broken => $"{broken.Worker} broken {broken.Why}",
        Event.WorkerGone gone => $"{gone.Worker} gone {gone.How}",
        Event.Overslept late => string.Create(CultureInfo.InvariantCulture, $"overslept {late.By.TotalSeconds:0.###}s"),
        Event.StopAsked stop => stop.AtOnce ? "stop at once" : "stop",
        Event.ResizeAsked resize => string.Create(CultureInfo.InvariantCulture, $"resize {resize.By:+0;-0}"),
        Event.RollAsked => "roll",
        Event.KeysChanged changed => $"keys changed {string.Join(' ', changed.Starved.Select(job => job.Id))}",
        Event.Measured measured =>
            $"measured {string.Join(' ', measured.Sizes.Select(size => $"{size.Worker} {size.ResidentBytes}"))}",
        Event.OperatorAsked asked => $"operator {asked.Act} {asked.Job.Id} ticket {asked.Ticket} by {asked.Who}",
        Event.PolicyChanged => "policy changed",
        _ => throw new UnknownCaseException(happened),
    };

    public static string Of(Message message) => message switch
    {
        Hello hello => $"hello {hello.ProtocolVersion}",
        Progress now => string.Create(CultureInfo.InvariantCulture,
            $"progress {now.Attempt.Folder} in {now.BytesIn} out {now.BytesOut} cpu {now.CpuMicroseconds}"),
        KeyRequest request => $"asks {request.Attempt.Folder} {request.Question}",
        Fingerprint print =>
            $"fingerprint {print.Attempt.Folder} {Convert.ToHexStringLower(print.Sha256.Span)}",
        Finished end => $"finished {end.Attempt.Folder} {Report.Word(end.Outcome)}{Spaced(end.Code)}",
        _ => message.GetType().Name,
    };

    public static string Of(Move move) => move switch
    {
        Move.Accept accept => $"accept {accept.Job.Id} {accept.Place}",
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
        Row.JobIs { Job: var job } changed => $"{job.Id} {job.State}{Counts(job)}{Spaced(job.Code)}: {changed.Why}",
        Row.WorkerStarts starts => $"{starts.Worker} starts",
        Row.WorkerEnded ended => $"{ended.Worker} ended{ChargedTo(ended.Charged)}: {ended.How}",
        Row.Quarantined { Poison: var poison } => $"quarantined {poison.Sha256} of job {poison.Job}",
        Row.Released { Poison: var poison } => $"released {poison.Sha256} of job {poison.Job}",
        Row.Audit audit => $"audit {audit.Who}: {audit.Act} {audit.Job}: {audit.Result}",
        _ => throw new UnknownCaseException(row),
    };

    public static string Of(Order order) => order switch
    {
        Order.Start start => $"start {start.Worker}",
        Order.Assign assign => $"assign {assign.Attempt}{(assign.HashFirst ? " hash first" : "")}",
        Order.Probe probe => $"probe {probe.Attempt}",
        Order.Answer answer => $"answer {answer.Request.Attempt} {answer.Request.Question}",
        Order.Dismiss dismiss => $"dismiss {dismiss.Worker}",
        Order.Kill kill => $"kill {kill.Worker}: {kill.Why}",
        Order.Reply reply => $"reply {reply.Ticket} {(reply.Done ? "done" : "refused")}: {reply.Text}",
        _ => throw new UnknownCaseException(order),
    };

    /// <summary>A whole turn, a line a thing, in the order in which it is carried out.</summary>
    public static IEnumerable<string> Lines(Turn turn) =>
        turn.Moves.Select(move => $"move   {Of(move)}")
            .Concat(turn.Rows.Select(row => $"row    {Of(row)}"))
            .Concat(turn.Orders.Select(order => $"order  {Of(order)}"))
            .Concat(turn.Stopped ? ["stopped"] : []);

    static string Counts(Job job) =>
        (job.Attempts > 0 ? $" attempt {job.Attempts}" : "") + (job.Deaths > 0 ? $" deaths {job.Deaths}" : "");

    static string Tenant(string tenant) => tenant.Length > 0 ? $" tenant {tenant}" : "";

    static string Outside(Event.JobArrived arrived) => arrived.Outside ? " outside" : "";

    static string From(Incarnation? holder) => holder is { } worker ? $" from {worker}" : "";

    static string ChargedTo(long? charged) => charged is { } job ? $", charged to {job}" : "";

    static string NoReport(Event.WorkerSaid said) =>
        said is { Message: Finished, HasReport: false } ? " no-report" : "";

    static string Spaced(string code) => code.Length > 0 ? $" {code}" : "";
}
