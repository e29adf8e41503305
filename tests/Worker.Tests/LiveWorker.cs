using System.Diagnostics;
using Decryptor.Protocol;

namespace Decryptor.Worker.Tests;

/// <summary>
/// A real worker process at the other end of real pipes. <c>DECRYPTOR_TEST_WORKER</c> names another build of it than
/// the one beside the tests.
/// </summary>
sealed class LiveWorker : IDisposable
{
    internal static readonly Incarnation Name = new(3, 7);

    static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(20);

    readonly Process _process;
    // A worker that does not do what a test waits for is killed, so that the test fails and does not hang.
    readonly Timer _patience;
    readonly FrameParser _parser = FrameParser.OfWorker();
    readonly string _home = Directory.CreateTempSubdirectory("decryptor-worker-").FullName;
    readonly string _in;
    readonly string _folder;

    internal LiveWorker(params string[] arguments)
    {
        _in = Directory.CreateDirectory(Path.Combine(_home, "in")).FullName;
        _folder = Directory.CreateDirectory(Path.Combine(_home, "out")).FullName;
        var program = Environment.GetEnvironmentVariable("DECRYPTOR_TEST_WORKER")
            ?? Path.Combine(AppContext.BaseDirectory, "decryptor-worker");
        var start = new ProcessStartInfo(program, arguments.Length > 0 ? arguments : [Name.ToString(), _home])
        {
            WorkingDirectory = _home,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process = Process.Start(start)!;
        _patience = new(_ => _process.Kill(), null, LongestWait, Timeout.InfiniteTimeSpan);
    }

    internal Process Process => _process;

    /// <summary>The worker's <c>out/</c>: what it writes is there, and it may read what a test puts there.</summary>
    internal string Folder => _folder;

    /// <summary>An order to decode a file; one that lies elsewhere is brought into the worker's reach.</summary>
    internal Assign Order(string input, long job = 17, Limits? limits = null)
    {
        var near = File.Exists(input) && !input.StartsWith(_home, StringComparison.Ordinal) ? Bring(input) : input;
        return new(new(job, 1, Name), near, Path.Combine(_folder, $"{job}-1"), Path.GetFileName(input), "",
            limits ?? Trial.Usual);
    }

    internal void Tell(Message message) => TellRaw(FrameWriter.Write(message));

    internal void TellRaw(byte[] bytes)
    {
        _patience.Change(LongestWait, Timeout.InfiniteTimeSpan);
        _process.StandardInput.BaseStream.Write(bytes);
        _process.StandardInput.BaseStream.Flush();
    }

    internal void EndInput() => _process.StandardInput.BaseStream.Dispose();

    /// <summary>The next message; null when the worker has closed its end.</summary>
    internal Message? Hear()
    {
        Message? message;
        while (!_parser.TryRead(out message))
        {
            var count = _process.StandardOutput.BaseStream.Read(_parser.Room.Span);
            if (count == 0) return null;
            _parser.Advance(count);
        }

        return message;
    }

    /// <summary>
    /// Answers questions until the attempt is over; what was heard on the way is in <paramref name="heard"/>.
    /// </summary>
    internal Finished Serve(Ring ring, List<Message>? heard = null)
    {
        while (true)
        {
            var message = Hear();
            if (message is not null) heard?.Add(message);
            switch (message)
            {
                case KeyRequest request: Tell(AnswerOf(ring, request)); break;
                case Finished finished: return finished;
                case null:
                    throw new InvalidOperationException($"the worker is gone: {_process.StandardError.ReadToEnd()}");
                default: break;
            }
        }
    }

    static Keys AnswerOf(Ring ring, KeyRequest request) =>
        ring.Answer(request.Attempt, request.Question, request.Format, request.Header);

    string Bring(string input)
    {
        var near = Path.Combine(_in, Path.GetFileName(input));
        File.Copy(input, near, overwrite: true);
        return near;
    }

    internal int WaitForExit()
    {
        _process.WaitForExit();
        return _process.ExitCode;
    }

    public void Dispose()
    {
        _patience.Dispose();
        if (!_process.HasExited) _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        Directory.Delete(_home, recursive: true);
    }
}
