using System.Diagnostics;
using System.Globalization;
using Decryptor.Benchmarks.Decode;

namespace Decryptor.Benchmarks.Serve;

/// <summary>
/// The rival: child processes of Node.js over IPC behind the pool that most people take from npm, with the same
/// decoding and write, sync and rename (<c>tests/Benchmarks/rivals/node-pool</c>). It keeps no ledger, writes no report
/// and syncs no directory.
/// </summary>
sealed class NodePool
{
    readonly string _folder;

    NodePool(string folder) => _folder = folder;

    /// <summary>Null, and a word why, where it cannot be run.</summary>
    public static NodePool? Find()
    {
        var folder = Path.Combine(WorkerPath.Root, "artifacts", "rivals", "node-pool");
        Copy(Path.Combine(WorkerPath.Root, "tests", "Benchmarks", "rivals", "node-pool"), folder);
        if (Run("node", ["--version"], folder) is not 0)
            Console.Error.WriteLine("node is not on this machine: its pool is left out");
        else if (!Directory.Exists(Path.Combine(folder, "node_modules"))
            && Run("npm", ["ci", "--no-audit", "--no-fund", "--silent"], folder) is not 0)
            Console.Error.WriteLine("npm ci did not work: the pool of Node.js is left out");
        else return new(folder);
        return null;
    }

    /// <summary>So many uploads from the first rename to the last text.</summary>
    public Spell Decode(string folder, bool isSealed, int workers, int warm, int jobs)
    {
        var keys = "";
        var uploads = isSealed
            ? Uploads.Sealed(Path.Combine(folder, "made"), out keys)
            : Uploads.Plain(Path.Combine(folder, "made"));
        uploads.Make(warm + jobs);
        var incoming = Directory.CreateDirectory(Path.Combine(folder, "incoming")).FullName;
        var completed = Directory.CreateDirectory(Path.Combine(folder, "completed")).FullName;
        using var pool = Start(incoming, completed, workers, keys);
        if (pool.StandardOutput.ReadLine() != "ready") throw new InvalidOperationException("the pool did not start");
        uploads.Send(warm, incoming);
        Await(completed, warm);
        var (cpu, began) = (Cpu(pool.Id), Stopwatch.GetTimestamp());
        uploads.Send(jobs, incoming);
        Await(completed, warm + jobs);
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        var spent = Cpu(pool.Id) - cpu;
        pool.StandardInput.Close();
        pool.WaitForExit();
        return new(jobs / seconds, 1e6 * spent / jobs, 0, 1);
    }

    // What npm installs has no place among the sources.
    static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)), overwrite: true);
    }

    Process Start(string incoming, string completed, int workers, string keys)
    {
        var count = workers.ToString(CultureInfo.InvariantCulture);
        return Process.Start(new ProcessStartInfo(
            "node", ["pool.mjs", incoming, completed, count, keys.Split(' ')[^1]])
        {
            WorkingDirectory = _folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
    }

    static void Await(string completed, int count)
    {
        while (Directory.EnumerateFiles(completed, "*.text").Count() < count) Thread.Sleep(20);
    }

    static double Cpu(int pid) => CpuClock.Of(pid) + Directory.GetDirectories($"/proc/{pid}/task")
        .SelectMany(thread => File.ReadAllText(Path.Combine(thread, "children")).Split(' '))
        .Where(word => word.Length > 0).Sum(word => CpuClock.Of(int.Parse(word, CultureInfo.InvariantCulture)));

    static int? Run(string program, string[] arguments, string folder)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = folder,
                RedirectStandardOutput = true,
            })!;
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
