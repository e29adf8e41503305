using System.ComponentModel;
using System.Diagnostics;
using System.Threading.Channels;
using CliWrap;
using Decryptor.Protocol;
using Decryptor.Supervisor.Scheduling;

namespace Decryptor.Supervisor.Workers;

/// <summary>
/// One worker's process from its start to its end, and the three pipes to it. It reports what it hears and, at
/// most once, trouble with a pipe; how it ended is what <see cref="Run"/> returns. Orders to a worker that is going or
/// gone are dropped: its end is the answer.
/// </summary>
sealed class WorkerProcess(WorkerProgram program, Incarnation worker, string folder, Action<Event> report)
{
    // A worker gets one job at a time and one answer to each question; more than these waiting means that it reads
    // none.
    const int OrdersMax = 16;

    // How long a pipe may outlive its process, and a process its pipe, before we go on without waiting for the other.
    static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(250);

    // How long a death that nobody has told of must have been seen for it to be believed.
    static readonly TimeSpan Certainty = TimeSpan.FromMilliseconds(300);

    readonly Channel<byte[]> _orders = Channel.CreateBounded<byte[]>(OrdersMax);
    readonly StderrTail _stderr = new();
    readonly WorkerRecord _record = new(worker);
    readonly FrameCredit _credit = new();
    readonly TaskCompletionSource _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly TaskCompletionSource<string> _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly TaskCompletionSource<string?> _trouble = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly Lock _gate = new();

    Task _writing = Task.CompletedTask;
    Task _reading = Task.CompletedTask;
    Task _keeping = Task.CompletedTask;
    ProcessHandle? _process;
    int? _pid;
    int? _exitCode;
    long? _doubtedAt;
    bool _killAsked;
    volatile bool _known;
    volatile string? _confinement;
    volatile bool _closed;
    volatile bool _held;

    public Incarnation Worker => worker;

    /// <summary>When it was to start, as a <see cref="Stopwatch"/> counts.</summary>
    public long Began { get; } = Stopwatch.GetTimestamp();

    /// <summary>False until its process is known, or known not to be.</summary>
    public bool IsHeld => _known;

    /// <summary>Its process; null before it started and after it ended.</summary>
    public int? Pid
    {
        get
        {
            lock (_gate) return _pid;
        }
    }

    /// <summary>Whether it looked dead the last time, although nobody has told of an exit.</summary>
    public bool IsDoubtful
    {
        get
        {
            lock (_gate) return _doubtedAt is not null && !_exited.Task.IsCompleted;
        }
    }

    /// <summary>Done when it has exited, which is before the last of its words are read.</summary>
    public Task Exited => _exited.Task;

    /// <summary>
    /// Starts the process and lives with it until it and its pipes are done with; says in words how it ended. After
    /// that nothing more is reported.
    /// </summary>
    public async Task<string> Run()
    {
        var telling = TellOfTrouble();
        var how = await Live();
        _trouble.TrySetResult(null);
        await telling;
        return how;
    }

    public void Send(Message message)
    {
        try
        {
            var frame = FrameWriter.Write(message);
            // Before it can be answered: an answer out of nowhere explains nothing.
            _record.Sent(message);
            _credit.Earn();
            if (_orders.Writer.TryWrite(frame) || _closed) return;
            _trouble.TrySetResult($"does not read: {OrdersMax} orders wait for it");
        }
        catch (ProtocolException tooLarge)
        {
            _trouble.TrySetResult($"could not be told: {tooLarge.Message}");
        }
    }

    /// <summary>Ends its input, once it has been given what was sent before: it leaves by itself.</summary>
    public void Dismiss()
    {
        _closed = true;
        _orders.Writer.TryComplete();
    }

    /// <summary>SIGKILL; <paramref name="why"/> is for the crash card.</summary>
    public void Kill(string why)
    {
        _record.Condemned(why);
        Measure();
        lock (_gate)
        {
            _killAsked = true;
            _process?.Kill();
        }
    }

    /// <summary>
    /// Looks at the process from outside; null when there is none that lives. One that is found dead again and again,
    /// while nobody tells of its exit, is taken for gone: something else in this process has taken that exit.
    /// </summary>
    public ProcessSample? Measure()
    {
        lock (_gate)
        {
            if (_process is null || _pid is not { } pid) return null;
            if (_process.WaitForEnd(TimeSpan.Zero))
            {
                Doubt();
                return null;
            }

            // On its way out a process has no memory any more, which says nothing of what it had.
            if (ProcFolder.Sample(pid) is not { ResidentBytes: > 0 } sample) return null;
            _record.Measured(sample, ProcFolder.PeakBytes(pid));
            return sample;
        }
    }

    /// <summary>What is to be kept of its end; null for one that was in order.</summary>
    public CrashCard? Card(string how) => _record.Card(how, _exitCode, _stderr);

    public WorkerView Look()
    {
        int? pid;
        lock (_gate) pid = _pid;
        var resident = pid is { } number ? ProcFolder.ResidentBytes(number) : null;
        return new(worker, pid, resident, _stderr.ToString(), _stderr.Dropped, _confinement);
    }

    async Task<string> Live()
    {
        var drained = new CancellationTokenSource();
        try
        {
            program.Equip(folder);
            var command = program.Command(worker, folder)
                .WithStandardInputPipe(PipeSource.Create((stdin, exited) => _writing = Feed(stdin, drained, exited)))
                .WithStandardOutputPipe(PipeTarget.Create((stdout, _) => _reading = ReadFrames(stdout, drained.Token)))
                .WithStandardErrorPipe(PipeTarget.Create((pipe, _) => _keeping = KeepStderr(pipe, drained.Token)));
            var run = command.ExecuteAsync(program.Strip, Hold).Task;
            return await Task.WhenAny(run, _lost.Task) == run ? How(await run) : await LoseSight(drained);
        }
        catch (IOException noRoom)
        {
            return $"could not be started: {noRoom.Message}";
        }
        catch (Win32Exception refused)
        {
            return $"could not be started: {refused.InnerException?.Message ?? refused.Message}";
        }
        finally
        {
            await _writing;
            LetGo();
        }
    }

    string How(CommandResult result)
    {
        _exitCode = result.ExitCode;
        var how = ExitCode.InWords(result.ExitCode);
        return _held ? $"{how}, and left a process behind that holds its pipes" : how;
    }

    // The library waits on for an exit that it will never see. All that is its own is ended; the task is left to it.
    async Task<string> LoseSight(CancellationTokenSource drained)
    {
        AfterExit(drained);
        await Task.WhenAll(_reading, _keeping);
        return await _lost.Task;
    }

    // The runtime may have missed the signal of a death; another one makes it look once more.
    void Doubt()
    {
        if (_exited.Task.IsCompleted) return;
        if (_doubtedAt is not { } since)
        {
            _doubtedAt = Stopwatch.GetTimestamp();
            _ = Libc.Kill(Environment.ProcessId, Libc.SigChild);
        }
        else if (Stopwatch.GetElapsedTime(since) > Certainty)
        {
            _lost.TrySetResult("is dead, and its exit was told to nobody");
        }
    }

    // Whoever starts a process may be asked to kill it before it knows its number.
    void Hold(Process process)
    {
        lock (_gate)
        {
            try
            {
                _pid = process.Id;
                _known = true;
                _record.Began(process.Id);
                _process = ProcessHandle.Open(process.Id);
                if (_killAsked) _process?.Kill();
            }
            catch (Win32Exception noHandle)
            {
                // Out of descriptors, most likely. A worker that we could not kill later is not one to keep.
                process.Kill();
                _trouble.TrySetResult($"could not be held: {noHandle.Message}");
            }
        }
    }

    void LetGo()
    {
        lock (_gate)
        {
            _pid = null;
            _known = true;
            _process?.Dispose();
            _process = null;
        }

        Dismiss();
    }

    // CliWrap cancels the token of this pipe, and of no other, at the moment when the process exits. That is the one
    // word of the exit that does not wait for the other pipes, which a grandchild may hold open for ever.
    async Task Feed(Stream stdin, CancellationTokenSource drained, CancellationToken exited)
    {
        exited.Register(() => AfterExit(drained));
        using var over = CancellationTokenSource.CreateLinkedTokenSource(exited, drained.Token);
        await WriteOrders(stdin, over.Token);
    }

    void AfterExit(CancellationTokenSource drained)
    {
        _exited.TrySetResult();
        drained.CancelAfter(Grace);
    }

    async Task WriteOrders(Stream stdin, CancellationToken over)
    {
        try
        {
            await foreach (var frame in _orders.Reader.ReadAllAsync(over)) await stdin.WriteAsync(frame, over);
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            Dismiss();
        }
        catch (Exception refused) when (refused is IOException or ObjectDisposedException)
        {
            // The pipe is closed by whoever sees the exit first, in the middle of a write as well.
            await BreakIfItLivesOn($"does not read: {refused.Message}");
        }
    }

    async Task ReadFrames(Stream stdout, CancellationToken drained)
    {
        var parser = FrameParser.OfWorker();
        try
        {
            while (await Read(stdout, parser.Room, drained) is var count and > 0)
            {
                parser.Advance(count);
                while (parser.TryRead(out var message))
                    if (_credit.Spend()) Pass(message);
                    else throw new ProtocolException($"more frames than it had credit for ({FrameCredit.Most})");
            }

            var cut = parser.Pending == 0 ? "" : $" in the middle of a frame, after {parser.Pending} bytes of it";
            await BreakIfItLivesOn($"closed its output{cut}");
        }
        catch (ProtocolException broken)
        {
            _trouble.TrySetResult($"sent garbage: {broken.Message}");
        }
    }

    async Task KeepStderr(Stream stderr, CancellationToken drained)
    {
        var buffer = new byte[4096];
        while (await Read(stderr, buffer, drained) is var count and > 0) _stderr.Append(buffer.AsSpan(0, count));
    }

    async ValueTask<int> Read(Stream pipe, Memory<byte> room, CancellationToken drained)
    {
        try
        {
            return await pipe.ReadAsync(room, drained);
        }
        catch (OperationCanceledException)
        {
            _held = true;
            return 0;
        }
        catch (Exception closed) when (closed is IOException or ObjectDisposedException)
        {
            return 0;
        }
    }

    // A worker that is not confined as it must be is never known to be ready: it is broken before it has greeted.
    void Pass(Message message)
    {
        _record.Heard(message);
        if (message is Hello hello)
        {
            _confinement = hello.Confinement;
            if (program.Confinement.Refusal(hello) is { } refusal)
            {
                _trouble.TrySetResult(refusal);
                return;
            }
        }

        report(Said(message));
    }

    // The supervisor moves what a finished attempt has left; that it is there is for us to see, not for it to say.
    Event.WorkerSaid Said(Message message)
    {
        if (message is not Finished finished) return new(worker, message);
        var attempt = Path.Combine(folder, "out", finished.Attempt.Folder);
        var hasReport = PathOnDisk.IsFolder(attempt)
            && PathOnDisk.IsRegularFile(Path.Combine(attempt, Report.FileName));
        return new(worker, message, hasReport);
    }

    // A process that dies closes its pipes a moment before it can be seen to be dead. Its end says more than the
    // pipe's.
    async Task BreakIfItLivesOn(string why)
    {
        await Task.WhenAny(_exited.Task, Task.Delay(Grace));
        if (!_exited.Task.IsCompleted) _trouble.TrySetResult(why);
    }

    async Task TellOfTrouble()
    {
        if (await _trouble.Task is { } why) report(new Event.WorkerBroken(worker, why));
    }
}
