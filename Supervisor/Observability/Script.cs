using System.Globalization;
using Decryptor.Supervisor.Scheduling;

namespace Decryptor.Supervisor.Observability;

/// <summary>
/// Performs a play: scenes with an empty line between them, each some lines of what happened (the notation of
/// <see cref="Notation"/>), then <c>----</c>, then the turn that follows. All above one line of dashes is one step.
/// Beside events a line may be <c># a comment</c>, <c>wait 1.5s</c> (time passes), <c>at 2026-11-23T09:00:00Z</c>
/// (the time is), <c>policy …</c>, <c>known {…}</c>, or <c>state {…}</c> (from here on, a scheduler that stands so).
/// It is written out again with what really follows below the dashes.
/// </summary>
/// <param name="output">Where to.</param>
sealed class Script(TextWriter output)
{
    public const string Dashes = "----";
    public const string Wait = "wait ";
    public const string At = "at ";
    public const string State = "state ";

    readonly NotationReader _reader = new();
    readonly List<string> _above = [];
    readonly List<string> _below = [];
    readonly List<Event> _events = [];
    Scheduler? _scheduler;
    DateTimeOffset _now = new(2026, 11, 23, 9, 0, 0, TimeSpan.Zero);
    DateTimeOffset? _wakeAt;
    TimeSpan _waited;
    int _line;
    int _dashesAt;
    bool _begun;

    /// <summary>
    /// Leave out scenes in which only time passes and nothing follows; the next one that stays waits so much longer.
    /// </summary>
    public bool LeaveOutQuiet { get; init; }

    /// <summary>
    /// Show only what comes after so many steps, and first the scheduler as it stands there: what is shown is a play of
    /// its own.
    /// </summary>
    public long LeaveOutFirst { get; init; }

    /// <summary>Scenes whose turn had been written down, and was another.</summary>
    public List<ScriptDifference> Differences { get; } = [];

    /// <summary>Steps performed.</summary>
    public long Steps { get; private set; }

    /// <exception cref="ScriptException">A line is none of a play.</exception>
    public void Perform(IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            _line++;
            if (line.Length == 0) EndScene();
            else if (_dashesAt > 0) _below.Add(line);
            else if (line == Dashes) _dashesAt = _line;
            else ReadAbove(line);
        }

        EndScene();
    }

    /// <summary>A time written <c>1.5s</c>, to the tick.</summary>
    /// <exception cref="FormatException">It is no time.</exception>
    public static TimeSpan TimeFrom(string time)
    {
        const decimal secondsMax = 1_000_000_000;
        var isTime = time.EndsWith('s') & decimal.TryParse(
            time.AsSpan(0, Math.Max(0, time.Length - 1)), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture,
            out var seconds);
        return isTime && seconds <= secondsMax
            ? TimeSpan.FromTicks((long)(seconds * TimeSpan.TicksPerSecond))
            : throw new FormatException($"a time is written like 1.5s, not {time}");
    }

    /// <summary>A time as <see cref="TimeFrom"/> reads it.</summary>
    public static string Time(TimeSpan time) => string.Create(
        CultureInfo.InvariantCulture, $"{time.Ticks / (decimal)TimeSpan.TicksPerSecond:0.#######}s");

    /// <summary>A moment as a line <c>at</c> has it, to the tick.</summary>
    public static string Moment(DateTimeOffset moment) =>
        moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);

    void ReadAbove(string line)
    {
        _above.Add(line);
        try
        {
            Take(line);
        }
        catch (FormatException e)
        {
            throw new ScriptException(_line, e.Message, e);
        }
    }

    void Take(string line)
    {
        if (line[0] == '#') return;
        if (Argument(line, Wait) is { } time) Pass(TimeFrom(time));
        else if (Argument(line, At) is { } moment) _now = MomentFrom(moment);
        else if (Argument(line, State) is { } state) Begin(NotedJson.StateFrom(state));
        else if (_reader.Read(line) is { } happened) _events.Add(happened);
    }

    static string? Argument(string line, string word) =>
        line.StartsWith(word, StringComparison.Ordinal) ? line[word.Length..] : null;

    void Pass(TimeSpan time)
    {
        if (time > DateTimeOffset.MaxValue - _now) throw new FormatException("that is after the end of all days");
        _now += time;
        _waited += time;
    }

    void Begin(SchedulerState state)
    {
        try
        {
            _scheduler = new(state);
        }
        catch (Exception e)
        {
            throw new FormatException($"no scheduler can stand so: {e.Message}", e);
        }

        _reader.Policy = state.Policy;
        foreach (var job in state.Starving) _reader.Learn(job);
    }

    static DateTimeOffset MomentFrom(string text) => DateTimeOffset.TryParseExact(
        text, "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture,
        DateTimeStyles.AssumeUniversal, out var moment)
        ? moment
        : throw new FormatException($"a moment is written like 2026-11-23T09:00:00Z, not {text}");

    void EndScene()
    {
        if (_dashesAt > 0) Play();
        else if (_above.Count > 0 && Steps >= LeaveOutFirst) WriteScene([]);
        _above.Clear();
        _below.Clear();
        _events.Clear();
        _dashesAt = 0;
    }

    void Play()
    {
        Steps++;
        var turn = Step();
        foreach (var row in turn.Rows.OfType<Row.JobIs>()) _reader.Learn(row.Job);
        var follows = Lines(turn);
        if (_below.Count > 0 && !_below.SequenceEqual(follows)) Differences.Add(new(_dashesAt, [.. _below], follows));
        var quiet = LeaveOutQuiet && _above.TrueForAll(line => Argument(line, Wait) is not null)
            && turn is { Moves.Count: 0, Rows.Count: 0, Orders.Count: 0, Stopped: false } && turn.WakeAt == _wakeAt;
        _wakeAt = turn.WakeAt;
        if (Steps == LeaveOutFirst) WriteBeginning();
        if (Steps > LeaveOutFirst && !quiet) WriteScene([Dashes, .. follows]);
    }

    void WriteBeginning()
    {
        _above.Clear();
        _above.Add(At + Moment(_now));
        _above.Add(State + NotedJson.Of(_scheduler!.Save()));
        _waited = TimeSpan.Zero;
        WriteScene([]);
    }

    Turn Step()
    {
        try
        {
            _scheduler ??= new(_reader.Policy, new());
            return _scheduler.Step(_now, [.. _events]);
        }
        catch (Exception e)
        {
            // An incident may be just this, and whoever replays it wants to know where.
            throw new ScriptException(_dashesAt, $"the scheduler throws: {e.Message}", e);
        }
    }

    List<string> Lines(Turn turn)
    {
        var lines = Notation.Lines(turn).Select(line => $"  {line}").ToList();
        if (turn.WakeAt is { } at)
        {
            var pause = Math.Max(0, (at - _now).TotalSeconds);
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"  wake   {pause:0.###}s"));
        }

        if (lines.Count == 0) lines.Add("  nothing");
        return lines;
    }

    // Where scenes were left out, their waiting is told here.
    void WriteScene(IReadOnlyList<string> below)
    {
        if (_begun) output.Write('\n');
        _begun = true;
        var own = _above.Select(line => Argument(line, Wait)).OfType<string>().Sum(time => TimeFrom(time).Ticks);
        var together = _waited.Ticks > own;
        if (together) Write(Wait + Time(_waited));
        foreach (var line in _above)
            if (!together || Argument(line, Wait) is null) Write(line);
        foreach (var line in below) Write(line);
        _waited = TimeSpan.Zero;
    }

    void Write(string line)
    {
        output.Write(line);
        output.Write('\n');
    }
}

/// <summary>
/// A turn that was written down below the dashes of <paramref name="Line"/>, and the one that really follows.
/// </summary>
sealed record ScriptDifference(int Line, IReadOnlyList<string> Written, IReadOnlyList<string> Follows);

/// <summary>A line of a play that cannot be read. <see cref="Line"/> counts from 1.</summary>
sealed class ScriptException(int line, string message, Exception? inner = null) : Exception(message, inner)
{
    public int Line { get; } = line;
}
