using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Decryptor.Supervisor.Keys;

/// <summary>
/// Reads one file of a key folder, once it is known to be a regular file that nobody but its owner can read. What is
/// no such file is skipped with a reason; what a person must mend is a <see cref="KeyRingException"/>.
/// </summary>
static partial class KeyFile
{
    /// <summary>The longest file that can hold keys.</summary>
    public const int LengthMax = 1024 * 1024;

    const int NonBlocking = 0x800, CloseOnExec = 0x80000, CurrentFolder = -100, EmptyPath = 0x1000;
    const uint BasicMask = 0x7ff;
    const int KindMask = 0xf000, Regular = 0x8000, OthersReadOrWrite = 0x36;

    /// <summary>The file's bytes; null with a reason when it is no key file.</summary>
    /// <param name="path">Where it is; a link to a file is followed.</param>
    /// <param name="fromSystemd">Whether systemd has chosen the permissions.</param>
    /// <param name="reason">Why there are no bytes.</param>
    public static byte[]? Read(string path, bool fromSystemd, out string reason)
    {
        // Looked at before it is opened, since opening a device can have effects; and again afterwards, since the name
        // may stand for something else by then.
        if (!IsFile(Look(path), out reason)) return null;
        var opened = Open([.. Encoding.UTF8.GetBytes(path), 0], NonBlocking | CloseOnExec);
        if (opened < 0) throw Unreadable(path);
        using var file = new SafeFileHandle(opened, ownsHandle: true);
        if (Status(opened, [0], EmptyPath, BasicMask, out var status) != 0) throw Unreadable(path);
        if (!IsFile(status, out reason)) return null;
        if (!fromSystemd) CheckMode(path, status.Mode);
        if (status.Length <= LengthMax) return ReadAll(file);
        reason = $"it is longer than {LengthMax} bytes, so it is no key file";
        return null;
    }

    static RawStatus? Look(string path)
    {
        byte[] name = [.. Encoding.UTF8.GetBytes(path), 0];
        if (Status(CurrentFolder, name, 0, BasicMask, out var status) == 0) return status;
        const int notThere = 2;
        return Marshal.GetLastPInvokeError() == notThere ? null : throw Unreadable(path);
    }

    static bool IsFile(RawStatus? status, out string reason)
    {
        reason = status is null ? "it is a link to nothing" : "it is not a file";
        return status is { } there && (there.Mode & KindMask) == Regular;
    }

    static void CheckMode(string path, ushort mode)
    {
        if ((mode & OthersReadOrWrite) == 0) return;
        var octal = Convert.ToString(mode & 0xfff, 8).PadLeft(4, '0');
        throw new KeyRingException(
            $"the key file {path} has mode {octal}: others than its owner can read or change it",
            $"chmod 600 '{path}'");
    }

    static byte[] ReadAll(SafeFileHandle file)
    {
        var bytes = new byte[LengthMax];
        var total = 0;
        while (total < bytes.Length && RandomAccess.Read(file, bytes.AsSpan(total), total) is > 0 and var count)
            total += count;
        return bytes[..total];
    }

    static KeyRingException Unreadable(string path) => new(
        string.Create(CultureInfo.InvariantCulture,
            $"the key file {path} cannot be read: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}"),
        "give it to the user that reads the keys, or move it out of the folder");

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true)]
    private static partial int Open(byte[] path, int flags);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true)]
    private static partial int Status(int folder, byte[] path, int flags, uint mask, out RawStatus status);

    // The kernel's struct statx. Keys/ may use nothing of Storage/, which has one of its own.
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    struct RawStatus
    {
        [FieldOffset(28)] public ushort Mode;
        [FieldOffset(40)] public ulong Length;
    }
}
