using Decryptor.Protocol;

namespace Decryptor.Worker;

/// <summary>
/// The sign of life: at the start and twice a second while an attempt runs, from a thread of its own, how far it is.
/// Once <see cref="End"/> has returned, nothing more is said of that attempt.
/// </summary>
sealed class ProgressReporter
{
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    readonly Action<Message> _send;
    readonly object _turn = new();
    Attempt _attempt;
    Budget? _budget;
    TimeSpan _cpuBefore;

    internal ProgressReporter(Action<Message> send)
    {
        _send = send;
        new Thread(Report, 256 * 1024) { IsBackground = true, Name = "progress" }.Start();
    }

    /// <summary>The attempt whose figures are in <paramref name="budget"/> begins.</summary>
    internal void Begin(Attempt attempt, Budget budget)
    {
        lock (_turn)
        {
            _attempt = attempt;
            _budget = budget;
            _cpuBefore = Environment.CpuUsage.TotalTime;
            // Said before the input is opened: a death after this word is charged to the job, one before it is not.
            Say(budget);
            Monitor.Pulse(_turn);
        }
    }

    /// <summary>It is over.</summary>
    internal void End()
    {
        lock (_turn)
        {
            _budget = null;
            Monitor.Pulse(_turn);
        }
    }

    void Report()
    {
        lock (_turn)
        {
            while (true)
            {
                // A pulse tells of a new attempt or of an end; only a pause that passed in full is time to speak.
                if (_budget is null) Monitor.Wait(_turn);
                else if (!Monitor.Wait(_turn, Pause) && _budget is { } budget) Say(budget);
            }
        }
    }

    void Say(Budget budget)
    {
        budget.AskForFlush();
        var cpu = Environment.CpuUsage.TotalTime - _cpuBefore;
        _send(new Progress(_attempt, budget.BytesIn, budget.BytesOut, (long)cpu.TotalMicroseconds)
        {
            Blocks = budget.Blocks.Sum,
        });
    }
}
