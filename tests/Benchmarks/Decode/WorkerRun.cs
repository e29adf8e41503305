using System.Diagnostics;
using System.Globalization;
using Decryptor.Protocol;
using Decryptor.Supervisor.Keys;

namespace Decryptor.Benchmarks.Decode;

/// <summary>What one decoding cost a worker, from its order to its last word, and what starting it had cost.</summary>
/// <param name="Cpu">Seconds of processor time, user and system, of all its threads.</param>
/// <param name="Wall">Seconds.</param>
/// <param name="PeakBytes">The most memory that it had at once.</param>
/// <param name="StartCpu">Seconds of processor time until it had greeted.</param>
readonly record struct Spent(double Cpu, double Wall, double PeakBytes, double StartCpu);

/// <summary>How a worker is told to decode.</summary>
/// <param name="Threads">Threads that may decode.</param>
/// <param name="Durable">Whether all is synced, as in the service; else as for <c>cat</c> and <c>unpack</c>.</param>
readonly record struct Manner(int Threads, bool Durable);

/// <summary>
/// A worker as it is shipped, started anew for one file and spoken to as the supervisor does: confined, over its pipes,
/// with the text, its SHA-256 and the report written, and synced if that is asked for, when it says that it is done.
/// </summary>
sealed class WorkerRun : IDisposable
{
    static readonly Incarnation Name = new(1, 1);

    /// <summary>What a worker may spend by default.</summary>
    public static readonly Limits Limits = new(
        OutputBytes: 16L << 30, Ratio: 200, RatioFloor: 64L << 20, Members: 20_000, Depth: 5, Questions: 4096,
        NameBytes: 4096, WindowBytes: 128L << 20, ScryptLog: 20, Seconds: 600);

    readonly Process _process;
    readonly FrameParser _parser = FrameParser.OfWorker();
    readonly string _folder;

    WorkerRun(string program, string folder, IEnumerable<string> inputs)
    {
        _folder = folder;
        Directory.CreateDirectory(Path.Combine(folder, "in"));
        Directory.CreateDirectory(Path.Combine(folder, "out"));
        File.WriteAllText(Path.Combine(folder, "inputs"), string.Concat(inputs.Select(input => input + "\0")));
        _process = Process.Start(new ProcessStartInfo(program, [Name.ToString(), folder])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
    }

    /// <summary>Decodes the file of a case and holds the text against what it must be.</summary>
    /// <exception cref="InvalidOperationException">The text is another, or the worker is gone.</exception>
    public static Spent Of(string program, DecodeCase one, KeyRing ring, string scratch, Manner manner)
    {
        var folder = Directory.CreateDirectory(Path.Combine(scratch, "worker")).FullName;
        try
        {
            using var run = new WorkerRun(program, folder, [one.Path]);
            return run.Decode(one, ring, manner);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Decodes a file of which nothing is known but that it is good.</summary>
    /// <returns>What was spent, and the bytes of text.</returns>
    public static (Spent Spent, long TextBytes) OfAny(string program, string input, KeyRing ring, string scratch)
    {
        var folder = Directory.CreateDirectory(Path.Combine(scratch, "worker")).FullName;
        using var run = new WorkerRun(program, folder, [input]);
        var (spent, report) = run.Measure(input, ring, new(1, Durable: true));
        Directory.Delete(Path.Combine(folder, "out"), recursive: true);
        return report.Outcome == "complete" ? (spent, report.BytesOut)
            : throw new InvalidOperationException($"{input}: {report.Message}");
    }

    /// <summary>Decodes file after file in one worker.</summary>
    public static void OfEach(string program, IReadOnlyList<string> files, KeyRing ring, string scratch)
    {
        var folder = Directory.CreateDirectory(Path.Combine(scratch, "worker")).FullName;
        using var run = new WorkerRun(program, folder, files);
        _ = run.Hear();
        foreach (var (i, file) in files.Index()) run.DecodeOne(file, i + 1, ring, new(1, Durable: false));
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    Spent Decode(DecodeCase one, KeyRing ring, Manner manner)
    {
        var (spent, report) = Measure(one.Path, ring, manner);
        Check(one, report);
        return spent;
    }

    (Spent Spent, Report Report) Measure(string input, KeyRing ring, Manner manner)
    {
        if (Hear() is not Hello { ProtocolVersion: Message.Version })
            throw new InvalidOperationException("the worker is of another version: scripts/build");
        var (start, began) = (CpuClock.Of(_process.Id), Stopwatch.GetTimestamp());
        var output = DecodeOne(input, job: 1, ring, manner);
        var spent = new Spent(CpuClock.Of(_process.Id) - start, Stopwatch.GetElapsedTime(began).TotalSeconds,
            PeakBytes(), start);
        return (spent, Report.FromJson(File.ReadAllBytes(Path.Combine(output, Report.FileName))));
    }

    string DecodeOne(string input, int job, KeyRing ring, Manner manner)
    {
        var output = Path.Combine(_folder, "out", $"{job}-1");
        Tell(new Assign(new(job, 1, Name), input, output, Path.GetFileName(input), "",
            Limits with { Threads = manner.Threads }, Durable: manner.Durable));
        Message message;
        while ((message = Hear()) is not Finished)
            if (message is KeyRequest question) Tell(ring.Answer(question));
        return output;
    }

    static void Check(DecodeCase one, Report report)
    {
        var sums = report.Files.Select(file => file.Sha256 ?? "");
        if (Sums.Joined(sums) == one.TextSha256 && report.BytesOut == one.TextBytes) return;
        throw new InvalidOperationException($"{one.Name}: not the text that it must be: {report.Message}");
    }

    double PeakBytes()
    {
        var line = File.ReadLines($"/proc/{_process.Id}/status")
            .First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        var number = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2];
        return 1024 * double.Parse(number, CultureInfo.InvariantCulture);
    }

    void Tell(Message message)
    {
        _process.StandardInput.BaseStream.Write(FrameWriter.Write(message));
        _process.StandardInput.BaseStream.Flush();
    }

    Message Hear()
    {
        Message? message;
        while (!_parser.TryRead(out message))
        {
            var count = _process.StandardOutput.BaseStream.Read(_parser.Room.Span);
            if (count == 0) throw new InvalidOperationException("the worker is gone");
            _parser.Advance(count);
        }

        return message;
    }
}
