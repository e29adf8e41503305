using System.Globalization;
using System.Runtime.InteropServices;

namespace Decryptor.Supervisor.Storage;

/// <summary>
/// Places where the supervisor can be made to kill itself, so that a test can prove what holds after a death at just
/// that step: <c>DECRYPTOR_DIE_AT=committed:3</c> is SIGKILL at the third passage of that place. Unset, it costs a null
/// check. <c>DECRYPTOR_WEDGE_AT=committed:3</c> makes the thread stand still there for ever instead.
/// </summary>
static partial class FailPoint
{
    static readonly string? _wedge = Environment.GetEnvironmentVariable("DECRYPTOR_WEDGE_AT");
    static readonly string? _wanted = _wedge ?? Environment.GetEnvironmentVariable("DECRYPTOR_DIE_AT");
    static readonly string? _place = _wanted?.Split(':')[0];
    static int _left = Count();

    /// <summary>Whether any place is set.</summary>
    public static bool Armed => _place is not null;

    public static void Reached(string place)
    {
        if (_place is null || place != _place || Interlocked.Decrement(ref _left) != 0) return;
        if (_wedge is null) _ = Kill(Environment.ProcessId, 9);
        Thread.Sleep(Timeout.Infinite);
    }

    static int Count() =>
        _wanted?.Split(':') is [_, var count]
            ? int.Parse(count, CultureInfo.InvariantCulture)
            : 1;

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);
}
