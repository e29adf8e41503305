using Decryptor.Protocol;

namespace Decryptor.Supervisor.Cli.Reading;

/// <summary>
/// Copies the standard input into the run, since workers need a file in which they can go back. The copy is made on a
/// thread of its own, so that a signal ends the run while nothing comes.
/// </summary>
static class StdinCopy
{
    const int BufferBytes = 256 * 1024;

    static int _copies;

    /// <summary>The number of its job; null when the run ended first.</summary>
    /// <exception cref="UsageException">It is longer than it may be.</exception>
    /// <exception cref="IOException">It cannot be read, or the copy not be written.</exception>
    public static long? Into(PrivateRun run, long bytesMax)
    {
        var name = $"stdin-{++_copies}";
        using var done = new ManualResetEventSlim();
        var (bytes, fault) = (0L, (Exception?)null);
        var thread = new Thread(() =>
        {
            try
            {
                bytes = Copy(run.Incoming(name), bytesMax);
            }
            catch (Exception e)
            {
                // Told by the thread that waits for this one.
                fault = e;
            }

            done.Set();
        })
        {
            IsBackground = true,
            Name = "stdin",
        };
        thread.Start();
        while (!done.Wait(TimeSpan.FromMilliseconds(50)))
            if (run.Ended) return null;
        if (fault is UsageException or IOException or UnauthorizedAccessException) throw fault;
        if (fault is not null) throw new InvalidOperationException("the standard input could not be copied", fault);
        return run.AddCopy(name, InputList.Stdin, bytes);
    }

    static long Copy(string path, long bytesMax)
    {
        using var stdin = new StandardStream(0);
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 1);
        var (buffer, bytes) = (new byte[BufferBytes], 0L);
        while (stdin.Read(buffer) is > 0 and var count)
        {
            bytes += count;
            if (bytes > bytesMax)
            {
                File.Delete(path);
                throw TooLong(bytesMax);
            }

            file.Write(buffer, 0, count);
        }

        return bytes;
    }

    static UsageException TooLong(long bytesMax) => new(
        $"{InputList.Stdin}: the standard input has more than {bytesMax} bytes ({FailureCode.LimitOutput}, failed)",
        "write it into a file, or raise limits.outputBytesMax (--limit-output)")
    {
        ExitCode = FailureCode.LimitOutput.ExitCode,
    };
}
