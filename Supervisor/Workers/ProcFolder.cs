using System.Globalization;
using System.Text;

namespace Decryptor.Supervisor.Workers;

/// <summary>
/// What <c>/proc</c> says of a process at this moment. A process that is gone, or that we may not look at, gives null
/// or nothing; it is never an error, since any process may end between two looks.
/// </summary>
static class ProcFolder
{
    public static IEnumerable<int> Pids() =>
        from folder in Directory.EnumerateDirectories("/proc")
        let name = Path.GetFileName(folder)
        where name.All(char.IsAsciiDigit)
        select int.Parse(name, NumberStyles.None, CultureInfo.InvariantCulture);

    /// <summary>The arguments, the program's name among them; empty for a zombie.</summary>
    public static IReadOnlyList<string> Arguments(int pid)
    {
        var bytes = Read(pid, "cmdline");
        if (bytes is null or []) return [];
        return Encoding.UTF8.GetString(bytes).TrimEnd('\0').Split('\0');
    }

    /// <summary>When it started, in ticks since the machine did. With the number it names a process for ever.</summary>
    public static long? StartTime(int pid) =>
        Fields(pid) is { Length: > 19 } fields
            && long.TryParse(fields[19], NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) ? ticks : null;

    /// <summary>The effective user it runs as.</summary>
    public static uint? User(int pid)
    {
        if (Read(pid, "status") is not { } bytes) return null;
        var line = Encoding.UTF8.GetString(bytes).Split('\n')
            .FirstOrDefault(each => each.StartsWith("Uid:", StringComparison.Ordinal));
        return uint.TryParse(line?.Split('\t').ElementAtOrDefault(2), CultureInfo.InvariantCulture, out var user)
            ? user : null;
    }

    /// <summary>Its resident memory in bytes.</summary>
    public static long? ResidentBytes(int pid)
    {
        if (Read(pid, "statm") is not { } bytes) return null;
        var pages = Encoding.UTF8.GetString(bytes).Split(' ').ElementAtOrDefault(1);
        return long.TryParse(pages, CultureInfo.InvariantCulture, out var count)
            ? count * Environment.SystemPageSize : null;
    }

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
