using System.Diagnostics;
using System.Text;
using Decryptor.Supervisor.Intake;

namespace Decryptor.Supervisor.Cli;

/// <summary>
/// Shows a page again and again until a signal ends it (130 or 143) or nobody reads it any more (0): on a screen in its
/// place, elsewhere one below the other whenever it has changed.
/// </summary>
/// <param name="stdout">Where it is shown.</param>
/// <param name="screen">The same as a screen; null where it is none.</param>
/// <param name="separator">What stands between two pages where there is no screen.</param>
sealed class StatusWatch(StandardStream stdout, Screen? screen, string separator) : IDisposable
{
    // So soon a screen that has another size is drawn anew, and a reader who has gone is missed.
    static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(100);

    readonly ManualResetEventSlim _ended = new();
    volatile int _exitCode;
    string? _last;

    /// <summary>The exit code.</summary>
    /// <param name="read">Gives the page; null where there is none at this time, and the last one stays.</param>
    /// <param name="pause">How long one is shown.</param>
    public int Run(Func<string?> read, TimeSpan pause)
    {
        SignalListener.Start(Hear);
        while (!_ended.IsSet && stdout.IsHeard)
        {
            if (read() is { } page) Show(page);
            Wait(pause);
        }

        return _exitCode;
    }

    public void Dispose() => _ended.Dispose();

    void Show(string page)
    {
        if (screen is not null) screen.Show(page);
        else if (page != _last) stdout.Write(Encoding.UTF8.GetBytes(_last is null ? page : separator + page));
        _last = page;
    }

    void Wait(TimeSpan pause)
    {
        var (begun, size) = (Stopwatch.GetTimestamp(), screen?.Size);
        while (pause - Stopwatch.GetElapsedTime(begun) is var left && left > TimeSpan.Zero)
        {
            if (_ended.Wait(left < Beat ? left : Beat) || !stdout.IsHeard || screen?.Size != size) return;
        }
    }

    void Hear(ReceivedSignal received)
    {
        if (received.Signal is not (Signal.Int or Signal.Term or Signal.Hup)) return;
        _exitCode = received.Signal == Signal.Int ? 130 : 143;
        _ended.Set();
    }
}
