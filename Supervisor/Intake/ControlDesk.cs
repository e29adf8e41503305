using System.Collections.Concurrent;
using Decryptor.Supervisor.Scheduling;

namespace Decryptor.Supervisor.Intake;

/// <summary>
/// Brings operators' questions before the scheduler and its replies back to whoever waits for them. Any thread may ask,
/// and waits; answering never does.
/// </summary>
/// <param name="post">Reports an event, and waits for room so long at most; false where there was none.</param>
sealed class ControlDesk(Func<Event, TimeSpan, bool> post)
{
    readonly ConcurrentDictionary<long, TaskCompletionSource<Order.Reply>> _waiting = new();
    long _lastTicket;

    /// <summary>Asks; null when no reply comes in time. What was asked may then still be done later.</summary>
    /// <param name="act">What is to be done.</param>
    /// <param name="found">With which job, as the ledger has it, and whether its input is kept.</param>
    /// <param name="who">Who asks.</param>
    /// <param name="patience">How long a reply may take.</param>
    public Order.Reply? Ask(OperatorAct act, (Job Job, bool HasInput) found, string who, TimeSpan patience) =>
        Ask(ticket => new Event.OperatorAsked(act, found.Job, who, ticket, found.HasInput), patience);

    /// <summary>Hands in an upload; null when no reply comes in time: it may then still be taken in.</summary>
    public Order.Reply? Submit(Event.JobArrived arrived, TimeSpan patience) =>
        Ask(ticket => arrived with { Ticket = ticket }, patience);

    Order.Reply? Ask(Func<long, Event> question, TimeSpan patience)
    {
        var until = DateTime.UtcNow + patience;
        var ticket = Interlocked.Increment(ref _lastTicket);
        var replied = _waiting[ticket] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            if (!post(question(ticket), patience)) return null;
            var left = until - DateTime.UtcNow;
            return replied.Task.Wait(left > TimeSpan.Zero ? left : TimeSpan.Zero) ? replied.Task.Result : null;
        }
        finally
        {
            _waiting.TryRemove(ticket, out _);
        }
    }

    /// <summary>Hands a reply to whoever waits for it, if anybody still does.</summary>
    public void Answer(Order.Reply reply)
    {
        if (_waiting.TryGetValue(reply.Ticket, out var waiting)) waiting.TrySetResult(reply);
    }
}
