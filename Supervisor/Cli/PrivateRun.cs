using System.Diagnostics;
using Decryptor.Protocol;
using Decryptor.Supervisor.Cli.Progressing;
using Decryptor.Supervisor.Intake;
using Decryptor.Supervisor.Keys;
using Decryptor.Supervisor.Scheduling;
using Decryptor.Supervisor.Storage;
using Serilog.Core;

namespace Decryptor.Supervisor.Cli;

/// <summary>
/// The service in small, for one command: the same scheduler and the same workers over a spool of its own, which is
/// gone afterwards. The person's files stay where they are; workers read them there.
/// </summary>
sealed class PrivateRun : IDisposable
{
    readonly Lock _gate = new();
    readonly ManualResetEventSlim _news = new();
    readonly Dictionary<long, Job> _jobs = [];
    readonly Engine _engine;
    readonly string _folder;
    readonly long _began = Stopwatch.GetTimestamp();
    readonly Paces _paces = new();
    bool _stopped;
    bool _toldOfFailures;
    int _posted;

    /// <param name="folder">Where the private spool is made, and what goes away with it.</param>
    /// <param name="settings">Those of the command.</param>
    /// <param name="files">Every input that will be added: workers may read these and no other.</param>
    public PrivateRun(string folder, Settings settings, IEnumerable<string> files)
    {
        _folder = folder;
        _engine = Open(settings with { Spool = folder }, [.. files.Select(Path.GetFullPath).Distinct()]);
        foreach (var warning in _engine.Desk.Ring.Warnings) Talk.Say(warning);
        SignalListener.Start(Hear);
        _engine.Start();
    }

    /// <summary>130 or 143 once a signal has ended the run; null while none has.</summary>
    public int? Interrupted { get; private set; }

    /// <summary>True once the loop has ended, in order or not.</summary>
    public bool Ended => _stopped || _engine.HasEnded;

    /// <summary>Adds an input; its job's number is the count of inputs so far.</summary>
    public long Add(string path)
    {
        var file = new FileInfo(path);
        _engine.Inbox.Post(new Event.JobArrived(file.FullName, file.Name, "", file.Exists ? file.Length : 0, true));
        return ++_posted;
    }

    /// <summary>
    /// Adds an input of which this run has a copy, that <see cref="Incoming"/> gave a place; it becomes the run's own.
    /// </summary>
    public long AddCopy(string name, string source, long bytes)
    {
        _engine.Inbox.Post(new Event.JobArrived(name, source, "", bytes, false));
        return ++_posted;
    }

    /// <summary>Where a copy of an input is to be written.</summary>
    public string Incoming(string name) => Path.Combine(_engine.Spool.Incoming.Path, name);

    /// <summary>The job as it is now, or null if it is not yet known.</summary>
    public Job? Look(long job)
    {
        lock (_gate) return _jobs.GetValueOrDefault(job);
    }

    /// <summary>How far it is.</summary>
    public RunSight Sight()
    {
        // Those in hand first: what ends between the two looks is counted as ended, and not twice.
        var workers = _engine.Latest.Workers;
        lock (_gate)
        {
            bool IsOpen(Job job) => _jobs.GetValueOrDefault(job.Id) is not { IsOpen: false };
            var open = workers.Where(slot => slot.Job is { } job && IsOpen(job));
            return RunSight.Of(_posted, [.. _jobs.Values], [.. open]);
        }
    }

    /// <summary>The keys that workers get from now on; settings name those of the beginning.</summary>
    public KeyRing Ring
    {
        get => _engine.Desk.Ring;
        set => _engine.Desk.Ring = value;
    }

    /// <summary>Waits for news of any job, but not for ever: a growing file makes none.</summary>
    public void AwaitNews(TimeSpan atMost)
    {
        _news.Wait(atMost);
        _news.Reset();
    }

    /// <summary>Where the job's outputs are at this moment; the folder moves when the job ends.</summary>
    public string FolderOf(Job job) => job.State switch
    {
        JobState.Completed => _engine.Spool.Completed(job.Id),
        JobState.Failed => _engine.Spool.Failed(job.Id),
        _ => _engine.Spool.OutputOf(job.Attempt),
    };

    /// <summary>Ends the workers and takes the private spool away.</summary>
    public void Dispose()
    {
        _engine.Inbox.Post(new Event.StopAsked(true));
        var death = _engine.WaitForEnd();
        try
        {
            _engine.Dispose();
        }
        finally
        {
            PrivateFolder.Remove(_folder);
        }

        if (death is not null) throw Refused(death);
    }

    static UsageException Refused(Exception death) => new(
        $"the run ended: {death.Message}",
        DiskTrouble.IsFull(death) ? "make room on the disk, then try again" : "look at the disk and the kernel's log")
    {
        ExitCode = DiskTrouble.ExitCodeOf(death),
    };

    Engine Open(Settings settings, string[] inputs)
    {
        try
        {
            // A worker more than there are inputs would only take the processor from those that have one.
            var workers = Math.Clamp(inputs.Length, 1, settings.Workers);
            return Engine.Open(
                settings with { Workers = workers }, KeyRing.Load(settings.Keys), Logger.None, Watch, inputs);
        }
        catch
        {
            Directory.Delete(_folder, recursive: true);
            throw;
        }
    }

    void Watch(Turn turn)
    {
        lock (_gate)
        {
            foreach (var row in turn.Rows.OfType<Row.JobIs>()) _jobs[row.Job.Id] = row.Job;
            _stopped |= turn.Stopped;
        }

        TellOfFailures(turn);
        _news.Set();
    }

    // A run in which every worker fails waits for better times, as the service does; but a person waits with it.
    void TellOfFailures(Turn turn)
    {
        if (_toldOfFailures || _engine.Latest.WorkerFailures < 2) return;
        if (turn.Rows.OfType<Row.WorkerEnded>().LastOrDefault() is not { } ended) return;
        _toldOfFailures = true;
        Talk.Say($"workers fail one after the other; this is tried again until it is interrupted: {ended.How}");
    }

    void Hear(ReceivedSignal received)
    {
        switch (received.Signal)
        {
            case Signal.Int or Signal.Term or Signal.Hup:
                Interrupted = received.Signal == Signal.Int ? 130 : 143;
                _engine.Inbox.Post(new Event.StopAsked(true));
                break;
            case Signal.Usr1: TellProgress(); break;
        }
    }

    // The pace is that since the run began, or since it was asked last.
    void TellProgress()
    {
        var sight = Sight();
        if (_paces.All.PerSecond is null) _paces.See(TimeSpan.Zero, sight with { Read = 0, Running = [] });
        _paces.See(Stopwatch.GetElapsedTime(_began), sight);
        foreach (var one in sight.Running) Talk.Say(ProgressText.Line(one, _paces.Of(one)));
        Talk.Say(ProgressText.Total(sight, _paces.All));
    }
}
