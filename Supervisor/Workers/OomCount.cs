using System.Globalization;

namespace Decryptor.Supervisor.Workers;

/// <summary>
/// How many processes of our control group the kernel has killed for want of memory. Workers live in the group that
/// they were started in, so a count that grew while one died of SIGKILL says why.
/// </summary>
static class OomCount
{
    /// <summary>The count at this moment; null where groups are not of the second version.</summary>
    public static long? Now(string groupOfProcess = "/proc/self/cgroup", string groups = "/sys/fs/cgroup")
    {
        try
        {
            var line = File.ReadLines(groupOfProcess)
                .FirstOrDefault(each => each.StartsWith("0::/", StringComparison.Ordinal));
            if (line is null) return null;
            var told = File.ReadLines(Path.Join(groups, line[3..], "memory.events"))
                .FirstOrDefault(each => each.StartsWith("oom_kill ", StringComparison.Ordinal));
            return long.TryParse(told?.Split(' ')[1], CultureInfo.InvariantCulture, out var count) ? count : null;
        }
        catch (Exception unknown) when (unknown is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
