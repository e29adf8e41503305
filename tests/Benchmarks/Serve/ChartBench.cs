using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using Decryptor.Benchmarks.Decode;
using Decryptor.Protocol;
using Decryptor.Samples;
using Decryptor.Supervisor.Keys;
using Decryptor.Worker;
using Compression = Decryptor.Samples.Compression;

namespace Decryptor.Benchmarks.Serve;

/// <summary>
/// What isolation costs: the same mixed packages by one thread, by several threads of one process, and by as many
/// worker processes. The threads are several <see cref="Unpacker"/> in this process (JIT, Release, warm, no
/// supervisor, no start); the processes are <c>decryptor unpack</c> as it is shipped, from its start to its end. All
/// sync what they write.
/// </summary>
sealed class ChartBench(string folder)
{
    const int Packages = 200;

    const double Reach = 103;

    readonly Random _random = new(31);
    readonly ConcurrentBag<string> _bad = [];
    string[] _files = [];
    KeyRing _ring = KeyRing.Empty;
    int _run;

    public static int Run(int rounds) => Scratch.Use(folder => new ChartBench(folder).Measure(rounds));

    void Measure(int rounds)
    {
        var receiver = new KeyPair(_random);
        var made = Directory.CreateDirectory(Path.Combine(folder, "made")).FullName;
        _files = [.. Enumerable.Range(0, Packages).Select(number => Make(made, number, receiver))];
        var keys = SmallJobsBench.Ring(folder, $"xlog {receiver.PrivateHex}");
        _ring = KeyRing.Load(keys);
        var threads = Environment.ProcessorCount;
        var (single, several, processes) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = -1; round < rounds; round++)
        {
            var (one, many, workers) = (InThreads(1), InThreads(threads), InProcesses(threads, keys));
            if (round < 0) continue;
            single.Add(one);
            several.Add(many);
            processes.Add(workers);
        }

        if (!_bad.IsEmpty) throw new InvalidOperationException($"not complete: {string.Join(", ", _bad.Distinct())}");
        Tell(threads, single.Median(), several.Median(), processes.Median());
    }

    static void Tell(int threads, double single, double several, double processes)
    {
        Rows.Head($"{Packages} mixed packages, seconds");
        Rows.Row("one thread", single, Rows.Number(single), "100 %");
        Rows.Row($"{threads} threads of one process", several, Rows.Number(single), $"{100 * several / single:0} %");
        Rows.Row($"{threads} processes", processes, Rows.Number(single), $"{100 * processes / single:0} %");
        Rows.Row("processes against threads", processes, $"{Rows.Number(several)}, {Reach} % wanted",
            $"{100 * processes / several:0} %");
    }

    double InThreads(int count)
    {
        var output = Directory.CreateDirectory(Path.Combine(folder, $"threads-{++_run}")).FullName;
        var (waiting, began) = (new ConcurrentQueue<int>(Enumerable.Range(1, Packages)), Stopwatch.GetTimestamp());
        var threads = Enumerable.Range(0, count).Select(_ => new Thread(() =>
        {
            while (waiting.TryDequeue(out var job)) Unpack(job, Path.Combine(output, $"{job}"));
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        Directory.Delete(output, recursive: true);
        return seconds;
    }

    void Unpack(int job, string output)
    {
        var (attempt, path) = (new Attempt(job, 1, new(1, 1)), _files[job - 1]);
        var assign = new Assign(attempt, path, output, Path.GetFileName(path), "", WorkerRun.Limits);
        var unpacker = new Unpacker(assign, (question, format, header) =>
            _ring.Answer(new(attempt, question, format, header)));
        if (unpacker.Run().Outcome != Outcome.Complete) _bad.Add(path);
    }

    double InProcesses(int count, string keys)
    {
        var output = Path.Combine(folder, $"processes-{++_run}");
        var began = Stopwatch.GetTimestamp();
        using var process = Process.Start(new ProcessStartInfo(WorkerPath.Supervisor,
            ["unpack", .. _files, "-o", output, "--keys", keys, "--workers", $"{count}"])
        {
            RedirectStandardError = true,
        })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        if (process.ExitCode != 0) _bad.Add($"unpack ended with {process.ExitCode}");
        Directory.Delete(output, recursive: true);
        return seconds;
    }

    // From 64 KiB to 4 MiB of text, of five kinds.
    string Make(string made, int number, KeyPair receiver)
    {
        var lines = new LogLines(_random, DateTime.Parse("2026-11-23 09:12", CultureInfo.InvariantCulture));
        var text = lines.Take(500 << _random.Next(7)).ToList();
        string[] endings = ["log", "log.gz", "zip", "xlog", "xlog"];
        var path = Path.Combine(made, $"{number}.{endings[number % endings.Length]}");
        using var file = File.Create(path);
        switch (number % 5)
        {
            case 0: text.ForEach(line => file.Write(line)); break;
            case 1: WriteGzip(file, text); break;
            case 2: WriteZip(file, text); break;
            case 3: WriteXlog(file, text, new(Compression.Deflate, receiver, _random)); break;
            default: WriteXlog(file, text, new(Compression.Zstd, receiver, _random)); break;
        }

        return path;
    }

    static void WriteGzip(Stream file, List<byte[]> text)
    {
        using var packed = new GZipStream(file, CompressionLevel.Optimal);
        text.ForEach(line => packed.Write(line));
    }

    static void WriteZip(Stream file, List<byte[]> text)
    {
        using var zip = new ZipArchive(file, ZipArchiveMode.Create);
        foreach (var (number, some) in text.Chunk(1 + text.Count / 3).Index())
        {
            using var member = zip.CreateEntry($"{number}.log").Open();
            foreach (var line in some) member.Write(line);
        }
    }

    static void WriteXlog(Stream file, List<byte[]> text, XlogEncoder encoder)
    {
        foreach (var line in text)
        {
            encoder.Add(line);
            if (encoder.Pending >= 50_000) encoder.Flush(file);
        }

        encoder.Flush(file);
    }
}
