using System.Globalization;
using System.Text;

namespace Decryptor.Supervisor.Workers;

/// <summary>
/// What <c>/proc</c> says of a process at this moment. A process that is gone, or that we may not look at, gives null
/// or nothing; it is never an error, since any process may end between two looks.
/// </summary>
static class ProcFolder
{
    // The kernel counts a hundred ticks a second for everybody who is not the kernel.
    const int MillisecondsPerTick = 10;

    public static IEnumerable<int> Pids() =>
        from folder in Directory.EnumerateDirectories("/proc")
        let name = Path.GetFileName(folder)
        where name.All(char.IsAsciiDigit)
        select int.Parse(name, NumberStyles.None, CultureInfo.InvariantCulture);

    /// <summary>Whether this process has children; null where the kernel keeps no list of them.</summary>
    public static bool? HasChildren()
    {
        try
        {
            return Directory.EnumerateDirectories("/proc/self/task")
                .Any(thread => File.ReadAllBytes(Path.Combine(thread, "children")).Length > 0);
        }
        catch (Exception none) when (none is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The arguments, the program's name among them; empty for a zombie.</summary>
    public static IReadOnlyList<string> Arguments(int pid)
    {
        var bytes = Read(pid, "cmdline");
        if (bytes is null or []) return [];
        return Encoding.UTF8.GetString(bytes).TrimEnd('\0').Split('\0');
    }

    /// <summary>When it started, in ticks since the machine did. With the number it names a process for ever.</summary>
    public static long? StartTime(int pid) => Sample(pid)?.StartTime;

    /// <summary>What it is and has spent.</summary>
    public static ProcessSample? Sample(int pid)
    {
        if (Fields(pid) is not { Length: > 21 } fields) return null;
        return long.TryParse(fields[1], CultureInfo.InvariantCulture, out var parent)
            && long.TryParse(fields[11], CultureInfo.InvariantCulture, out var user)
            && long.TryParse(fields[12], CultureInfo.InvariantCulture, out var system)
            && long.TryParse(fields[19], CultureInfo.InvariantCulture, out var start)
            && long.TryParse(fields[21], CultureInfo.InvariantCulture, out var pages)
            ? new(fields[0][0], (int)parent, start, (user + system) * MillisecondsPerTick,
                pages * Environment.SystemPageSize)
            : null;
    }

    /// <summary>The most resident memory that it has had, in bytes.</summary>
    public static long? PeakBytes(int pid)
    {
        const long kibibyte = 1024;
        var words = StatusLine(pid, "VmHWM:")?.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        return long.TryParse(words?.ElementAtOrDefault(1), CultureInfo.InvariantCulture, out var size)
            ? size * kibibyte : null;
    }

    /// <summary>The effective user it runs as.</summary>
    public static uint? User(int pid) =>
        uint.TryParse(
            StatusLine(pid, "Uid:")?.Split('\t').ElementAtOrDefault(2), CultureInfo.InvariantCulture, out var user)
            ? user : null;

    /// <summary>Its resident memory in bytes.</summary>
    public static long? ResidentBytes(int pid)
    {
        if (Read(pid, "statm") is not { } bytes) return null;
        var pages = Encoding.UTF8.GetString(bytes).Split(' ').ElementAtOrDefault(1);
        return long.TryParse(pages, CultureInfo.InvariantCulture, out var count)
            ? count * Environment.SystemPageSize : null;
    }

    /// <summary>The folder that it is in; with <c> (deleted)</c> behind it when that is gone.</summary>
    public static string? CurrentFolder(int pid)
    {
        try
        {
            return new FileInfo(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/cwd")).LinkTarget;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    static string? StatusLine(int pid, string name) =>
        Read(pid, "status") is { } bytes
            ? Encoding.UTF8.GetString(bytes).Split('\n')
                .FirstOrDefault(each => each.StartsWith(name, StringComparison.Ordinal))
            : null;

    // The program's name stands in brackets and may hold any character, so the fields are counted from the last
    // bracket: the first of them is the state, which the manual calls the third.
    static string[]? Fields(int pid)
    {
        if (Read(pid, "stat") is not { } bytes) return null;
        var text = Encoding.UTF8.GetString(bytes);
        return text[(text.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }

    static byte[]? Read(int pid, string file)
    {
        try
        {
            return File.ReadAllBytes(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/{file}"));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

/// <summary>One process at one moment.</summary>
/// <param name="State">The kernel's letter: <c>R</c>, <c>S</c>, <c>Z</c> for a zombie, and so on.</param>
/// <param name="Parent">The process that is told of its end.</param>
/// <param name="StartTime">When it started, in ticks since the machine did.</param>
/// <param name="CpuMilliseconds">Processor time, user and system.</param>
/// <param name="ResidentBytes">Memory.</param>
readonly record struct ProcessSample(
    char State, int Parent, long StartTime, long CpuMilliseconds, long ResidentBytes)
{
    /// <summary>False for one that has ended and is only not yet forgotten.</summary>
    public bool IsAlive => State is not ('Z' or 'X');
}
