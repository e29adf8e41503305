namespace Decryptor.Supervisor.Observability;

/// <summary>
/// Keeps <c>run/status.txt</c> and <c>run/status.json</c> up to date on a thread of its own, each second and whenever
/// asked: so they are there when the loop is wedged or the process is dead. They are replaced by rename, never
/// rewritten.
/// </summary>
sealed class StatusFile
{
    static readonly TimeSpan _pause = TimeSpan.FromSeconds(1);
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

    /// <summary>Writes both files now; returns the text, and the verdict in it.</summary>
    public (string Text, string Verdict) Write(string trigger)
    {
        lock (_gate)
        {
            var view = StatusSurvey.Make(_sources, _start, trigger);
            var text = StatusText.Render(view);
            try
            {
                Replace("status.json", view.ToJson());
                Replace("status.txt", System.Text.Encoding.UTF8.GetBytes(text));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Missed++;
            }

            return (text, view.Verdict);
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
}
