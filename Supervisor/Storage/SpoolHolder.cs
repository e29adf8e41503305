using System.Globalization;

namespace Decryptor.Supervisor.Storage;

/// <summary>
/// Who works on a spool, seen from outside and without touching its lock: trying the lock, however shortly, could make
/// a supervisor that starts in this moment believe that it is the second.
/// </summary>
static class SpoolHolder
{
    /// <summary>The process that holds the spool; null for none.</summary>
    public static int? Of(string spool)
    {
        if (InodeOf($"{spool}/run") is not { } inode) return null;
        foreach (var line in File.ReadLines("/proc/locks"))
        {
            // 1: FLOCK  ADVISORY  WRITE 1234 fe:00:5678 0 EOF
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields is [_, "FLOCK", _, "WRITE", var pid, var file, ..]
                && file.EndsWith(inode, StringComparison.Ordinal)
                && int.TryParse(pid, CultureInfo.InvariantCulture, out var holder)) return holder;
        }

        return null;
    }

    static string? InodeOf(string run)
    {
        try
        {
            using var folder = Folder.Open(run);
            return folder.Look("lock") is { } entry
                ? string.Create(CultureInfo.InvariantCulture, $":{entry.Inode}")
                : null;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
