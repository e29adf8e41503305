using System.Collections.Concurrent;
using Decryptor.Protocol;
using Decryptor.Supervisor.Scheduling;

namespace Decryptor.Supervisor.Workers;

/// <summary>
/// Turns names of workers into processes. It decides nothing: it obeys orders and reports events, from threads of its
/// own. No order blocks, and none fails: what cannot be done for a worker, because it is dying or was never there,
/// shows in its last event, <see cref="Event.WorkerGone"/>, of which there is exactly one for each start.
/// </summary>
sealed class WorkerPool
{
    const int RememberedMax = 16;

    readonly ConcurrentDictionary<Incarnation, WorkerProcess> _alive = new();
    readonly ConcurrentDictionary<Incarnation, Task> _runs = new();
    readonly ConcurrentQueue<WorkerView> _remembered = new();
    readonly WorkerProgram _program;
    readonly string _workFolder;
    readonly Action<Event> _report;

    /// <param name="program">What to start.</param>
    /// <param name="workFolder">Holds a folder for each worker, named like it, made before it is started.</param>
    /// <param name="report">
    /// Called from many threads, for one worker in the order in which things happened. It may wait; it must not fail.
    /// </param>
    public WorkerPool(WorkerProgram program, string workFolder, Action<Event> report)
    {
        _program = program;
        // Survivors are recognised by this path, so both must call it by its one true name.
        _workFolder = PathOnDisk.Canonical(workFolder);
        _report = report;
    }

    public void Start(Incarnation worker)
    {
        var folder = Path.Combine(_workFolder, worker.ToString());
        var process = new WorkerProcess(_program, worker, folder, _report);
        if (!_alive.TryAdd(worker, process)) throw new InvalidOperationException($"{worker} was started twice");
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

    /// <summary>SIGKILL, to this very process and to no other.</summary>
    public void Kill(Incarnation worker)
    {
        if (_alive.TryGetValue(worker, out var process)) process.Kill();
    }

    /// <summary>A worker that lives, or one of the last that went; null for any other.</summary>
    public WorkerView? Look(Incarnation worker) =>
        _alive.TryGetValue(worker, out var process)
            ? process.Look()
            : _remembered.LastOrDefault(view => view.Worker == worker);

    /// <summary>What the living workers said of their confinement, each word of it once.</summary>
    public IReadOnlyList<string> Confinements =>
        [.. _alive.Values.Select(process => process.Look().Confinement).OfType<string>().Distinct().Order()];

    /// <summary>Done once every worker that was started until now is gone, and its last event was taken.</summary>
    public Task AllGone() => Task.WhenAll(_runs.Values);

    async Task Live(WorkerProcess process)
    {
        try
        {
            var how = await process.Run();
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
