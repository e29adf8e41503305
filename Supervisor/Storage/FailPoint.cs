using System.Globalization;
using System.Runtime.InteropServices;

namespace Decryptor.Supervisor.Storage;

/// <summary>
/// Places where the supervisor can be made to kill itself, so that a test can prove what holds after a death at just
/// that step: <c>DECRYPTOR_DIE_AT=committed:3</c> is SIGKILL at the third passage of that place. Unset, it costs a null
/// check.
/// </summary>
static partial class FailPoint
{
    static readonly string? _place = Environment.GetEnvironmentVariable("DECRYPTOR_DIE_AT")?.Split(':')[0];
    static int _left = Count();

    /// <summary>Whether any place is set.</summary>
    public static bool Armed => _place is not null;

    public static void Reached(string place)
    {
        if (_place is null || place != _place || Interlocked.Decrement(ref _left) != 0) return;
        _ = Kill(Environment.ProcessId, 9);
        Thread.Sleep(Timeout.Infinite);
    }

    static int Count() =>
        Environment.GetEnvironmentVariable("DECRYPTOR_DIE_AT")?.Split(':') is [_, var count]
            ? int.Parse(count, CultureInfo.InvariantCulture)
            : 1;

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);
}
