using Decryptor.Protocol;
using Decryptor.Supervisor.Scheduling;

namespace Decryptor.Supervisor.Observability;

/// <summary>What the status needs to know beside the scheduler's snapshot.</summary>
/// <param name="Folder">The spool's <c>run/</c>.</param>
/// <param name="Version">Ours.</param>
/// <param name="Now">The clock.</param>
/// <param name="Latest">The last turn's snapshot.</param>
/// <param name="Look">A worker's pid and resident bytes.</param>
/// <param name="Confinements">What the living workers say of their confinement, each word of it once.</param>
/// <param name="Keys">Names and kinds of the keys in the ring.</param>
sealed record StatusSources(
    string Folder, string Version, Func<DateTimeOffset> Now, Func<Snapshot> Latest,
    Func<Incarnation, (int? Pid, long? Rss)> Look, Func<IReadOnlyList<string>> Confinements,
    Func<IReadOnlyList<string>> Keys);

/// <summary>
/// Keeps <c>run/status.txt</c> and <c>run/status.json</c> up to date on a thread of its own, each second and whenever
/// asked: so they are there when the loop is wedged or the process is dead. They are replaced by rename, never
/// rewritten.
/// </summary>
sealed class StatusFile
{
    static readonly TimeSpan _pause = TimeSpan.FromSeconds(1);
    static readonly TimeSpan _silenceMax = TimeSpan.FromSeconds(5);
    readonly StatusSources _sources;
    readonly DateTimeOffset _start;
    readonly object _gate = new();
    readonly Thread _thread;
    bool _stopped;

    public StatusFile(StatusSources sources)
    {
        _sources = sources;
        _start = sources.Now();
        _thread = new(Keep) { IsBackground = true, Name = "status" };
    }

    /// <summary>Failures to write since the start; a full disk must not end the service over its status.</summary>
    public long Missed { get; private set; }

    public void Start() => _thread.Start();

    public void Stop()
    {
        lock (_gate)
        {
            _stopped = true;
            Monitor.Pulse(_gate);
        }

        _thread.Join();
        Write("stopped");
    }

    /// <summary>Writes both files now and returns the text.</summary>
    public string Write(string trigger)
    {
        lock (_gate)
        {
            var view = View(trigger);
            var text = StatusText.Render(view);
            try
            {
                Replace("status.txt", System.Text.Encoding.UTF8.GetBytes(text));
                Replace("status.json", view.ToJson());
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Missed++;
            }

            return text;
        }
    }

    void Keep()
    {
        lock (_gate)
        {
            while (!_stopped)
            {
                Write("clock");
                Monitor.Wait(_gate, _pause);
            }
        }
    }

    void Replace(string name, byte[] content)
    {
        var final = Path.Combine(_sources.Folder, name);
        var fresh = Path.Combine(_sources.Folder, $".{name}.new");
        File.WriteAllBytes(fresh, content);
        File.Move(fresh, final, overwrite: true);
    }

    StatusView View(string trigger)
    {
        var snapshot = _sources.Latest();
        var now = _sources.Now();
        var silence = now - snapshot.At;
        var reasons = Reasons(snapshot, now, silence).ToList();
        var verdict = silence > _silenceMax ? "wedged"
            : snapshot.DrainBy is not null ? "stopping"
            : reasons.Count > 0 ? "degraded"
            : "ok";
        return new()
        {
            At = now,
            Verdict = verdict,
            Reasons = reasons.Count > 0 ? reasons : ["every worker is as it should be"],
            Trigger = trigger,
            Version = _sources.Version,
            Pid = Environment.ProcessId,
            Start = _start,
            Spool = Path.GetDirectoryName(_sources.Folder) ?? "",
            LoopSilentSeconds = silence.TotalSeconds,
            WorkersWanted = snapshot.Target,
            Workers = [.. snapshot.Workers.Select(worker => Line(worker, now))],
            Queue = new(snapshot.Waiting, snapshot.Suspects, snapshot.Workers.Count(worker => worker.State == "busy"),
                (now - snapshot.Oldest)?.TotalSeconds),
            Totals = TotalsOf(snapshot.Tally),
            Confinements = _sources.Confinements(),
            Keys = _sources.Keys(),
        };
    }

    static StatusTotals TotalsOf(Tally tally) => new(
        tally.Complete, tally.Partial, tally.Failed, tally.BytesIn, tally.BytesOut,
        tally.Starts, tally.Exits, tally.StaleWords,
        tally.Failures.ToDictionary(code => code.Key, code => code.Value.Count));

    static IEnumerable<string> Reasons(Snapshot snapshot, DateTimeOffset now, TimeSpan silence)
    {
        if (silence > _silenceMax) yield return $"the event loop is silent since {snapshot.At:HH:mm:ss}Z";
        if (snapshot.DrainBy is { } by) yield return $"stopping; running jobs have until {by:HH:mm:ss}Z";
        if (snapshot.WorkerFailures > 1)
        {
            var left = Math.Max(0, (snapshot.StartsFrom - now).TotalSeconds);
            yield return $"workers failed {snapshot.WorkerFailures} times in a row; next start in {left:0.0} s";
        }


        if (snapshot.Suspects > 0) yield return $"{snapshot.Suspects} suspect jobs wait";
        var missing = snapshot.Target - snapshot.Workers.Count(worker => worker.State is "idle" or "busy");
        if (missing > 0 && snapshot.DrainBy is null)
            yield return $"{missing} of {snapshot.Target} workers are not ready";
    }

    StatusWorker Line(SlotView slot, DateTimeOffset now)
    {
        var process = slot.Worker is { } worker ? _sources.Look(worker) : default;
        return new()
        {
            Slot = slot.Slot,
            Worker = slot.Worker?.ToString(),
            Pid = process.Pid,
            Rss = process.Rss,
            State = slot.State,
            Job = slot.Job?.Id,
            Source = slot.Job?.Source,
            Attempt = slot.Job?.Attempts,
            Bytes = slot.Job?.Bytes,
            BytesIn = slot.Job is null ? null : slot.Latest?.BytesIn ?? 0,
            BytesOut = slot.Job is null ? null : slot.Latest?.BytesOut ?? 0,
            ForSeconds = (now - slot.Since)?.TotalSeconds,
            QuietSeconds = (now - slot.LastWork)?.TotalSeconds,
            JobsDone = slot.JobsDone,
            Next = slot.Next,
            NextInSeconds = (slot.NextAt - now)?.TotalSeconds,
        };
    }
}
