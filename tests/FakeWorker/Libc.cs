using System.Runtime.InteropServices;

namespace Decryptor.FakeWorker;

/// <summary>The calls by which a process harms itself.</summary>
static partial class Libc
{
    internal const int SigKill = 9;
    internal const int SigStop = 19;

    [LibraryImport("libc", EntryPoint = "_exit")]
    internal static partial void Exit(int code);

    [LibraryImport("libc", EntryPoint = "kill")]
    internal static partial int Kill(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "close")]
    internal static partial int Close(int fd);

    [LibraryImport("libc", EntryPoint = "memset")]
    internal static partial nint Fill(nint at, int value, nuint count);
}
