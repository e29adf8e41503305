using System.Diagnostics;
using System.Runtime.InteropServices;
using Decryptor.Protocol;
using Decryptor.Supervisor.Workers;

namespace Decryptor.Supervisor.Tests.Workers;

/// <summary>
/// What is done to a supervising process that the one of the tests would not survive, or must not be left with. Each
/// prints its figures, a line each: a word, milliseconds, what was seen.
/// </summary>
static partial class Spoiled
{
    const int SigChild = 17;
    const int ActionBytes = 152;

    public static async Task<int> Run(string name)
    {
        await using var bench = new PoolBench(adopts: name == "orphan");
        var worker = bench.Start(behaviour: name == "orphan" ? "idle fork-sleeper" : null);
        await bench.Heard<Hello>(worker);
        var pid = bench.Pool.Look(worker)?.Pid ?? 0;
        var since = Stopwatch.GetTimestamp();
        if (name != "orphan") KillUnnoticed(pid, steal: name == "steal");
        Say("gone", since, await bench.Gone(worker));
        if (name != "orphan") return 0;
        while (IsThere("/bin/sleep")) await Task.Delay(10);
        Say("dead", since, $"{bench.Pool.OrphansEnded}");
        while (Children().Count > 0) await Task.Delay(10);
        Say("reaped", since, $"{bench.Pool.OrphansEnded}");
        return 0;
    }

    /// <summary>Runs that in a process of its own; what it printed, by the first word of each line.</summary>
    public static Dictionary<string, (int Milliseconds, string Words)> InProcess(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(
            Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet",
            [typeof(Spoiled).Assembly.Location, .. arguments])
        {
            RedirectStandardOutput = true,
        })!;
        var lines = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.Zero, string.Join('\n', lines));
        return lines.Select(line => line.Split(' ', 3)).ToDictionary(
            words => words[0], words => (int.Parse(words[1], null), words[2]));
    }

    // For as long as the signal has no handler, the runtime hears of no death.
    static unsafe void KillUnnoticed(int pid, bool steal)
    {
        var none = stackalloc byte[ActionBytes];
        var before = stackalloc byte[ActionBytes];
        new Span<byte>(none, ActionBytes).Clear();
        _ = SignalAction(SigChild, none, before);
        using var process = ProcessHandle.Open(pid);
        process!.Kill();
        if (steal) _ = WaitPid(pid, null, 0);
        else process.WaitForEnd(TimeSpan.FromSeconds(10));
        _ = SignalAction(SigChild, before, null);
    }

    static List<int> Children() =>
        [.. ProcFolder.Pids().Where(pid => ProcFolder.Sample(pid)?.Parent == Environment.ProcessId)];

    static bool IsThere(string program) => Children().Exists(pid => ProcFolder.Arguments(pid) is [var name, ..]
        && name == program);

    static void Say(string what, long since, string words) =>
        Console.WriteLine($"{what} {Stopwatch.GetElapsedTime(since).TotalMilliseconds:0} {words}");

    [LibraryImport("libc", EntryPoint = "sigaction")]
    private static unsafe partial int SignalAction(int signal, byte* fresh, byte* before);

    [LibraryImport("libc", EntryPoint = "waitpid")]
    private static unsafe partial int WaitPid(int pid, int* status, int options);
}
