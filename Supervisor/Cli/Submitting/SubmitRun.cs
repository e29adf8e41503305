using System.Globalization;
using Decryptor.Protocol;
using Decryptor.Supervisor.Cli.Reading;
using Decryptor.Supervisor.Intake;
using Decryptor.Supervisor.Scheduling;
using Decryptor.Supervisor.Storage;

namespace Decryptor.Supervisor.Cli.Submitting;

/// <summary>One run of <c>submit</c>.</summary>
sealed class SubmitRun(string spool, string? tenant, bool json)
{
    static readonly TimeSpan _look = TimeSpan.FromMilliseconds(100);

    readonly Doorstep _step = new(spool, tenant);
    readonly List<(string Input, long Job)> _taken = [];
    bool _someUnknown;

    /// <summary>The worst so far.</summary>
    public int ExitCode { get; private set; }

    /// <summary>Ends the command: what was handed in goes on, and what is half copied is gone.</summary>
    public void Hear(ReceivedSignal received)
    {
        if (received.Signal is not (Signal.Int or Signal.Term or Signal.Hup)) return;
        _step.Abandon();
        Environment.Exit(received.Signal == Signal.Int ? 130 : 143);
    }

    /// <summary>Hands all in, one after the other; what cannot be read is told, and the others go on.</summary>
    public void HandIn(IReadOnlyList<string> inputs, bool move)
    {
        foreach (var name in _step.Settle()) Talk.Say($"{name}: an earlier command was killed over it; handed in now");
        foreach (var input in inputs)
        {
            try
            {
                var name = input == InputList.Stdin ? "stdin" : Path.GetFileName(input);
                Submit(input, name, Take(input, name, move));
            }
            catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
            {
                Worsen(Talk.Error($"{input}: there is no such file", "", FailureCode.NoInput.ExitCode));
            }
            catch (UnauthorizedAccessException)
            {
                Worsen(Talk.Error($"{input}: it may not be read", "", FailureCode.NoInput.ExitCode));
            }
        }
    }

    /// <summary>Waits until all have ended; the exit code.</summary>
    public int Await(TimeSpan patience)
    {
        if (_someUnknown)
            Worsen(Talk.Error("what becomes of some cannot be waited for",
                "decryptor jobs lists them once a service has taken them", FailureCode.NotRunning.ExitCode));
        if (_taken.Count == 0) return ExitCode;
        var until = DateTime.UtcNow + patience;
        using var ledger = JobLedger.OpenForReading(Path.Combine(spool, Spool.LedgerName));
        foreach (var (input, job) in _taken)
            if (!Await(ledger, input, job, until)) break;
        return ExitCode;
    }

    string Take(string input, string name, bool move)
    {
        if (input == InputList.Stdin)
        {
            using var stdin = new StandardStream(0);
            return _step.Take(stdin, input, name);
        }

        if (Directory.Exists(input)) throw new UsageException($"{input} is a folder", "name the files in it");
        if (move && IsBeside(input)) return _step.Take(null, input, name);
        using (var file = new FileStream(input, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 1))
        {
            var taken = _step.Take(file, input, name);
            if (!move) return taken;
            File.Delete(input);
            return taken;
        }
    }

    // A rename carries no file to another file system.
    bool IsBeside(string input)
    {
        using var from = Folder.Open(Path.GetDirectoryName(Path.GetFullPath(input))!);
        using var to = Folder.Open(Path.Combine(spool, "incoming"));
        return from.Look().Volume == to.Look().Volume;
    }

    void Submit(string input, string name, string file)
    {
        var reply = Ask(new() { Act = ControlRequest.Submit, File = file, Source = name, Tenant = tenant });
        if (reply is { Done: true, Job: { } job })
        {
            _taken.Add((input, job));
            Tell(input, job, $"{input}: job {job}");
            return;
        }

        _someUnknown = true;
        // Who gave no answer may have taken it all the same.
        if (!_step.Has(file)) Tell(input, null, $"{input}: taken in; its number was not told");
        else Tell(input, null, $"{input}: in incoming/ as {_step.Place(file)}: {reply.Text}");
    }

    // What keeps the service from answering keeps nothing from being handed in: the file is where it looks.
    ControlReply Ask(ControlRequest request)
    {
        try
        {
            return ControlLine.Ask(spool, request);
        }
        catch (UsageException e)
        {
            return ControlReply.No("silent", e.Message, e.Hint);
        }
    }

    void Tell(string input, long? job, string line)
    {
        if (!json) Console.WriteLine(Observability.Harmless.Text(line));
        else JsonLine.Print("submission", fields =>
        {
            fields.WriteString("input", input);
            if (job is { } id) fields.WriteString("id", id.ToString(CultureInfo.InvariantCulture));
            if (tenant is not null) fields.WriteString("tenant", tenant);
        });
    }

    // False when nothing more is to be waited for.
    bool Await(LedgerReader ledger, string input, long id, DateTime until)
    {
        while (true)
        {
            var job = ledger.Find(id);
            if (job is { IsOpen: false })
            {
                TellEnd(input, job);
                return true;
            }

            var stands = job?.State == JobState.Decrypting ? "runs" : "waits";
            if (DateTime.UtcNow >= until) return GiveUp($"{input}: job {id} has not ended in time: it {stands}", id);
            if (SpoolHolder.Of(spool) is null)
                return GiveUp($"{input}: the service has ended; job {id} is kept, and goes on with the next one", id);
            Thread.Sleep(_look);
        }
    }

    bool GiveUp(string why, long job)
    {
        Worsen(Talk.Error(why, $"decryptor jobs show {job} --spool {spool}", FailureCode.NotRunning.ExitCode));
        return false;
    }

    void TellEnd(string input, Job job)
    {
        Worsen(Talk.ExitCodeOf(job.Outcome!.Value, job.Code));
        var room = job.State == JobState.Completed ? "completed" : "failed";
        var folder = Path.Combine(Path.GetFullPath(spool), room, job.Id.ToString(CultureInfo.InvariantCulture));
        if (json)
        {
            Console.WriteLine(JobLine.Of(job).ToJson());
            return;
        }

        Console.WriteLine($"job {job.Id}: {Report.Word(job.Outcome.Value)}, {folder}");
        Explanation.Tell(input, job, folder, Talk.Say);
    }

    void Worsen(int exitCode) => ExitCode = Talk.Worse(ExitCode, exitCode);
}
