using System.Diagnostics;
using Decryptor.Protocol;

namespace Decryptor.Supervisor.Workers;

/// <summary>
/// What is remembered of one worker while it lives, so that its end can be explained. Any thread may add to it.
/// </summary>
sealed class WorkerRecord(Incarnation worker)
{
    const int FramesMax = 32;

    static readonly string _version = typeof(WorkerRecord).Assembly.GetName().Version?.ToString(3) ?? "0";

    readonly Lock _gate = new();
    readonly Queue<CrashFrame> _frames = new();
    readonly long _began = Stopwatch.GetTimestamp();
    readonly long? _oomBefore = OomCount.Now();
    int? _pid;
    Assign? _open;
    Progress? _latest;
    ProcessSample? _sample;
    long? _peak;
    string? _why;
    int _jobsDone;

    /// <summary>It has a process.</summary>
    public void Began(int pid)
    {
        lock (_gate) _pid = pid;
    }

    public void Sent(Message message)
    {
        lock (_gate)
        {
            Keep("supervisor", message);
            if (message is Assign assign) (_open, _latest) = (assign, null);
        }
    }

    public void Heard(Message message)
    {
        lock (_gate)
        {
            Keep("worker", message);
            if (message is Progress progress && progress.Attempt == _open?.Attempt) _latest = progress;
            if (message is not Finished finished || finished.Attempt != _open?.Attempt) return;
            _open = null;
            _jobsDone++;
        }
    }

    /// <summary>It was looked at from outside.</summary>
    public void Measured(ProcessSample sample, long? peak)
    {
        lock (_gate)
        {
            _sample = sample;
            _peak = Math.Max(_peak ?? 0, Math.Max(peak ?? 0, sample.ResidentBytes));
        }
    }

    /// <summary>We kill it; the first reason counts.</summary>
    public void Condemned(string why)
    {
        lock (_gate) _why ??= why.Length > 0 ? why : null;
    }

    /// <summary>What is to be kept of an end; null for one that was in order.</summary>
    /// <param name="how">The end, in words.</param>
    /// <param name="exitCode">Its exit code; null where it has none that we know of.</param>
    /// <param name="stderr">Its last words.</param>
    public CrashCard? Card(string how, int? exitCode, StderrTail stderr)
    {
        lock (_gate)
        {
            if (_open is null && _why is null && exitCode == 0) return null;
            return new()
            {
                At = DateTimeOffset.UtcNow,
                Job = _open?.Attempt.Job,
                Attempt = _open?.Attempt.Number,
                Worker = worker.ToString(),
                Pid = _pid,
                Source = _open?.Source,
                Exit = how,
                Why = _why,
                OomKilled = OomKilled(exitCode),
                LastCpuMs = _sample?.CpuMilliseconds,
                LastResidentBytes = _sample?.ResidentBytes,
                PeakResidentBytes = _peak,
                BytesIn = _latest?.BytesIn,
                BytesOut = _latest?.BytesOut,
                Frames = [.. _frames],
                Stderr = stderr.ToString(),
                StderrDropped = stderr.Dropped,
                UptimeSeconds = Math.Round(Stopwatch.GetElapsedTime(_began).TotalSeconds, 3),
                JobsDone = _jobsDone,
                Supervisor = _version,
            };
        }
    }

    // The count is of the whole group: what we have killed ourselves is not what it has counted.
    bool? OomKilled(int? exitCode)
    {
        if (exitCode != ExitCode.OfSigKill || _why is not null) return false;
        return OomCount.Now() is { } now && _oomBefore is { } before ? now > before : null;
    }

    void Keep(string from, Message message)
    {
        if (_frames.Count == FramesMax) _frames.Dequeue();
        _frames.Enqueue(new(DateTimeOffset.UtcNow, from, FrameWords.Of(message)));
    }
}
