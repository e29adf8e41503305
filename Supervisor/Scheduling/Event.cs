using Decryptor.Protocol;

namespace Decryptor.Supervisor.Scheduling;

/// <summary>
/// Everything that can happen to us. Events are facts: they say what was seen, never what to do about it.
/// </summary>
abstract record Event
{
    Event()
    {
    }

    /// <summary>A finished upload lies in <c>incoming/</c>, or the command line names a file.</summary>
    /// <param name="Place">
    /// Where it lies: <c>name</c> or <c>tenant/name</c> below <c>incoming/</c>, or an absolute path outside of the
    /// spool. Below <c>incoming/</c> a backslash and every byte that is not plain UTF-8 text stand as <c>\xHH</c>, so
    /// that any name can be carried and found again; other sources of arrivals must write a backslash so too.
    /// </param>
    /// <param name="Source">What the sender called it.</param>
    /// <param name="Tenant">Whose it is; empty for none.</param>
    /// <param name="Bytes">Its length.</param>
    /// <param name="Outside">True for a file that stays where it is and is only read.</param>
    internal sealed record JobArrived(string Place, string Source, string Tenant, long Bytes, bool Outside) : Event
    {
        /// <summary>Names the question of whoever handed it in; <see cref="Order.Reply"/> tells the job.</summary>
        public long? Ticket { get; init; }
    }

    /// <summary>An upload that was to be accepted had left <c>incoming/</c> before it could be moved.</summary>
    internal sealed record InputGone(long Job) : Event;

    /// <summary>A worker sent a message.</summary>
    /// <param name="Worker">Which.</param>
    /// <param name="Message">What it said.</param>
    /// <param name="HasReport">
    /// With <see cref="Finished"/>: whether the attempt's folder and its report are really there.
    /// </param>
    internal sealed record WorkerSaid(Incarnation Worker, Message Message, bool HasReport = false) : Event;

    /// <summary>The key ring has answered a worker's question.</summary>
    internal sealed record KeysAnswered(Attempt Attempt) : Event;

    /// <summary>
    /// A worker's pipe ended or carried garbage, or an order could not be given. Its exit is still to come.
    /// </summary>
    internal sealed record WorkerBroken(Incarnation Worker, string Why) : Event;

    /// <summary>A worker's process is gone: once for every start, and always the last of it.</summary>
    /// <param name="Worker">Which.</param>
    /// <param name="How">In words: <c>exit 0</c>, <c>SIGKILL</c>, <c>could not be started: …</c></param>
    internal sealed record WorkerGone(Incarnation Worker, string How) : Event;

    /// <summary>
    /// The loop turns later than it was to, by so much: we were stopped, suspended or held up. What the workers have
    /// said meanwhile may still lie in their pipes.
    /// </summary>
    internal sealed record Overslept(TimeSpan By) : Event;

    /// <summary>Leave: after the running jobs (the first time), or at once.</summary>
    internal sealed record StopAsked(bool AtOnce) : Event;

    /// <summary>How much memory living workers hold, looked at from outside about once a second.</summary>
    internal sealed record Measured(IReadOnlyList<WorkerSize> Sizes) : Event;

    /// <summary>Somebody asks for something to be done with a job, over the control socket.</summary>
    /// <param name="Act">What.</param>
    /// <param name="Job">The job as the ledger has it; it may have changed since.</param>
    /// <param name="Who">Who asks: the user's name and number, as the kernel has told them.</param>
    /// <param name="Ticket">Names the question; <see cref="Order.Reply"/> with it answers.</param>
    /// <param name="HasInput">Whether the input of a job that has ended is still kept.</param>
    internal sealed record OperatorAsked(
        OperatorAct Act, Job Job, string Who, long Ticket, bool HasInput = true) : Event;

    /// <summary>Other settings are in force from now on.</summary>
    internal sealed record PolicyChanged(Policy Policy) : Event;

    /// <summary>More workers, or fewer.</summary>
    internal sealed record ResizeAsked(int By) : Event;

    /// <summary>Replace every worker by a fresh one, a few at a time.</summary>
    internal sealed record RollAsked : Event;

    /// <summary>The key ring holds other keys than before: what failed for want of one may run again.</summary>
    /// <param name="Starved">The jobs that failed for that reason, as the ledger has them.</param>
    /// <param name="IsMore">
    /// Whether the ring is the one that was told of before: there are too many for one event.
    /// </param>
    internal sealed record KeysChanged(IReadOnlyList<Job> Starved, bool IsMore = false) : Event;
}

/// <summary>What an operator can ask for.</summary>
enum OperatorAct
{
    /// <summary>Run an ended job again: one that failed, or is partial, and whose input is kept.</summary>
    Retry,

    /// <summary>End a job that has not ended, as <c>CANCELLED</c>.</summary>
    Cancel,

    /// <summary>Let a quarantined job, and its bytes, out of quarantine, and run it again.</summary>
    Release,
}

/// <summary>What became of an operator's act.</summary>
enum ActResult
{
    /// <summary>It is done.</summary>
    Done,

    /// <summary>It cannot be done, and the reply says why.</summary>
    Refused,

    /// <summary>It was asked with a row of the ledger that has changed: to be asked again with the new one.</summary>
    Stale,
}

/// <summary>A worker's resident memory in bytes.</summary>
readonly record struct WorkerSize(Incarnation Worker, long ResidentBytes);
