using System.Globalization;
using System.Runtime.InteropServices;

namespace Decryptor.EndToEnd.Tests;

/// <summary>What the kernel says of processes.</summary>
static partial class Proc
{
    public const int SigHup = 1, SigInt = 2, SigKill = 9, SigUsr1 = 10, SigUsr2 = 12, SigTerm = 15;
    public const int SigAbrt = 6, SigSegv = 11, SigCont = 18, SigStop = 19, SigTtin = 21, SigTtou = 22;

    /// <summary>Pids whose parent is <paramref name="pid"/>, with their state letter.</summary>
    public static IReadOnlyList<(int Pid, char State)> ChildrenOf(int pid)
    {
        var children = new List<(int, char)>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var candidate)) continue;
            if (Stat(candidate) is { } stat && stat.Parent == pid) children.Add((candidate, stat.State));
        }

        return children;
    }

    /// <summary>Alive in the sense that it may still do something: neither gone nor a zombie.</summary>
    public static bool Lives(int pid) => Stat(pid) is { State: not ('Z' or 'X') };

    public static string[] CommandLine(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline").Split('\0');
        }
        catch (IOException)
        {
            return [];
        }
    }

    public static int OpenFiles(int pid) => Directory.GetFiles($"/proc/{pid}/fd").Length;

    public static int Threads(int pid) => Directory.GetDirectories($"/proc/{pid}/task").Length;

    /// <summary>The most memory it ever had, in bytes.</summary>
    public static long PeakMemory(int pid) => Memory(pid, "VmHWM:");

    /// <summary>The memory that it has, in bytes.</summary>
    public static long ResidentMemory(int pid) => Memory(pid, "VmRSS:");

    static long Memory(int pid, string which)
    {
        try
        {
            var line = File.ReadLines($"/proc/{pid}/status")
                .FirstOrDefault(line => line.StartsWith(which, StringComparison.Ordinal))?
                .Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return line is null ? 0 : long.Parse(line[1], CultureInfo.InvariantCulture) * 1024;
        }
        catch (IOException)
        {
            return 0;
        }
    }

    public static void Send(int pid, int signal) => Kill(pid, signal);

    static (int Parent, char State)? Stat(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            var rest = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return (int.Parse(rest[1], CultureInfo.InvariantCulture), rest[0][0]);
        }
        catch (IOException)
        {
            return null;
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);
}
