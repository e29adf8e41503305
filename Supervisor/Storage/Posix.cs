using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Decryptor.Supervisor.Storage;

/// <summary>
/// The system calls that the spool lives on, and that .NET has no word for: everything goes by directory descriptor
/// and by raw name, so that no link is followed and no name is too odd. Nothing here decides; a caller looks at the
/// error number, or turns it into words with <see cref="Failure"/>.
/// </summary>
static partial class Posix
{
    internal const int NoPermission = 1, NotThere = 2, TryAgain = 11, Denied = 13, Exists = 17, OtherFileSystem = 18,
        NotAFolder = 20, AFolder = 21, NotKnown = 22, ReadOnly = 30, NotSupported = 38, NotEmpty = 39, ALink = 40;

    internal const int CreateOnce = 0x40 | 0x80 | 1, CreateOrOpen = 0x40 | 2,
        CloseOnExec = 0x80000, NonBlocking = 0x800,
        PathOnly = 0x200000;

    internal const int RemoveFolder = 0x200, LinkItself = 0x100, EmptyPath = 0x1000;
    internal const int LockExclusive = 2, LockAtOnce = 4;
    internal const int MayWriteAndEnter = 2 | 1;

    const int HereItself = -100;
    const uint OnlyNew = 1, ExchangeNames = 2;
    const uint BasicMask = 0x7ff, BirthMask = 0x800, MountMask = 0x1000;

    // Two flags whose numbers depend on the processor.
    static readonly bool OnArm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;
    internal static readonly int OnlyFolder = OnArm ? 0x4000 : 0x10000;
    internal static readonly int NoFollow = OnArm ? 0x8000 : 0x20000;

    internal static int LastError => Marshal.GetLastPInvokeError();

    /// <summary>The last error as an exception: what was tried, and the system's word for why not.</summary>
    internal static IOException Failure(string tried) =>
        new($"{tried}: {Marshal.GetPInvokeErrorMessage(LastError)}", LastError);

    /// <summary>
    /// What lies under a name, links not followed; null when nothing does, or nothing that we may see.
    /// </summary>
    internal static Entry? Look(SafeFileHandle folder, string name) =>
        Status(folder, NameText.ToPath(name), LinkItself, out var raw) == 0 ? raw.ToEntry()
        : LastError is NotThere or NotAFolder or Denied ? null
        : throw Failure($"looking at {name}");

    /// <summary>What an open descriptor stands for.</summary>
    internal static Entry Look(SafeFileHandle handle) =>
        Status(handle, [0], EmptyPath, out var raw) == 0 ? raw.ToEntry() : throw Failure("looking at an open file");

    /// <summary>The number of a group, given by name or by number; null when there is none of that name.</summary>
    internal static uint? GroupNumber(string group)
    {
        if (uint.TryParse(group, out var number)) return number;
        var found = GetGroup(NameText.ToPath(group));
        return found == 0 ? null : (uint)Marshal.ReadInt32(found, 2 * nint.Size);
    }

    /// <summary>A path with every link in it followed; null when there is no such thing.</summary>
    internal static string? RealPath(string path)
    {
        var found = RealPath(NameText.ToPath(path), 0);
        if (found == 0) return null;
        var text = NameText.FromPointer(found);
        Marshal.FreeHGlobal(found);
        return text;
    }

    /// <summary>The names in a folder, at most so many, without the two dots.</summary>
    internal static List<string> Names(SafeFileHandle folder, int max)
    {
        using var stream = NameStream.Of(folder);
        return stream is null ? [] : [.. stream.Read(max).Select(found => found.Name)];
    }

    static int Status(SafeFileHandle folder, byte[] path, int flags, out RawStatus raw) =>
        StatX(folder, path, flags, BasicMask | BirthMask | MountMask, out raw);

    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true)]
    internal static partial int OpenAt(SafeFileHandle folder, byte[] path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true)]
    internal static partial int Open(byte[] path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "mkdir", SetLastError = true)]
    internal static partial int MakeFolder(byte[] path, uint mode);

    [LibraryImport("libc", EntryPoint = "mkdirat", SetLastError = true)]
    internal static partial int MakeFolderAt(SafeFileHandle folder, byte[] name, uint mode);

    [LibraryImport("libc", EntryPoint = "renameat", SetLastError = true)]
    internal static partial int RenameAt(SafeFileHandle from, byte[] name, SafeFileHandle to, byte[] newName);

    /// <summary>Two names of one file system change their places in one step.</summary>
    internal static int Exchange(string one, string other) =>
        RenameAt2(HereItself, NameText.ToPath(one), HereItself, NameText.ToPath(other), ExchangeNames);

    /// <summary>Moves a file to a name that is free; false where it is not.</summary>
    internal static bool MoveNew(string from, string to) =>
        RenameAt2(HereItself, NameText.ToPath(from), HereItself, NameText.ToPath(to), OnlyNew) == 0
            || (LastError == Exists ? false : throw Failure($"moving {from}"));

    [LibraryImport("libc", EntryPoint = "renameat2", SetLastError = true)]
    private static partial int RenameAt2(int from, byte[] name, int to, byte[] newName, uint how);

    [LibraryImport("libc", EntryPoint = "unlinkat", SetLastError = true)]
    internal static partial int UnlinkAt(SafeFileHandle folder, byte[] name, int flags);

    [LibraryImport("libc", EntryPoint = "faccessat", SetLastError = true)]
    internal static partial int AccessAt(SafeFileHandle folder, byte[] name, int mode, int flags);

    [LibraryImport("libc", EntryPoint = "fchmod", SetLastError = true)]
    internal static partial int ChangeMode(SafeFileHandle file, uint mode);

    [LibraryImport("libc", EntryPoint = "chmod", SetLastError = true)]
    internal static partial int ChangeMode(byte[] path, uint mode);

    [LibraryImport("libc", EntryPoint = "fchown", SetLastError = true)]
    internal static partial int ChangeOwner(SafeFileHandle file, uint user, uint group);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    internal static partial int Sync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    internal static partial int Lock(SafeFileHandle file, int how);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true)]
    private static partial int StatX(SafeFileHandle folder, byte[] path, int flags, uint mask, out RawStatus status);

    [LibraryImport("libc", EntryPoint = "fdopendir", SetLastError = true)]
    internal static partial nint OpenStream(int folder);

    [LibraryImport("libc", EntryPoint = "readdir", SetLastError = true)]
    internal static partial nint ReadStream(nint stream);

    [LibraryImport("libc", EntryPoint = "closedir", SetLastError = true)]
    internal static partial int CloseStream(nint stream);

    [LibraryImport("libc", EntryPoint = "realpath", SetLastError = true)]
    private static partial nint RealPath(byte[] path, nint room);

    [LibraryImport("libc", EntryPoint = "getgrnam", SetLastError = true)]
    private static partial nint GetGroup(byte[] name);

    // The kernel's struct statx, the same on every processor.
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    struct RawStatus
    {
        [FieldOffset(0)] public uint Mask;
        [FieldOffset(28)] public ushort Mode;
        [FieldOffset(32)] public ulong Inode;
        [FieldOffset(40)] public ulong Size;
        [FieldOffset(80)] public long BirthSeconds;
        [FieldOffset(88)] public uint BirthNanoseconds;
        [FieldOffset(96)] public long PlacedSeconds;
        [FieldOffset(104)] public uint PlacedNanoseconds;
        [FieldOffset(112)] public long ChangedSeconds;
        [FieldOffset(120)] public uint ChangedNanoseconds;
        [FieldOffset(136)] public ulong Device;
        [FieldOffset(144)] public ulong Mount;

        public readonly Entry ToEntry() => new(
            KindOf(Mode), (uint)(Mode & 0xfff), Inode, (long)Size,
            Ticks(ChangedSeconds, ChangedNanoseconds), Ticks(PlacedSeconds, PlacedNanoseconds),
            (Mask & BirthMask) != 0 ? Ticks(BirthSeconds, BirthNanoseconds) : null,
            new(Device, (Mask & MountMask) != 0 ? Mount : 0));

        static EntryKind KindOf(ushort mode) => (mode & 0xf000) switch
        {
            0x8000 => EntryKind.File,
            0x4000 => EntryKind.Folder,
            0xa000 => EntryKind.Link,
            _ => EntryKind.Other,
        };

        static long Ticks(long seconds, uint nanoseconds) =>
            unchecked(DateTime.UnixEpoch.Ticks + seconds * TimeSpan.TicksPerSecond) + nanoseconds / 100;
    }
}
