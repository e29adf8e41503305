using System.Diagnostics;
using Decryptor.Protocol;
using Decryptor.Supervisor.Scheduling;

namespace Decryptor.Supervisor.Workers;

/// <summary>
/// Looks at the living workers from outside, about once a second and soon after each exit, from a thread of its own:
/// tells what memory they hold, finds deaths that were told to nobody, and has their orphans ended.
/// </summary>
sealed class WorkerGauge(Func<IReadOnlyCollection<WorkerProcess>> living, Orphans? orphans, Action<Event> report)
    : IDisposable
{
    static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    static readonly TimeSpan Spacing = TimeSpan.FromMilliseconds(100);

    readonly object _gate = new();
    Thread? _thread;
    bool _hurried;
    bool _stopped;
    bool _doubtful;
    long _toldAt;

    /// <summary>Begins, unless it has begun.</summary>
    public void Start()
    {
        lock (_gate)
        {
            if (_thread is not null || _stopped) return;
            _thread = new(Watch, 256 * 1024) { IsBackground = true, Name = "worker gauge" };
            _thread.Start();
        }
    }

    /// <summary>Something has ended: what it left behind is looked for at once.</summary>
    public void Hurry()
    {
        lock (_gate)
        {
            _hurried = true;
            Monitor.PulseAll(_gate);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _stopped = true;
            Monitor.PulseAll(_gate);
        }
    }

    void Watch()
    {
        while (Rest())
        {
            var sizes = Measure();
            if (sizes.Count > 0 && Stopwatch.GetElapsedTime(_toldAt) > Pause - Spacing)
            {
                _toldAt = Stopwatch.GetTimestamp();
                report(new Event.Measured(sizes));
            }

            orphans?.End(Kin);
        }
    }

    // Workers that die one after the other are not to keep us running.
    bool Rest()
    {
        lock (_gate)
        {
            if (!_stopped && !_hurried && !_doubtful) Monitor.Wait(_gate, Pause);
            _hurried = false;
            if (!_stopped) Monitor.Wait(_gate, Spacing);
            return !_stopped;
        }
    }

    List<WorkerSize> Measure()
    {
        var sizes = new List<WorkerSize>();
        _doubtful = false;
        foreach (var worker in living())
        {
            if (worker.Measure() is { } sample) sizes.Add(new(worker.Worker, sample.ResidentBytes));
            _doubtful |= worker.IsDoubtful;
        }

        return sizes;
    }

    Kin Kin()
    {
        var pids = new HashSet<int>();
        var oldest = long.MaxValue;
        foreach (var worker in living())
        {
            if (worker.Pid is { } pid) pids.Add(pid);
            else if (!worker.IsHeld) oldest = Math.Min(oldest, worker.Began);
        }

        return new(pids, oldest);
    }
}
