using System.Diagnostics;
using Decryptor.Protocol;
using Decryptor.Supervisor.Scheduling;

namespace Decryptor.Benchmarks;

/// <summary>Sees every turn of a loop, on the loop's own thread, and remembers when what was first the case.</summary>
sealed class Watch : IDisposable
{
    readonly Dictionary<string, long> _firsts = [];
    readonly Dictionary<long, Incarnation> _holders = [];
    readonly ManualResetEventSlim _news = new();
    readonly Lock _gate = new();

    public Func<Snapshot>? Latest { get; set; }

    public void See(Turn turn)
    {
        var now = Stopwatch.GetTimestamp();
        lock (_gate)
        {
            foreach (var row in turn.Rows.OfType<Row.JobIs>())
            {
                if (row.Job.State == JobState.Decrypting) _holders[row.Job.Id] = row.Job.Worker!.Value;
                var again = row.Job is { State: JobState.Undecrypted, Attempts: > 0 } ? "requeued" : $"{row.Job.State}";
                _firsts.TryAdd($"{again} {row.Job.Id}", now);
            }

            foreach (var slot in Latest?.Invoke().Workers ?? [])
                if (slot is { Worker: { } worker, State: "idle" or "busy" })
                    _firsts.TryAdd($"ready after {worker.Number - 1}", now);
        }

        _news.Set();
    }

    public Incarnation AwaitBusy(long job)
    {
        Await($"Decrypting {job}");
        lock (_gate) return _holders[job];
    }

    public long AwaitRequeue(long job) => Await($"requeued {job}");

    public long AwaitFresh(Incarnation victim) => Await($"ready after {victim.Number}");

    public void AwaitEnd(long job) => Await($"Completed {job}");

    public void Dispose() => _news.Dispose();

    long Await(string what)
    {
        while (true)
        {
            lock (_gate)
                if (_firsts.TryGetValue(what, out var at)) return at;
            _news.Wait(TimeSpan.FromSeconds(1));
            _news.Reset();
        }
    }
}
