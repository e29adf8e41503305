using System.Diagnostics;
using Decryptor.Benchmarks.Serve;

namespace Decryptor.Benchmarks.Decode;

/// <summary>
/// What a person at a shell waits for: <c>cat</c> beside <c>unpack</c> over the same file, in turns, and
/// <c>cat | head</c> of a file that is far larger than what is read of it.
/// </summary>
static class ReadingBench
{
    const long TextBytes = 64 << 20;
    const int HeadLines = 10;

    public static int Run(int rounds, int gibibytes) => Scratch.Use(folder =>
    {
        var kind = LargeFiles.All.Single(each => each.Name == "xlog");
        var ring = SmallJobsBench.Ring(folder, kind.KeyLine);
        var (day, large) = (Path.Combine(folder, "day.xlog"), Path.Combine(folder, "large.xlog"));
        Write(kind, day, TextBytes / 3);
        Write(kind, large, (long)gibibytes << 30);
        var (cat, unpack, head, ratio) =
            (new List<double>(), new List<double>(), new List<double>(), new List<double>());
        for (var round = -1; round < rounds; round++)
        {
            var both = (Cat: Timed("cat", [day, "--keys", ring]), Unpack: Unpack(day, ring, folder));
            var first = Head(large, ring);
            if (round < 0) continue;
            cat.Add(both.Cat);
            unpack.Add(both.Unpack);
            ratio.Add(both.Cat / both.Unpack);
            head.Add(first);
        }

        Rows.Head($"reading: {new FileInfo(day).Length >> 20} MiB of xlog, and {gibibytes} GiB; {rounds} rounds");
        Rows.Row("cat > /dev/null, median ms", cat.Median());
        Rows.Row("unpack, median ms", unpack.Median());
        Rows.Row("cat to unpack, median %", 100 * ratio.Median(), "100 wanted");
        Rows.Row($"cat {gibibytes} GiB | head, median ms", head.Median());
    });

    static void Write(LargeFile kind, string path, long bytes)
    {
        using var file = File.Create(path);
        kind.Write(file, bytes);
    }

    static double Unpack(string input, string ring, string folder)
    {
        var output = Path.Combine(folder, "texts");
        var took = Timed("unpack", [input, "--keys", ring, "-o", output]);
        Directory.Delete(output, recursive: true);
        return took;
    }

    // As a shell does it: the text goes where nobody reads it.
    static double Timed(string verb, string[] words)
    {
        var began = Stopwatch.GetTimestamp();
        using var process = Process.Start("/bin/sh",
            ["-c", "exec \"$@\" > /dev/null 2>&1", "sh", WorkerPath.Supervisor, verb, .. words]);
        process.WaitForExit();
        return process.ExitCode == 0 ? Stopwatch.GetElapsedTime(began).TotalMilliseconds
            : throw new InvalidOperationException($"{verb} ended with {process.ExitCode}");
    }

    static double Head(string input, string ring)
    {
        var began = Stopwatch.GetTimestamp();
        using var process = Process.Start(new ProcessStartInfo(WorkerPath.Supervisor, ["cat", input, "--keys", ring])
        {
            RedirectStandardOutput = true,
        })!;
        for (var line = 0; line < HeadLines; line++)
            if (process.StandardOutput.ReadLine() is null) throw new InvalidOperationException("there is no text");
        process.StandardOutput.Close();
        process.WaitForExit();
        return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
    }
}
