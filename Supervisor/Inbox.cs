using Decryptor.Supervisor.Scheduling;

namespace Decryptor.Supervisor;

/// <summary>
/// What happened and was not yet thought about. Bounded: whoever reports too fast waits, but for the loop itself, which
/// would wait for itself.
/// </summary>
sealed class Inbox(Clock clock, int countMax = 4096)
{
    readonly object _gate = new();
    List<Event> _events = [];
    int _reader;
    volatile bool _stopAsked;

    /// <summary>Whether a stop was ever asked for, be it read already or not, or even in a full inbox.</summary>
    public bool StopAsked => _stopAsked;

    /// <summary>Reports an event. Blocks while the inbox is full.</summary>
    public void Post(Event happened)
    {
        if (happened is Event.StopAsked) _stopAsked = true;
        lock (_gate)
        {
            while (_events.Count >= countMax && Environment.CurrentManagedThreadId != _reader) Monitor.Wait(_gate);
            _events.Add(happened);
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Reports an event unless the inbox stays full for so long; false then.</summary>
    public bool TryPost(Event happened, TimeSpan patience)
    {
        var until = clock.Now + patience;
        lock (_gate)
        {
            while (_events.Count >= countMax)
            {
                var left = until - clock.Now;
                if (left <= TimeSpan.Zero) return false;
                Monitor.Wait(_gate, left);
            }

            _events.Add(happened);
            Monitor.PulseAll(_gate);
            return true;
        }
    }

    /// <summary>All that was reported; waits for something until then, and returns nothing if nothing comes.</summary>
    public IReadOnlyList<Event> Take(DateTimeOffset until)
    {
        lock (_gate)
        {
            _reader = Environment.CurrentManagedThreadId;
            while (_events.Count == 0 && until - clock.Now is { } patience && patience > TimeSpan.Zero)
                Monitor.Wait(_gate, patience);
            var taken = _events;
            _events = [];
            Monitor.PulseAll(_gate);
            return taken;
        }
    }
}
