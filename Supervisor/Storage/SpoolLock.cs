using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Decryptor.Supervisor.Storage;

/// <summary>
/// The lock by which one supervisor at a time works on a spool: held by the kernel for as long as the process lives,
/// and by none of its children. Who comes second gets a <see cref="SpoolException"/> with the holder's process id, and
/// has changed nothing.
/// </summary>
sealed class SpoolLock : IDisposable
{
    const string FileName = "lock";

    // A supervisor that was killed while it started a worker leaves a child that has its files until it has become the
    // worker. That takes milliseconds, in which the lock is held although its holder is dead.
    static readonly TimeSpan HalfBornMax = TimeSpan.FromSeconds(5);

    readonly SafeFileHandle _file;

    SpoolLock(Folder run, SafeFileHandle file)
    {
        (Run, _file) = (run, file);
        var holder = string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}\n");
        RandomAccess.SetLength(file, 0);
        RandomAccess.Write(file, Encoding.ASCII.GetBytes(holder), 0);
    }

    /// <summary>The room that the lock is in.</summary>
    public Folder Run { get; }

    /// <summary>Takes the lock of a spool.</summary>
    public static SpoolLock Take(Folder root)
    {
        var run = root.Ensure("run", FolderMode.Owner);
        var since = Stopwatch.GetTimestamp();
        while (true)
        {
            if (run.TryLock(FileName) is { } file) return new(run, file);
            var holder = HolderIn(run);
            if (Lives(holder) || Stopwatch.GetElapsedTime(since) > HalfBornMax)
                using (run) throw Locked(root, holder);
            Thread.Sleep(10);
        }
    }

    public void Dispose()
    {
        _file.Dispose();
        Run.Dispose();
    }

    static string HolderIn(Folder run)
    {
        using var file = run.TryOpenFile(FileName);
        var digits = new byte[20];
        var count = file is null ? 0 : RandomAccess.Read(file, digits, 0);
        return Encoding.ASCII.GetString(digits, 0, count).Trim();
    }

    static bool Lives(string holder)
    {
        // It has the lock and has not yet said its name.
        if (holder.Length == 0) return true;
        try
        {
            var stat = File.ReadAllText($"/proc/{holder}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..][0] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            // There is no such process any more.
            return false;
        }
    }

    static SpoolException Locked(Folder root, string holder)
    {
        var who = holder.Length == 0 ? "another supervisor" : $"another supervisor, process {holder},";
        return new($"{who} works on the spool {root.Path}",
            "stop it first, or name another spool");
    }
}
