using System.Collections.Concurrent;
using Decryptor.Protocol;
using Decryptor.Supervisor.Scheduling;
using Decryptor.Supervisor.Workers;

namespace Decryptor.Supervisor.Tests.Workers;

/// <summary>
/// A pool of fake workers over a folder of its own, and everything that it has reported. Kills what is left.
/// </summary>
sealed class PoolBench : IAsyncDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    readonly List<Event> _events = [];
    readonly ConcurrentBag<Incarnation> _started = [];
    readonly Lock _gate = new();
    TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="program">What to start; a fake worker where nothing is said.</param>
    /// <param name="adopts">
    /// Whether orphans are ended. It changes this whole process: only for one that does nothing else.
    /// </param>
    /// <param name="crashes">Where crash cards go, instead of a folder of this bench.</param>
    public PoolBench(WorkerProgram? program = null, bool adopts = false, CrashFolder? crashes = null)
    {
        WorkFolder = Directory.CreateTempSubdirectory("pool-").FullName;
        crashes ??= new(CrashesFolder);
        Pool = new(program ?? FakeProgram, WorkFolder, Take, crashes, adopts ? Orphans.Adopt(WorkFolder) : null);
    }

    public static WorkerProgram FakeProgram { get; } =
        WorkerProgram.At(Path.Combine(AppContext.BaseDirectory, "FakeWorker.dll"));

    public string WorkFolder { get; }

    public string CrashesFolder => Path.Combine(WorkFolder, "crashes");

    public WorkerPool Pool { get; }

    /// <summary>Sees every event before it counts as reported.</summary>
    public Action<Event> Watch { get; set; } = _ => { };

    /// <summary>What was reported of workers all together.</summary>
    public IReadOnlyList<Event.Measured> Measured
    {
        get
        {
            lock (_gate) return [.. _events.OfType<Event.Measured>()];
        }
    }

    public Incarnation Start(int number = 1, string? behaviour = null)
    {
        var worker = new Incarnation(1, number);
        var folder = Directory.CreateDirectory(Path.Combine(WorkFolder, worker.ToString())).FullName;
        Directory.CreateDirectory(Path.Combine(folder, "out"));
        if (behaviour is not null) File.WriteAllText(Path.Combine(folder, "behaviour"), behaviour);
        _started.Add(worker);
        Pool.Start(worker);
        return worker;
    }

    public Attempt Assign(Incarnation worker, string source, int number = 1)
    {
        var attempt = new Attempt(17, number, worker);
        var output = Path.Combine(WorkFolder, worker.ToString(), "out", attempt.Folder);
        var limits = new Limits(1 << 30, 100, 1 << 20, 1000, 5, 2000, 4096, 1 << 20, 20, 600);
        Pool.Send(worker, new Assign(attempt, "/nowhere", output, source, "", limits));
        return attempt;
    }

    /// <summary>What was reported of this worker so far.</summary>
    public IReadOnlyList<Event> Of(Incarnation worker)
    {
        lock (_gate) return [.. _events.Where(each => Whose(each) == worker)];
    }

    public IEnumerable<Message> SaidBy(Incarnation worker) =>
        Of(worker).OfType<Event.WorkerSaid>().Select(said => said.Message);

    public async Task<T> Next<T>(Incarnation worker, Func<T, bool>? which = null) where T : Event
    {
        T? found = null;
        await Until(() => (found = Of(worker).OfType<T>().FirstOrDefault(which ?? (_ => true))) is not null,
            $"{typeof(T).Name} of {worker}");
        return found!;
    }

    public Task<Event.WorkerSaid> Heard<T>(Incarnation worker) where T : Message =>
        Next<Event.WorkerSaid>(worker, said => said.Message is T);

    public async Task<string> Gone(Incarnation worker) => (await Next<Event.WorkerGone>(worker)).How;

    /// <summary>Forgets all that was reported; for a test of thousands.</summary>
    public void Forget()
    {
        lock (_gate) _events.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _started) Pool.Kill(worker);
        await Pool.AllGone().WaitAsync(Patience);
        Pool.Dispose();
        Directory.Delete(WorkFolder, recursive: true);
    }

    public async Task Until(Func<bool> holds, string what)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            Task changed;
            lock (_gate) changed = _changed.Task;
            if (holds()) return;
            try
            {
                await changed.WaitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                lock (_gate) Assert.Fail($"no {what}; there were: {string.Join("; ", _events)}");
            }
        }
    }

    void Take(Event happened)
    {
        Watch(happened);
        lock (_gate)
        {
            _events.Add(happened);
            _changed.TrySetResult();
            _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    static Incarnation? Whose(Event happened) => happened switch
    {
        Event.WorkerSaid said => said.Worker,
        Event.WorkerBroken broken => broken.Worker,
        Event.WorkerGone gone => gone.Worker,
        _ => null,
    };
}
