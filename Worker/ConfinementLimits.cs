using System.Runtime.InteropServices;

namespace Decryptor.Worker;

/// <summary>
/// Limits and privileges of the process that it can lower for good. There is none on address space, of which the
/// runtime reserves far more than it uses; none on processes, since that one counts all of the user's; and none on the
/// size of files, since the budget has that, by job.
/// </summary>
static unsafe class ConfinementLimits
{
    // Standard streams, the input, an output, scratch files of nested packages: a few dozen at most.
    const ulong OpenFilesMax = 256;

    const int CoreBytes = 4, OpenFiles = 7, QueueBytes = 12;
    const int SetDumpable = 4, SetNoNewPrivileges = 38, GetNoNewPrivileges = 39;
    const int CapabilitiesGetNumber = 125, CapabilitiesSetNumber = 126;
    const uint CapabilitiesVersion = 0x20080522;
    // Root may be asked to read what another user has put there; it needs no more than that.
    const uint MayReadAll = 1 << 2;

    /// <summary>No core file, which would hold text and keys; few descriptors; no message queues.</summary>
    internal static void Lower()
    {
        Lower(CoreBytes, 0);
        Lower(OpenFiles, OpenFilesMax);
        Lower(QueueBytes, 0);
    }

    /// <summary>
    /// No program that is started gives back what is given up here. Without it, only root may do the rest.
    /// </summary>
    internal static void WantNoNewPrivileges() => _ = Libc.ProcessControl(SetNoNewPrivileges, 1, 0, 0, 0);

    /// <summary>Leaves to this thread, and to what it starts, none of root's powers but one.</summary>
    internal static void DropCapabilities()
    {
        var header = new CapabilityHeader { Version = CapabilitiesVersion };
        var sets = stackalloc CapabilitySets[2];
        if (Libc.SystemCall(CapabilitiesGetNumber, (nint)(&header), (nint)sets, 0, 0, 0) < 0) return;
        var kept = sets[0].Permitted & MayReadAll;
        sets[0] = new() { Effective = kept, Permitted = kept };
        sets[1] = default;
        _ = Libc.SystemCall(CapabilitiesSetNumber, (nint)(&header), (nint)sets, 0, 0, 0);
    }

    /// <summary>
    /// Nobody of the same user looks into this process, and it leaves no core. A new program forgets it.
    /// </summary>
    internal static void HideMemory() => _ = Libc.ProcessControl(SetDumpable, 0, 0, 0, 0);

    /// <summary>Whether the limits are in force, as <see cref="Confinement"/> tells it.</summary>
    internal static string InWords()
    {
        var isLow = Read(CoreBytes).Hard == 0 && Read(OpenFiles).Hard <= OpenFilesMax;
        return isLow && Libc.ProcessControl(GetNoNewPrivileges, 0, 0, 0, 0) == 1
            ? "rlimits"
            : "no rlimits: the system refuses them";
    }

    static void Lower(int which, ulong most)
    {
        var hard = Math.Min(Read(which).Hard, most);
        var lower = new Limit { Soft = hard, Hard = hard };
        _ = Libc.SetLimit(which, (nint)(&lower));
    }

    static Limit Read(int which)
    {
        var limit = new Limit { Soft = ulong.MaxValue, Hard = ulong.MaxValue };
        _ = Libc.GetLimit(which, (nint)(&limit));
        return limit;
    }

    [StructLayout(LayoutKind.Sequential)]
    struct Limit
    {
        internal ulong Soft;
        internal ulong Hard;
    }

    [StructLayout(LayoutKind.Sequential)]
    struct CapabilityHeader
    {
        internal uint Version;
        internal int Process;
    }

    [StructLayout(LayoutKind.Sequential)]
    struct CapabilitySets
    {
        internal uint Effective;
        internal uint Permitted;
        internal uint Inheritable;
    }
}
