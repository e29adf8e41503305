using Decryptor.Supervisor.Scheduling;

namespace Decryptor.Supervisor;

/// <summary>
/// The only thread that decides: gather what happened, let the scheduler take its step, carry the turn out, show how
/// things stand. What cannot be carried out ends the loop with an exception, and so the process; recovery finds the
/// truth.
/// </summary>
sealed class EventLoop(Clock clock, Inbox inbox, Scheduler scheduler, TurnCarrier carrier, LoopWatch watch)
{
    // Even an idle loop turns once a second, so that its silence means that it is wedged.
    static readonly TimeSpan _beat = TimeSpan.FromSeconds(1);

    volatile Snapshot _latest = scheduler.Snapshot();

    /// <summary>How things stood after the last turn. Any thread may look.</summary>
    public Snapshot Latest => _latest;

    /// <summary>Turns until the scheduler has stopped.</summary>
    public void Run()
    {
        var wakeAt = clock.Now;
        while (true)
        {
            // Waited for first, then dated: the time of a step is when it is taken, not when the waiting began.
            var events = inbox.Take(wakeAt);
            var now = clock.Now;
            if (now - wakeAt > _beat) events = [new Event.Overslept(now - wakeAt), .. events];
            watch.Before(now, events);
            var turn = scheduler.Step(now, events);
            foreach (var fact in carrier.Carry(turn)) inbox.Post(fact);
            _latest = scheduler.Snapshot();
            watch.After(turn);
            if (turn.Stopped) return;
            // Counted from the step, so that a turn that took long to carry out is seen as well.
            var beat = now + _beat;
            wakeAt = turn.WakeAt < beat ? turn.WakeAt.Value : beat;
        }
    }
}

/// <summary>Whoever looks on. Called on the loop's own thread: it must not wait.</summary>
/// <param name="Before">A step is about to be taken.</param>
/// <param name="After">A turn was carried out.</param>
sealed record LoopWatch(Action<DateTimeOffset, IReadOnlyList<Event>> Before, Action<Turn> After);
