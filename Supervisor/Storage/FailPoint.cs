using System.Globalization;
using System.Runtime.InteropServices;

namespace Decryptor.Supervisor.Storage;

/// <summary>
/// Places where the supervisor can be made to kill itself, so that a test can prove what holds after a death at just
/// that step: <c>DECRYPTOR_DIE_AT=committed:3</c> is SIGKILL at the third passage of that place, and
/// <c>DECRYPTOR_WEDGE_AT=committed:3</c> holds the thread there for ever. Unset, it costs a null check.
/// </summary>
static partial class FailPoint
{
    /// <summary>
    /// Every place, in the order of a turn: before its first move, before each move, before each change on the disk,
    /// when all moves are on the disk, before each row, before the commit, after it, and after each order.
    /// </summary>
    public static readonly string[] Places =
        ["turn", "carry", "move", "moved", "row", "written", "committed", "ordered"];

    static readonly Trap? _death = Trap.Of("DECRYPTOR_DIE_AT");
    static readonly Trap? _wedge = Trap.Of("DECRYPTOR_WEDGE_AT");

    /// <summary>Whether any place is set.</summary>
    public static bool Armed => _death is not null || _wedge is not null;

    public static void Reached(string place)
    {
        if (!Armed) return;
        var dies = _death?.Springs(place) ?? false;
        if (dies) _ = Kill(Environment.ProcessId, 9);
        if (dies || (_wedge?.Springs(place) ?? false)) Thread.Sleep(Timeout.Infinite);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);

    sealed class Trap(string place, int passages)
    {
        int _left = passages;

        public static Trap? Of(string variable) => Environment.GetEnvironmentVariable(variable)?.Split(':') switch
        {
            null or [""] => null,
            [var place, var passages] => new(place, int.Parse(passages, CultureInfo.InvariantCulture)),
            [var place, ..] => new(place, 1),
            [] => null,
        };

        public bool Springs(string reached) => reached == place && Interlocked.Decrement(ref _left) == 0;
    }
}
