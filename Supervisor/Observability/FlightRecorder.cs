using System.Diagnostics;
using Decryptor.Supervisor.Scheduling;

namespace Decryptor.Supervisor.Observability;

/// <summary>How much the flight recorder keeps.</summary>
sealed record FlightSizes
{
    /// <summary>
    /// Bytes of steps after which a segment ends, as soon as the next can begin. The state at its start comes on top.
    /// </summary>
    public long SegmentBytes { get; init; } = 16L << 20;

    /// <summary>Bytes of all segments together: the oldest make room.</summary>
    public long TotalBytes { get; init; } = 64L << 20;

    /// <summary>Segments that are kept at most; a service that cannot stay up begins many short ones.</summary>
    public int Segments { get; init; } = 64;

    /// <summary>Events that may wait to be written.</summary>
    public int Waiting { get; init; } = 1 << 16;

    /// <summary>How long to leave a disk alone that has refused.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(5);
}

/// <summary>How the flight recorder is.</summary>
/// <param name="Segment">The file that is being written; null for none.</param>
/// <param name="Dropped">Steps that are missing, since the start.</param>
/// <param name="Refused">What the disk says; null when all is well.</param>
sealed record FlightView(string? Segment, long Dropped, string? Refused);

/// <summary>
/// Keeps the steps of the last hours on disk, as a play that <see cref="Script"/> performs: in <c>run/flight/</c>, text
/// files with rising numbers. Each begins with the scheduler as it then stood, so that it can be replayed alone. It
/// writes on a thread of its own and never holds up the loop: where that thread cannot keep up, or the disk refuses,
/// steps are dropped and counted, and the next segment says so.
/// </summary>
sealed class FlightRecorder : IDisposable
{
    readonly object _gate = new();
    readonly FlightSizes _sizes;
    readonly Func<Action<Stream>> _capture;
    readonly FlightFolder _folder;
    readonly Thread _thread;
    List<FlightStep> _steps = [];
    int _waiting;
    long _missing;
    long _dropped;
    bool _stopped;
    volatile bool _wantsState = true;
    volatile FlightView _view = new(null, 0, null);

    /// <param name="folder"><c>run/flight</c>; made if it is not there.</param>
    /// <param name="capture">
    /// Called on the loop's thread between two steps; what it returns is called later, on ours, and
    /// writes how the scheduler stood, as JSON on one line.
    /// </param>
    /// <param name="sizes">How much is kept.</param>
    public FlightRecorder(string folder, Func<Action<Stream>> capture, FlightSizes? sizes = null)
    {
        _sizes = sizes ?? new();
        _capture = capture;
        _folder = new(folder, _sizes);
        _thread = new(Keep) { IsBackground = true, Name = "flight recorder" };
        _thread.Start();
    }

    public FlightView View => _view;

    /// <summary>A step is about to be taken. Called before it, so that a step that ends us is kept too.</summary>
    public void Take(DateTimeOffset now, IReadOnlyList<Event> events)
    {
        lock (_gate)
        {
            if (_waiting > _sizes.Waiting)
            {
                Drop(1);
                return;
            }

            var state = _wantsState ? _capture() : null;
            _wantsState = false;
            _steps.Add(new(now, events, state, _missing));
            _missing = 0;
            _waiting += events.Count + 1;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Writes what still waits, and ends; a disk that hangs is not waited for.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _stopped = true;
            Monitor.Pulse(_gate);
        }

        _thread.Join(TimeSpan.FromSeconds(2));
    }

    void Keep()
    {
        var refusedAt = 0L;
        while (Next() is { } steps)
        {
            var lost = _view.Refused is null || Stopwatch.GetElapsedTime(refusedAt) > _sizes.Pause
                ? Write(steps, ref refusedAt)
                : steps.Count;
            lock (_gate)
            {
                if (lost > 0) Drop(lost);
                _view = _view with { Segment = _folder.Segment, Dropped = _dropped };
            }
        }

        _folder.Dispose();
    }

    List<FlightStep>? Next()
    {
        lock (_gate)
        {
            while (_steps.Count == 0 && !_stopped) Monitor.Wait(_gate);
            if (_steps.Count == 0) return null;
            var steps = _steps;
            _steps = [];
            _waiting = 0;
            return steps;
        }
    }

    // Returns how many could not be written.
    int Write(List<FlightStep> steps, ref long refusedAt)
    {
        var written = 0;
        try
        {
            foreach (var step in steps)
            {
                if (!_folder.Write(step)) break;
                written++;
            }

            _folder.Flush();
            if (_folder.IsFull) _wantsState = true;
            _view = _view with { Refused = null };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            refusedAt = Stopwatch.GetTimestamp();
            _folder.Dispose();
            _view = _view with { Refused = e.Message };
        }

        return steps.Count - written;
    }

    // Under the gate. What follows can be replayed only from a new beginning.
    void Drop(int steps)
    {
        _missing += steps;
        _dropped += steps;
        _wantsState = true;
    }
}

/// <summary>
/// One step: when, what happened, what to write of the scheduler before it, and how many steps are missing there.
/// </summary>
readonly record struct FlightStep(
    DateTimeOffset Now, IReadOnlyList<Event> Events, Action<Stream>? State, long Missing);
