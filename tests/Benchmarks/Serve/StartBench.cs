using System.Diagnostics;
using System.Text;
using Decryptor.Benchmarks.Decode;

namespace Decryptor.Benchmarks.Serve;

/// <summary>From the start of <c>decryptor cat small.xlog</c> to the first byte of its text, and to its end.</summary>
static class StartBench
{
    const double Wanted = 60;

    public static int Run(int runs) => Scratch.Use(folder =>
    {
        var made = Uploads.Sealed(Path.Combine(folder, "made"), out var keys);
        made.Make(1);
        var input = Path.Combine(folder, "small.xlog");
        made.Send(1, folder);
        File.Move(Path.Combine(folder, "0.xlog"), input);
        var ring = SmallJobsBench.Ring(folder, keys);
        var (first, end) = (new List<double>(), new List<double>());
        for (var run = -2; run < runs; run++)
        {
            var (byteAt, endAt) = Cat(input, ring);
            if (run < 0) continue;
            first.Add(byteAt);
            end.Add(endAt);
        }

        Rows.Head($"start: decryptor cat small.xlog, {runs} runs");
        var median = first.Median();
        Rows.Row("to the first byte, median ms", median, $"{Wanted} wanted", $"{100 * median / Wanted:0} %");
        Rows.Row("to the first byte, fastest ms", first.Min());
        Rows.Row("to the end, median ms", end.Median());
    });

    static (double FirstByte, double End) Cat(string input, string ring)
    {
        var began = Stopwatch.GetTimestamp();
        using var process = Process.Start(new ProcessStartInfo(WorkerPath.Supervisor, ["cat", input, "--keys", ring])
        {
            RedirectStandardOutput = true,
        })!;
        var text = process.StandardOutput.BaseStream;
        var first = text.ReadByte();
        var byteAt = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        using var rest = new MemoryStream();
        text.CopyTo(rest);
        process.WaitForExit();
        var endAt = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        if (first != '[' || process.ExitCode != 0)
            throw new InvalidOperationException($"not the text: {Encoding.UTF8.GetString(rest.ToArray())}");
        return (byteAt, endAt);
    }
}
