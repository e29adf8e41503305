using System.Collections.Concurrent;
using Decryptor.Protocol;
using Decryptor.Supervisor.Scheduling;

namespace Decryptor.Supervisor.Workers;

/// <summary>
/// Turns names of workers into processes. It decides nothing: it obeys orders and reports events, from threads of its
/// own. No order blocks, and none fails: what cannot be done for a worker, because it is dying or was never there,
/// shows in its last event, <see cref="Event.WorkerGone"/>, of which there is exactly one for each start.
/// </summary>
sealed class WorkerPool : IDisposable
{
    const int RememberedMax = 16;

    readonly ConcurrentDictionary<Incarnation, WorkerProcess> _alive = new();
    readonly ConcurrentDictionary<Incarnation, Task> _runs = new();
    readonly ConcurrentQueue<WorkerView> _remembered = new();
    readonly WorkerProgram _program;
    readonly string _workFolder;
    readonly Action<Event> _report;
    readonly CrashFolder? _crashes;
    readonly Orphans? _orphans;
    readonly WorkerGauge _gauge;

    /// <param name="program">What to start.</param>
    /// <param name="workFolder">Holds a folder for each worker, named like it, made before it is started.</param>
    /// <param name="report">
    /// Called from many threads, for one worker in the order in which things happened. It may wait; it must not fail.
    /// </param>
    /// <param name="crashes">Where ends that were not in order are explained; null for nowhere.</param>
    /// <param name="orphans">Ends what workers leave behind; null where that is not ours to end.</param>
    public WorkerPool(
        WorkerProgram program, string workFolder, Action<Event> report, CrashFolder? crashes = null,
        Orphans? orphans = null)
    {
        _program = program;
        // Survivors are recognised by this path, so both must call it by its one true name.
        _workFolder = PathOnDisk.Canonical(workFolder);
        _report = report;
        _crashes = crashes;
        _orphans = orphans;
        _gauge = new(() => [.. _alive.Values], orphans, report);
    }

    public void Start(Incarnation worker)
    {
        var folder = Path.Combine(_workFolder, worker.ToString());
        var process = new WorkerProcess(_program, worker, folder, _report);
        if (!_alive.TryAdd(worker, process)) throw new InvalidOperationException($"{worker} was started twice");
        _gauge.Start();
        // Starting takes milliseconds, and whoever gives orders has no time for them. The task is known before it runs,
        // so that it can strike itself off however soon it ends.
        var run = new Task<Task>(() => Live(process));
        _runs[worker] = run.Unwrap();
        run.Start(TaskScheduler.Default);
    }

    public void Send(Incarnation worker, Message message)
    {
        if (_alive.TryGetValue(worker, out var process)) process.Send(message);
    }

    /// <summary>Ends its input: it finishes and leaves.</summary>
    public void Dismiss(Incarnation worker)
    {
        if (_alive.TryGetValue(worker, out var process)) process.Dismiss();
    }

    /// <summary>SIGKILL, to this very process and to no other. Why, if it says so, is for its crash card.</summary>
    public void Kill(Incarnation worker, string why = "")
    {
        if (_alive.TryGetValue(worker, out var process)) process.Kill(why);
    }

    /// <summary>A worker that lives, or one of the last that went; null for any other.</summary>
    public WorkerView? Look(Incarnation worker) =>
        _alive.TryGetValue(worker, out var process)
            ? process.Look()
            : _remembered.LastOrDefault(view => view.Worker == worker);

    /// <summary>What the living workers said of their confinement, each word of it once.</summary>
    public IReadOnlyList<string> Confinements =>
        [.. _alive.Values.Select(process => process.Look().Confinement).OfType<string>().Distinct().Order()];

    /// <summary>Crash cards that the disk did not take.</summary>
    public int CardsLost => _crashes?.Lost ?? 0;

    /// <summary>Processes that workers had left behind, and that we have ended.</summary>
    public int OrphansEnded => _orphans?.Ended ?? 0;

    /// <summary>Done once every worker that was started until now is gone, and its last event was taken.</summary>
    public Task AllGone() => Task.WhenAll(_runs.Values);

    /// <summary>Looks at workers no more. They live on until their supervisor's end, or their own.</summary>
    public void Dispose() => _gauge.Dispose();

    async Task Live(WorkerProcess process)
    {
        try
        {
            _ = process.Exited.ContinueWith(_ => _gauge.Hurry(), TaskScheduler.Default);
            var how = await process.Run();
            if (process.Card(how) is { } card) _crashes?.Keep(card);
            Remember(process);
            _report(new Event.WorkerGone(process.Worker, how));
            _runs.TryRemove(process.Worker, out _);
        }
        catch (Exception ours)
        {
            // A worker whose end is never told is a job that decrypts for ever. Rather than that, we end.
            Environment.FailFast($"the supervisor lost sight of {process.Worker}: {ours.Message}", ours);
        }
    }

    // Its last words are wanted most after its death, for as long as somebody may ask why.
    void Remember(WorkerProcess process)
    {
        _remembered.Enqueue(process.Look());
        if (_remembered.Count > RememberedMax) _remembered.TryDequeue(out _);
        _alive.TryRemove(process.Worker, out _);
    }
}
