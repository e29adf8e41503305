using System.Diagnostics;
using Decryptor.Protocol;
using Microsoft.Win32.SafeHandles;

namespace Decryptor.Supervisor.Cli.Reading;

/// <summary>
/// Prints files and then what is written on in them, until it is interrupted or nobody reads it. Once a second it looks
/// at all of them; one that has grown is copied and decoded as a whole, and what was printed is skipped. It never
/// decodes for longer than it waits.
/// </summary>
sealed class FollowRun(PrivateRun run, IReadOnlyList<string> inputs, FollowOutput output) : IDisposable
{
    /// <summary>How many files can be followed: each is held open.</summary>
    public const int FilesMax = 512;

    static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    readonly List<GrowingFile> _files = [];
    readonly byte[] _buffer = new byte[256 * 1024];
    int _copies;

    /// <summary>The exit code.</summary>
    /// <exception cref="UsageException">The inputs are none that can be followed, or too many.</exception>
    /// <exception cref="IOException">The text cannot be written.</exception>
    public int Print()
    {
        var exitCode = Choose();
        while (_files.Count > 0 && !run.Ended && output.IsHeard)
        {
            var begun = Stopwatch.GetTimestamp();
            foreach (var file in _files) Read(file);
            if (!output.HasBegun && !run.Ended) output.Begin();
            Wait(Stopwatch.GetElapsedTime(begun));
        }

        return exitCode;
    }

    public void Dispose()
    {
        foreach (var file in _files) file.Dispose();
    }

    int Choose()
    {
        if (inputs.Count > FilesMax)
            throw new UsageException($"--follow: {inputs.Count} files are too many", $"the limit is {FilesMax}")
            {
                ExitCode = FailureCode.LimitMembers.ExitCode,
            };
        var exitCode = 0;
        foreach (var input in inputs)
        {
            var file = new GrowingFile(input, output);
            if (file.Refusal() is not { } refusal)
            {
                _files.Add(file);
                continue;
            }

            exitCode = FailureCode.NoInput.ExitCode;
            Talk.Say($"{input}: {refusal} ({FailureCode.NoInput})");
        }

        return exitCode;
    }

    void Read(GrowingFile file)
    {
        var hasChanged = false;
        foreach (var (opened, bytes) in file.Changed())
        {
            hasChanged = true;
            if (!Pass(file, opened, bytes)) return;
        }

        // What is there at first is shown whole. What is wrong with it may only be that its writer is at work.
        if (!hasChanged || !output.HasBegun) file.Rest();
        if (!hasChanged) file.Complain();
    }

    // False when the run ended first.
    bool Pass(GrowingFile file, SafeFileHandle opened, long bytes)
    {
        var name = $"follow-{++_copies}";
        if (Copy(opened, bytes, run.Incoming(name)) is not { } copied) return false;
        if (OneShot.AwaitEnd(run, run.AddCopy(name, file.Name, copied)) is not { } job) return false;
        var folder = run.FolderOf(job);
        var texts = ReadingRun.TextsOf(file.Name, folder).Select(text => text.Name).ToList();
        var complaint = new List<string>();
        // Whoever follows a file that is empty waits for its first line.
        if (job.Code != FailureCode.Empty.Name) Explanation.Tell(file.Name, job, folder, complaint.Add);
        file.Take(folder, texts, complaint);
        return true;
    }

    /// <summary>
    /// Copies the file as long as it was when it was looked at: its writer may cut or lengthen it at any moment, and a
    /// worker may read only what was named before it started. The bytes copied; null when the run ended first.
    /// </summary>
    long? Copy(SafeFileHandle from, long bytes, string path)
    {
        using var copy = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 1);
        var at = 0L;
        while (at < bytes && !run.Ended)
        {
            var count = RandomAccess.Read(from, _buffer.AsSpan(0, (int)Math.Min(_buffer.Length, bytes - at)), at);
            if (count == 0) break;
            copy.Write(_buffer.AsSpan(0, count));
            at += count;
        }

        return run.Ended ? null : at;
    }

    void Wait(TimeSpan passed)
    {
        var (begun, span) = (Stopwatch.GetTimestamp(), passed > Interval ? passed : Interval);
        while (!run.Ended && Stopwatch.GetElapsedTime(begun) is var waited && waited < span)
            run.AwaitNews(span - waited);
    }
}
