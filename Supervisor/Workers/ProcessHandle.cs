using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Decryptor.Supervisor.Workers;

/// <summary>
/// One process, held by a descriptor: whatever happens to its number meanwhile, a signal reaches this process or
/// none. Opening gives null for a process that is already gone and throws for anything else that is wrong.
/// </summary>
sealed unsafe class ProcessHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    ProcessHandle(int fd) : base(ownsHandle: true) => SetHandle(fd);

    /// <exception cref="Win32Exception">The kernel has no such descriptors, or none left.</exception>
    public static ProcessHandle? Open(int pid)
    {
        var fd = Libc.PidFdOpen(pid);
        if (fd >= 0) return new(fd);
        var error = Marshal.GetLastPInvokeError();
        return error == Libc.NoSuchProcess ? null : throw new Win32Exception(error);
    }

    /// <summary>SIGKILL. False when the process was gone, or is not ours to kill.</summary>
    public bool Kill() => Libc.PidFdSendSignal((int)handle, Libc.SigKill) == 0;

    /// <summary>Waits until the process has ended; a zombie has. False when it has not in time.</summary>
    public bool WaitForEnd(TimeSpan patience)
    {
        var since = Stopwatch.GetTimestamp();
        var wanted = new Libc.PollFd { Fd = (int)handle, Events = Libc.PollIn };
        while (true)
        {
            var left = patience - Stopwatch.GetElapsedTime(since);
            var count = Libc.Poll(&wanted, 1, (int)Math.Clamp(left.TotalMilliseconds, 0, int.MaxValue));
            if (count >= 0) return count > 0;
            // The very death that is awaited may interrupt the waiting, by SIGCHLD.
            if (Marshal.GetLastPInvokeError() != Libc.Interrupted) throw new Win32Exception();
        }
    }

    protected override bool ReleaseHandle() => Libc.Close((int)handle) == 0;
}
