using System.Diagnostics;

namespace Decryptor.Supervisor.Cli.Progressing;

/// <summary>
/// Shows on stderr how far a run is, on a thread of its own, until it is disposed of. What we say meanwhile goes
/// through it, so that it stands above the bars.
/// </summary>
sealed class ProgressShow : IDisposable
{
    const int LooksALine = 10;
    const int UsualColumns = 80, UsualRows = 24;

    // Who waits for less than that does not want to read anything but the end.
    static readonly TimeSpan _delay = TimeSpan.FromMilliseconds(400), _picture = TimeSpan.FromMilliseconds(125),
        _look = TimeSpan.FromSeconds(1);

    readonly long _began = Stopwatch.GetTimestamp();
    readonly ManualResetEventSlim _over = new();
    readonly Lock _gate = new();
    readonly List<string> _said = [];
    readonly Paces _paces = new();
    readonly StandardStream _stderr = new(2);
    readonly Func<RunSight> _sight;
    readonly Thread? _thread;

    public ProgressShow(Func<RunSight> sight, ProgressMode mode)
    {
        _sight = sight;
        if (mode == ProgressMode.None) return;
        _thread = new(mode == ProgressMode.Bars ? Draw : Tell) { IsBackground = true, Name = "progress" };
        _thread.Start();
    }

    public void Dispose()
    {
        _over.Set();
        _thread?.Join();
        _over.Dispose();
        _stderr.Dispose();
    }

    void Tell()
    {
        for (var looks = 1; !_over.Wait(_look); looks++)
        {
            // The pace is that of the last looks.
            var sight = Look();
            if (looks % LooksALine == 0) Talk.Say(ProgressText.Total(sight, _paces.All));
        }
    }

    void Draw()
    {
        if (_over.Wait(_delay)) return;
        var screen = new BarScreen(_stderr);
        var style = BarStyle.Of(Environment.GetEnvironmentVariable);
        Talk.Through(Keep);
        do
        {
            screen.Draw(Said(), Bars(style));
        }
        while (!_over.Wait(_picture));
        Talk.Through(null);
        screen.Draw(Said(), []);
    }

    IReadOnlyList<string> Bars(BarStyle style)
    {
        var (columns, rows) = _stderr.Size;
        // Some terminals do not say their size, and some begin a new line behind their last column.
        return ProgressText.Bars(
            Look(), _paces, (columns > 0 ? columns : UsualColumns) - 1, rows > 0 ? rows : UsualRows, style);
    }

    RunSight Look()
    {
        var sight = _sight();
        _paces.See(Stopwatch.GetElapsedTime(_began), sight);
        return sight;
    }

    void Keep(string line)
    {
        lock (_gate) _said.Add(line);
    }

    List<string> Said()
    {
        lock (_gate)
        {
            List<string> said = [.. _said];
            _said.Clear();
            return said;
        }
    }
}
