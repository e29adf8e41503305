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
        if (run.TryLock(FileName) is { } file) return new(run, file);
        using (run) throw Locked(root, run);
    }

    public void Dispose()
    {
        _file.Dispose();
        Run.Dispose();
    }

    static SpoolException Locked(Folder root, Folder run)
    {
        using var file = run.TryOpenFile(FileName);
        var digits = new byte[20];
        var count = file is null ? 0 : RandomAccess.Read(file, digits, 0);
        var holder = Encoding.ASCII.GetString(digits, 0, count).Trim();
        var who = holder.Length == 0 ? "another supervisor" : $"another supervisor, process {holder},";
        return new($"{who} works on the spool {root.Path}",
            "stop it first, or name another spool");
    }
}
