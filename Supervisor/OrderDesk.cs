using Decryptor.Protocol;
using Decryptor.Supervisor.Keys;
using Decryptor.Supervisor.Scheduling;
using Decryptor.Supervisor.Storage;
using Decryptor.Supervisor.Workers;
using Answer = Decryptor.Protocol.Keys;

namespace Decryptor.Supervisor;

/// <summary>
/// Turns orders into what workers and the key ring understand. An order that fails comes back as an event.
/// </summary>
sealed class OrderDesk(WorkerPool pool, KeyDesk keys, Spool spool, Policy policy, Action<Event> report)
{
    volatile Policy _policy = policy;

    /// <summary>Is told what operators are answered.</summary>
    public Action<Order.Reply> Replied { get; init; } = _ => { };

    /// <summary>The hours whose text is wanted of every job.</summary>
    public HourSet Hours { get; init; } = HourSet.All;

    /// <summary>Jobs that are given out from now on have these limits.</summary>
    public void Obey(Policy policy) => _policy = policy;

    public void Give(Order order)
    {
        switch (order)
        {
            case Order.Start start: pool.Start(start.Worker); break;
            case Order.Assign assign: pool.Send(assign.Attempt.Worker, MessageFor(assign)); break;
            case Order.Probe probe: pool.Send(probe.Attempt.Worker, MessageFor(probe.Attempt)); break;
            case Order.Answer answer: keys.Ask(answer.Request, found => Reply(answer.Request, found)); break;
            case Order.Dismiss dismiss: pool.Dismiss(dismiss.Worker); break;
            case Order.Kill kill: pool.Kill(kill.Worker, kill.Why); break;
            case Order.Reply reply: Replied(reply); break;
            default: throw new UnknownCaseException(order);
        }
    }

    Assign MessageFor(Order.Assign assign) => new(
        assign.Attempt, spool.InputOf(assign.Job), spool.OutputOf(assign.Attempt), Frame.Fit(assign.Job.Source),
        Frame.Fit(assign.Job.Tenant), _policy.LimitsFor(assign.Job.Bytes),
        assign.HashFirst, [.. assign.Poison.Select(hash => (ReadOnlyMemory<byte>)Convert.FromHexString(hash))],
        spool.IsDurable)
    {
        Hours = Hours,
    };

    Assign MessageFor(Attempt probe) => new(
        probe, spool.ProbeOf(probe.Worker), spool.OutputOf(probe), Probe.Name, "", _policy.LimitsFor(0));

    void Reply(KeyRequest request, Answer found)
    {
        // The event first: a worker that asks its next question at once must not meet its last one still open.
        report(new Event.KeysAnswered(request.Attempt));
        pool.Send(request.Attempt.Worker, found);
    }
}
