using Decryptor.Protocol;

namespace Decryptor.Supervisor.Scheduling;

/// <summary>
/// What the scheduler wants done, in the order in which it must be done: first the moves, then the rows in one
/// transaction, then the orders. Moves and rows that fail end the process; orders that fail come back as events.
/// </summary>
sealed record Turn
{
    public IReadOnlyList<Move> Moves { get; init; } = [];

    public IReadOnlyList<Row> Rows { get; init; } = [];

    public IReadOnlyList<Order> Orders { get; init; } = [];

    /// <summary>When the scheduler wants its next turn even if nothing happens; null for never.</summary>
    public DateTimeOffset? WakeAt { get; init; }

    /// <summary>True once everything is given back and no worker lives: the loop may end.</summary>
    public bool Stopped { get; init; }
}

/// <summary>Something to be done in the spool by rename. Each may be done again without harm.</summary>
abstract record Move
{
    Move()
    {
    }

    /// <summary>Whose move it is; null for one that is a worker's.</summary>
    public long? JobId => this switch
    {
        Accept accept => accept.Job.Id,
        Take take => take.Job.Id,
        GiveBack back => back.Job.Id,
        Publish publish => publish.Job.Id,
        Refuse refuse => refuse.Job.Id,
        Reopen reopen => reopen.Job.Id,
        Prepare or Probe or Discard => null,
        _ => throw new UnknownCaseException(this),
    };

    /// <summary><c>incoming/Place</c> → <c>queue/</c></summary>
    internal sealed record Accept(Job Job, string Place) : Move;

    /// <summary>Make <c>work/Worker/</c> with <c>in/</c> and <c>out/</c>, before the worker starts.</summary>
    internal sealed record Prepare(Incarnation Worker) : Move;

    /// <summary>Put the probe into <c>work/Worker/in/</c>: a small input of our own.</summary>
    internal sealed record Probe(Incarnation Worker) : Move;

    /// <summary><c>queue/</c> → <c>work/Worker/in/</c></summary>
    internal sealed record Take(Job Job, Incarnation Worker) : Move;

    /// <summary><c>work/Worker/in/</c> → <c>queue/</c></summary>
    internal sealed record GiveBack(Job Job, Incarnation Worker) : Move;

    /// <summary>
    /// <c>work/Worker/out/Attempt</c> → <c>completed/Job</c> or <c>failed/Job</c>, and the input after it, or away.
    /// </summary>
    internal sealed record Publish(Job Job, Attempt Attempt) : Move;

    /// <summary>
    /// Make <c>failed/Job</c> with a report of ours, where no worker could write one, and put the input there.
    /// </summary>
    /// <param name="Job">Which.</param>
    /// <param name="Worker">Whose <c>in/</c> the input is in; null when it is in <c>queue/</c>.</param>
    internal sealed record Refuse(Job Job, Incarnation? Worker) : Move;

    /// <summary>
    /// <c>failed/Job/input</c> or <c>completed/Job/input</c> → <c>queue/</c>, and the old report away: it is tried
    /// again.
    /// </summary>
    internal sealed record Reopen(Job Job) : Move;

    /// <summary>Remove <c>work/Worker/</c>, once its worker is gone and nothing in it is wanted.</summary>
    internal sealed record Discard(Incarnation Worker) : Move;
}

/// <summary>Something to be remembered. All rows of a turn are one transaction.</summary>
abstract record Row
{
    Row()
    {
    }

    /// <summary>The job as it is now, and why it came to be so.</summary>
    internal sealed record JobIs(Job Job, string Why) : Row;

    /// <summary>A worker's name is used from now on.</summary>
    internal sealed record WorkerStarts(Incarnation Worker, DateTimeOffset At) : Row;

    /// <summary>A worker's name is history.</summary>
    internal sealed record WorkerEnded(Incarnation Worker, DateTimeOffset At, string How, long? Charged) : Row;

    /// <summary>These bytes have killed their share of workers: they are not opened again.</summary>
    internal sealed record Quarantined(Poison Poison, DateTimeOffset At) : Row;

    /// <summary>These bytes are out of quarantine.</summary>
    internal sealed record Released(Poison Poison) : Row;

    /// <summary>An operator's act, done or refused: who, what, when, and what came of it.</summary>
    internal sealed record Audit(DateTimeOffset At, string Who, OperatorAct Act, long Job, string Result) : Row;
}

/// <summary>Something a worker, or the key ring, is to do.</summary>
abstract record Order
{
    Order()
    {
    }

    /// <summary>
    /// Start a process under this name. <see cref="Event.WorkerGone"/> follows once, whatever happens.
    /// </summary>
    internal sealed record Start(Incarnation Worker) : Order;

    /// <summary>Give it the job; the input is in its <c>in/</c>.</summary>
    /// <param name="Job">The job as it now is.</param>
    /// <param name="Attempt">Whose work it is.</param>
    /// <param name="HashFirst">Whether its bytes must be known before it runs.</param>
    /// <param name="Poison">Hashes of quarantined inputs of its length, in hexadecimal.</param>
    internal sealed record Assign(Job Job, Attempt Attempt, bool HashFirst, IReadOnlyList<string> Poison) : Order;

    /// <summary>Let it decode the probe, which is in its <c>in/</c>.</summary>
    internal sealed record Probe(Attempt Attempt) : Order;

    /// <summary>Let the key ring answer; <see cref="Event.KeysAnswered"/> follows.</summary>
    internal sealed record Answer(KeyRequest Request) : Order;

    /// <summary>End its input: it finishes and leaves.</summary>
    internal sealed record Dismiss(Incarnation Worker) : Order;

    /// <summary>Answer an operator, or whoever has handed in an upload: then with the job that it became.</summary>
    internal sealed record Reply(long Ticket, ActResult Result, string Text, long? Job = null) : Order;

    /// <summary>SIGKILL; <paramref name="Over"/> is what it worked on.</summary>
    internal sealed record Kill(Incarnation Worker, Attempt? Over, string Why) : Order;
}
