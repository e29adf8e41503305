using System.Runtime.InteropServices;

namespace Decryptor.Supervisor.Workers;

/// <summary>
/// The few calls of the C library that processes are held by. The two about process descriptors go through
/// <c>syscall</c>, since the C library names them only from version 2.36 on. Each returns -1 and sets the last error.
/// </summary>
static unsafe partial class Libc
{
    internal const int NoSuchProcess = 3;
    internal const int Interrupted = 4;
    internal const int SigKill = 9;
    internal const int SigChild = 17;
    internal const short PollIn = 1;

    internal const int AtCurrentFolder = -100;
    internal const int AtSymlinkNoFollow = 0x100;
    internal const uint StatxType = 1;

    internal const int NoHang = 1;
    internal const int SetChildSubreaper = 36;

    const nint PidFdSendSignalNumber = 424;
    const nint PidFdOpenNumber = 434;

    internal static int PidFdOpen(int pid) => (int)SysCall(PidFdOpenNumber, pid, 0, 0, 0);

    internal static int PidFdSendSignal(int fd, int signal) => (int)SysCall(PidFdSendSignalNumber, fd, signal, 0, 0);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SysCall(nint number, nint first, nint second, nint third, nint fourth);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    internal static partial int Close(int fd);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    internal static partial int Poll(PollFd* fds, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    internal static partial int Kill(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    internal static partial int WaitPid(int pid, int* status, int options);

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    internal static partial int ProcessControl(int option, nuint a, nuint b, nuint c, nuint d);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    internal static partial uint EffectiveUser();

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Statx(int folder, string path, int flags, uint mask, byte* result);

    [LibraryImport("libc", EntryPoint = "realpath", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial byte* RealPath(string path, byte* result);

    [StructLayout(LayoutKind.Sequential)]
    internal struct PollFd
    {
        internal int Fd;
        internal short Events;
        internal short Returned;
    }
}
