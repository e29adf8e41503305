using Decryptor.Protocol;
using Decryptor.Supervisor.Scheduling;

namespace Decryptor.Supervisor.Cli.Reading;

/// <summary>
/// One run over the inputs. Where it can, it prints the text of each while it is decoded; where all texts are needed
/// first, it waits for them. Inputs are handed to the workers a few ahead of the one that is printed.
/// </summary>
sealed class ReadingRun(
    PrivateRun run, IReadOnlyList<string> inputs, long stdinBytesMax, ReadingOutput output, ReadingRequest request)
{
    const int Ahead = 64;

    // The job of an input that was refused before it became one.
    const long Refused = -1;

    readonly List<long> _jobs = [];
    int _exitCode;

    /// <summary>Prints what is asked for; the exit code.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public int Print()
    {
        if (request.NeedsAll) PrintGathered();
        else PrintInTurn();
        output.Finish();
        return _exitCode == 0 && output.MatchedNothing && !run.Ended ? 1 : _exitCode;
    }

    void PrintInTurn()
    {
        var sink = output.NewSink();
        for (var i = 0; i < inputs.Count && AddUpTo(i); i++)
        {
            if (_jobs[i] == Refused) continue;
            using var text = new FollowedText(inputs[i], sink);
            if (Follow(_jobs[i], text, sink) is not { } job) return;
            text.Settle(run.FolderOf(job));
            Judge(inputs[i], job);
        }
    }

    /// <summary>
    /// Copies the job's text while it grows; returns the ended job, or null when interrupted or nothing more is wanted.
    /// </summary>
    Job? Follow(long id, FollowedText text, ITextSink sink)
    {
        while (!run.Ended)
        {
            // First the state, then the text: what ended before we looked has all its text there.
            var job = run.Look(id);
            if (job is { Attempts: > 0 }) text.CopyNew(run.FolderOf(job), job.Attempt, job.IsOpen);
            if (sink.HasEnough) return null;
            if (job is { IsOpen: false }) return job;
            run.AwaitNews(TimeSpan.FromMilliseconds(25));
        }

        return null;
    }

    void PrintGathered()
    {
        var texts = new List<TextFile>();
        for (var i = 0; i < inputs.Count && AddUpTo(i); i++)
        {
            if (_jobs[i] == Refused) continue;
            if (OneShot.AwaitEnd(run, _jobs[i]) is not { } job) return;
            texts.AddRange(TextsOf(inputs[i], run.FolderOf(job)));
            Judge(inputs[i], job);
        }

        var filter = request.Filter;
        if (filter.Window.CountsBack)
            output.Select(filter with
            {
                Window = filter.Window.From(GatheredTexts.Newest(texts, output.Heads, filter.Zone)),
            });
        if (request.Merge) new MergedTexts(texts, output.Heads, filter.Zone).CopyTo(output.Selection);
        else
            foreach (var text in texts) Copy(text);
    }

    void Copy(TextFile text)
    {
        var sink = output.NewSink();
        sink.Begin(text);
        GatheredTexts.Copy(text.Path, 0, sink);
        sink.End();
    }

    /// <summary>The texts of an ended job.</summary>
    public static IEnumerable<TextFile> TextsOf(string input, string folder) =>
        File.Exists(Path.Combine(folder, Report.FileName))
            ? FollowedText.Reported(folder)
                .Select(name => new TextFile(input, name) { Path = Path.Combine(folder, name) })
                .Where(text => File.Exists(text.Path))
            : [];

    // False when the run ended first.
    bool AddUpTo(int index)
    {
        while (_jobs.Count < inputs.Count && _jobs.Count <= index + Ahead)
        {
            var input = inputs[_jobs.Count];
            if (input != InputList.Stdin) _jobs.Add(run.Add(input));
            else if (_jobs.Count > index) return true;
            else if (CopyStdin() is { } job) _jobs.Add(job);
            else return false;
        }

        return true;
    }

    // Null when the run ended first.
    long? CopyStdin()
    {
        try
        {
            return StdinCopy.Into(run, stdinBytesMax);
        }
        catch (UsageException e)
        {
            _exitCode = Talk.Worse(_exitCode, Talk.Error(e.Message, e.Hint, e.ExitCode));
            return Refused;
        }
    }

    void Judge(string input, Job job)
    {
        Explanation.Tell(input, job, run.FolderOf(job), Talk.Say);
        var exitCode = Talk.ExitCodeOf(job.Outcome!.Value, job.Code);
        if (request.PartialOk && job.Outcome == Outcome.Partial) exitCode = 0;
        _exitCode = Talk.Worse(_exitCode, exitCode);
    }
}
