using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Decryptor.Supervisor.Workers;

/// <summary>
/// What a path is by itself, and what it is in truth. A worker may put links in our way; none is followed.
/// </summary>
static unsafe class PathOnDisk
{
    const int ModeOffset = 28;
    const int StatxLength = 256;
    const int TypeMask = 0xF000;
    const int Folder = 0x4000;
    const int RegularFile = 0x8000;

    public static bool IsFolder(string path) => Type(path) == Folder;

    public static bool IsRegularFile(string path) => Type(path) == RegularFile;

    /// <summary>The one absolute path without links that leads there.</summary>
    /// <exception cref="IOException">There is nothing, or it may not be looked at.</exception>
    public static string Canonical(string path)
    {
        var result = Libc.RealPath(path, null);
        if (result is null)
            throw new IOException($"{path}: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");
        try
        {
            return Marshal.PtrToStringUTF8((nint)result)!;
        }
        finally
        {
            NativeMemory.Free(result);
        }
    }

    // A fifo or a socket is neither; .NET's own file attributes could not tell it from a file.
    static int Type(string path)
    {
        var result = stackalloc byte[StatxLength];
        return Libc.Statx(Libc.AtCurrentFolder, path, Libc.AtSymlinkNoFollow, Libc.StatxType, result) == 0
            ? *(ushort*)(result + ModeOffset) & TypeMask
            : 0;
    }
}
