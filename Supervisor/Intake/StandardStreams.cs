using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Decryptor.Supervisor.Intake;

/// <summary>
/// Sees that the first three descriptors are taken. A caller may have closed one, and then the next file that we open
/// would get its number, and lines meant for a person would be written into it, be it the ledger. A closed one becomes
/// <c>/dev/null</c>, opened so that what is meant for a reader fails and what is meant for a person is lost.
/// </summary>
static partial class StandardStreams
{
    const int GetFlags = 1, CloseOnExec = 1, ReadWrite = 2, ReadOnly = 0, Output = 1, Errors = 2;

    /// <summary>
    /// Only right before exec: the runtime may have opened something of its own under a closed number, told by the
    /// flag that closes it at exec, which no caller's descriptor can have.
    /// </summary>
    /// <exception cref="Win32Exception">There is no <c>/dev/null</c>.</exception>
    public static void FillBeforeExec()
    {
        for (var descriptor = 0; descriptor <= Errors; descriptor++)
        {
            // An error is all ones, and so has the flag too.
            if ((Control(descriptor, GetFlags) & CloseOnExec) != 0) Fill(descriptor);
        }
    }

    static void Fill(int descriptor)
    {
        var opened = Open("/dev/null", descriptor == Output ? ReadOnly : ReadWrite);
        if (opened < 0) throw new Win32Exception(Marshal.GetLastPInvokeError(), "opening /dev/null");
        if (opened == descriptor) return;
        var copied = Duplicate(opened, descriptor);
        _ = Close(opened);
        if (copied < 0) throw new Win32Exception(Marshal.GetLastPInvokeError(), "filling a standard stream");
    }

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(int descriptor, int command);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "dup2", SetLastError = true)]
    private static partial int Duplicate(int from, int to);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
