using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Decryptor.Supervisor.Intake;

/// <summary>
/// The C library's calls about signals, with their structures as Linux lays them out on 64-bit machines.
/// </summary>
static unsafe partial class LibcSignals
{
    internal const int Block = 0;

    /// <exception cref="Win32Exception"><paramref name="result"/> is not 0.</exception>
    internal static void Check(int result, string call)
    {
        if (result == 0) return;
        var error = result > 0 ? result : Marshal.GetLastPInvokeError();
        throw new Win32Exception(error, $"{call}: {new Win32Exception(error).Message}");
    }

    // This one call returns its error instead of setting it.
    [LibraryImport("libc", EntryPoint = "pthread_sigmask")]
    internal static partial int SetMask(int how, Set* set, Set* old);

    [LibraryImport("libc", EntryPoint = "sigemptyset", SetLastError = true)]
    internal static partial int Empty(Set* set);

    [LibraryImport("libc", EntryPoint = "sigaddset", SetLastError = true)]
    internal static partial int Add(Set* set, int signal);

    [LibraryImport("libc", EntryPoint = "sigismember", SetLastError = true)]
    internal static partial int IsMember(Set* set, int signal);

    [LibraryImport("libc", EntryPoint = "sigwaitinfo", SetLastError = true)]
    internal static partial int WaitFor(Set* set, Origin* origin);

    [LibraryImport("libc", EntryPoint = "setenv", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int SetEnv(string name, string value, int overwrite);

    [LibraryImport("libc", EntryPoint = "execv", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Exec(string path, byte** arguments);

    [StructLayout(LayoutKind.Sequential, Size = 128)]
    internal struct Set;

    [StructLayout(LayoutKind.Explicit, Size = 128)]
    internal struct Origin
    {
        [FieldOffset(0)] internal int Signal;
        [FieldOffset(16)] internal int SenderPid;
        [FieldOffset(20)] internal uint SenderUser;
    }
}
