using System.ComponentModel;
using System.Diagnostics;

namespace Decryptor.Supervisor.Workers;

/// <summary>
/// Processes that workers have left behind. A worker may start none, but one that is not confined can, and what it
/// starts may hold its pipes for ever. We become the parent of whatever loses its own among our descendants, kill it,
/// and take its exit. This process starts nothing but workers, so a child that is none of them is such an orphan.
/// </summary>
sealed class Orphans
{
    static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    readonly string _workFolder;
    readonly bool _isInit;
    readonly Dictionary<(int Pid, long StartTime), long> _seen = [];
    int _ended;

    Orphans(string workFolder, bool isInit) => (_workFolder, _isInit) = (workFolder, isInit);

    /// <summary>Orphans that were killed, or were dead when they were found.</summary>
    public int Ended => Volatile.Read(ref _ended);

    /// <summary>
    /// Makes this process their parent. Null where that cannot be, and where it has children already: those belong to
    /// the program that we were before, and so does what they leave.
    /// </summary>
    public static Orphans? Adopt(string workFolder)
    {
        var isInit = Environment.ProcessId == 1;
        if (!isInit && (HasChildren() || Libc.ProcessControl(Libc.SetChildSubreaper, 1, 0, 0, 0) != 0))
            return null;
        return new(PathOnDisk.Canonical(workFolder), isInit);
    }

    /// <summary>Ends those that are here now. Called from one thread.</summary>
    /// <param name="workers">Says who is no orphan; asked before and after the children are counted.</param>
    public void End(Func<Kin> workers)
    {
        try
        {
            var before = workers();
            var children = Children();
            var counted = Stopwatch.GetTimestamp();
            var after = workers();
            foreach (var gone in _seen.Keys.Except(children).ToList()) _seen.Remove(gone);
            foreach (var child in children)
            {
                if (before.Pids.Contains(child.Pid) || after.Pids.Contains(child.Pid)) continue;
                // One that was here before any start that is still on its way began is not the child of that start.
                _seen.TryAdd(child, counted);
                if (_seen[child] < after.OldestStart) End(child);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or Win32Exception)
        {
            // Out of descriptors, most likely: they are looked for again.
            _seen.Clear();
        }
    }

    // A kernel that keeps no list of them has all processes looked at, which takes some milliseconds.
    static bool HasChildren() => ProcFolder.HasChildren() ?? Children().Count > 0;

    static List<(int Pid, long StartTime)> Children() =>
    [
        .. from pid in ProcFolder.Pids()
           let sample = ProcFolder.Sample(pid)
           where sample?.Parent == Environment.ProcessId
           select (pid, sample.Value.StartTime),
    ];

    // A child's number is its own until its exit is taken, and nobody but us takes an orphan's.
    unsafe void End((int Pid, long StartTime) orphan)
    {
        using var process = ProcessHandle.Open(orphan.Pid);
        if (process is null || ProcFolder.Sample(orphan.Pid) is not { } sample
            || sample.StartTime != orphan.StartTime || sample.Parent != Environment.ProcessId) return;
        if (sample.IsAlive)
        {
            // The first process of a container gets everybody's orphans; of those only the ones in our rooms are ours.
            if (_isInit && !IsInside(orphan.Pid)) return;
            process.Kill();
        }

        if (process.WaitForEnd(Patience) && Libc.WaitPid(orphan.Pid, null, Libc.NoHang) == orphan.Pid)
            Interlocked.Increment(ref _ended);
    }

    bool IsInside(int pid) =>
        ProcFolder.CurrentFolder(pid)?.StartsWith(_workFolder + "/", StringComparison.Ordinal) == true;
}

/// <summary>Which processes are workers at this moment.</summary>
/// <param name="Pids">Those that are known by their numbers.</param>
/// <param name="OldestStart">
/// When the oldest start began whose process is not yet known, as a <see cref="Stopwatch"/> counts; else the end of
/// time.
/// </param>
readonly record struct Kin(IReadOnlySet<int> Pids, long OldestStart);
