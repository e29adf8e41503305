using System.Runtime.InteropServices;

namespace Decryptor.Worker;

/// <summary>
/// The few calls that the framework does not offer, or offers only with a layer that may buffer or print. They report
/// failure as C does, by -1 and <see cref="Marshal.GetLastPInvokeError"/>; the callers know what each failure means.
/// </summary>
static partial class Libc
{
    internal const int StandardInput = 0;
    internal const int StandardOutput = 1;
    internal const int StandardError = 2;
    internal const int BrokenPipe = 32;
    internal const int Interrupted = 4;
    internal const int NoSpace = 28;
    internal const int OverQuota = 122;
    internal const int ReadOnlyDirectory = 0x10000;

    const int DuplicateCloseOnExec = 1030;
    const int SignalPipe = 13;
    const nint Ignore = 1;

    /// <summary>Leaves at once: no finalizers, no flushing, whatever the other threads are doing.</summary>
    [LibraryImport("libc", EntryPoint = "_exit")]
    internal static partial void Leave(int code);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    internal static partial nint Read(int file, ref byte buffer, nint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    internal static partial nint Write(int file, ref readonly byte buffer, nint count);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    internal static partial int Sync(int file);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    internal static partial int Close(int file);

    /// <summary>
    /// A call that the C library has no name for, or not everywhere; arguments that it does not take are 0.
    /// </summary>
    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial nint SystemCall(
        nint number, nint first, nint second, nint third, nint fourth, nint fifth);

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    internal static partial int ProcessControl(int what, nint first, nint second, nint third, nint fourth);

    [LibraryImport("libc", EntryPoint = "getrlimit", SetLastError = true)]
    internal static partial int GetLimit(int which, nint limit);

    [LibraryImport("libc", EntryPoint = "setrlimit", SetLastError = true)]
    internal static partial int SetLimit(int which, nint limit);

    [LibraryImport("libc", EntryPoint = "setenv", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int SetEnvironment(string name, string value, int overwrite);

    /// <summary>Starts a program in this process; returns only if that fails.</summary>
    [LibraryImport("libc", EntryPoint = "execv", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static unsafe partial int Execute(string path, nint* arguments);

    /// <summary>Why the last call failed, in the system's words.</summary>
    internal static string LastError() => Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());

    /// <summary>
    /// A private copy of standard output for frames; standard output itself then points at standard error, so that
    /// nothing that prints, managed or native, can ever get between two frames.
    /// </summary>
    internal static int TakeStandardOutput()
    {
        Signal(SignalPipe, Ignore);
        var frames = Control(StandardOutput, DuplicateCloseOnExec, 3);
        if (frames < 0 || Duplicate(StandardError, StandardOutput) < 0)
            throw new IOException($"standard output cannot be taken: error {Marshal.GetLastPInvokeError()}");
        return frames;
    }

    /// <summary>
    /// A line for whoever collects standard error. Nobody may be listening; that is no reason to fail.
    /// </summary>
    internal static void Complain(string line)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(line + "\n");
        _ = Write(StandardError, in bytes[0], bytes.Length);
    }

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(int file, int command, int argument);

    [LibraryImport("libc", EntryPoint = "dup2", SetLastError = true)]
    private static partial int Duplicate(int from, int to);

    [LibraryImport("libc", EntryPoint = "signal", SetLastError = true)]
    private static partial nint Signal(int signal, nint action);
}
