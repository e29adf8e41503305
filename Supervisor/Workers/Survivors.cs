using System.Diagnostics;
using Decryptor.Protocol;

namespace Decryptor.Supervisor.Workers;

/// <summary>
/// Workers that a dead supervisor has left on a spool. Each leaves by itself at the end of its input, unless it is
/// stopped or stuck; until it has, its folder is not ours. They are known by their arguments, which name a folder of
/// this spool and no other, and killed by descriptor, so that a number that has passed to another process harms nobody.
/// </summary>
static class Survivors
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Kills them all, the stopped ones too, and waits for their end. Returns how many there were.</summary>
    /// <exception cref="TimeoutException">
    /// Some would not die within ten seconds; their numbers are in the message.
    /// </exception>
    public static int KillAll(string workFolder)
    {
        var since = Stopwatch.GetTimestamp();
        var canonical = PathOnDisk.Canonical(workFolder);
        var killed = new HashSet<(int Pid, long StartTime)>();
        // Looked for again after each round: one may have been on its way into life during the last.
        while (Find(canonical) is { Count: > 0 } found)
        {
            var left = Patience - Stopwatch.GetElapsedTime(since);
            if (left <= TimeSpan.Zero) throw new TimeoutException(Stubborn(canonical, found));
            foreach (var survivor in found)
                if (Kill(survivor, canonical, left / found.Count)) killed.Add(survivor);
        }

        return killed.Count;
    }

    static List<(int Pid, long StartTime)> Find(string workFolder)
    {
        var found = new List<(int, long)>();
        foreach (var pid in ProcFolder.Pids())
            if (IsWorker(pid, workFolder) && ProcFolder.StartTime(pid) is { } startTime) found.Add((pid, startTime));
        return found;
    }

    // The name and the folder are the last two arguments, whether the program runs by itself or under dotnet.
    static bool IsWorker(int pid, string workFolder) =>
        pid != Environment.ProcessId
        && ProcFolder.Arguments(pid) is [_, .., var name, var folder]
        && Incarnation.TryParse(name, out _)
        && folder == Path.Combine(workFolder, name)
        && ProcFolder.User(pid) == Libc.EffectiveUser();

    // Looked at once more through the open descriptor: if it is still the same process now, it is the one we hold.
    static bool Kill((int Pid, long StartTime) survivor, string workFolder, TimeSpan patience)
    {
        using var process = ProcessHandle.Open(survivor.Pid);
        if (process is null) return false;
        if (ProcFolder.StartTime(survivor.Pid) != survivor.StartTime || !IsWorker(survivor.Pid, workFolder))
            return false;
        process.Kill();
        return process.WaitForEnd(patience);
    }

    static string Stubborn(string workFolder, List<(int Pid, long)> found) =>
        $"workers of a supervisor that is dead hold {workFolder} and do not die of SIGKILL: "
        + string.Join(", ", found.Select(each => each.Pid));
}
