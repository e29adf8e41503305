using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Decryptor.Supervisor.Storage;
using Microsoft.Win32.SafeHandles;

namespace Decryptor.Supervisor.Intake;

/// <summary>What inotify says of one name in a watched directory.</summary>
/// <param name="Watch">Which directory; -1 when news were lost.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Name">The name it happened to; empty for the directory itself.</param>
readonly record struct Notice(int Watch, NoticeKind Kind, string Name);

/// <summary>The bits of inotify that matter here.</summary>
[Flags]
enum NoticeKind : uint
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>A file that was open for writing was closed.</summary>
    Closed = 0x8,

    /// <summary>It left under this name.</summary>
    MovedFrom = 0x40,

    /// <summary>It came under this name.</summary>
    MovedTo = 0x80,

    /// <summary>It was made.</summary>
    Created = 0x100,

    /// <summary>It was removed.</summary>
    Deleted = 0x200,

    /// <summary>News were lost: only a look around helps.</summary>
    Overflow = 0x4000,

    /// <summary>The watch is no more.</summary>
    Ignored = 0x8000,

    /// <summary>It is a directory.</summary>
    Folder = 0x40000000,
}

/// <summary>
/// The kernel's word for what happens in directories, and a way to interrupt the wait for it. Where the kernel has no
/// instance or no watch to spare it says so with null, and the caller lives by looking around.
/// </summary>
sealed partial class Inotify : IDisposable
{
    const uint Wanted = 0x8 | 0x40 | 0x80 | 0x100 | 0x200 | OnlyFolder | NoFollow;
    const uint OnlyFolder = 0x01000000, NoFollow = 0x02000000;
    const int CloseOnExec = 0x80000, NonBlocking = 0x800;
    const int HeaderLength = 16;
    readonly SafeFileHandle? _notices;
    readonly SafeFileHandle _bell;
    readonly byte[] _buffer = new byte[64 * 1024];

    /// <summary>Opens an instance.</summary>
    public Inotify()
    {
        var bell = OpenBell(0, CloseOnExec | NonBlocking);
        if (bell < 0) throw Posix.Failure("making an eventfd");
        _bell = new(bell, ownsHandle: true);
        var notices = Open(CloseOnExec | NonBlocking);
        _notices = notices < 0 ? null : new(notices, ownsHandle: true);
    }

    /// <summary>Whether the kernel had an instance for us.</summary>
    public bool Works => _notices is not null;

    /// <summary>
    /// Watches a directory; the same one again gives the same number. Null when it cannot be watched.
    /// </summary>
    public int? Watch(string path)
    {
        if (_notices is null) return null;
        var watch = AddWatch(_notices, NameText.ToPath(path), Wanted);
        return watch < 0 ? null : watch;
    }

    /// <summary>Whether <see cref="Interrupt"/> has ended the last wait.</summary>
    public bool WasInterrupted { get; private set; }

    /// <summary>Waits for news or for <see cref="Interrupt"/>, at most so long, and gives all there are.</summary>
    public IReadOnlyList<Notice> Wait(TimeSpan atMost)
    {
        const short readable = 1;
        var milliseconds = (int)Math.Clamp(Math.Ceiling(atMost.TotalMilliseconds), 0, int.MaxValue);
        Span<Waiting> waiting = stackalloc Waiting[2];
        waiting[0] = new() { Descriptor = (int)_bell.DangerousGetHandle(), Wanted = readable };
        waiting[1] = new() { Descriptor = (int)(_notices?.DangerousGetHandle() ?? -1), Wanted = readable };
        var ready = Poll(ref waiting[0], 2, milliseconds);
        WasInterrupted = ready > 0 && waiting[0].Found != 0;
        // A bell that nobody silences would end every later wait before it has begun.
        if (WasInterrupted) Silence();
        return ready > 0 && waiting[1].Found != 0 ? Read() : [];
    }

    /// <summary>Ends the wait, now or the next one. From any thread.</summary>
    public void Interrupt()
    {
        Span<byte> one = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(one, 1);
        if (Write(_bell, ref one[0], one.Length) < 0) throw Posix.Failure("ringing an eventfd");
    }

    public void Dispose()
    {
        _notices?.Dispose();
        _bell.Dispose();
    }

    void Silence()
    {
        Span<byte> rung = stackalloc byte[sizeof(ulong)];
        if (Read(_bell, ref rung[0], rung.Length) < 0) throw Posix.Failure("silencing an eventfd");
    }

    List<Notice> Read()
    {
        var notices = new List<Notice>();
        var count = (int)Read(_notices!, ref _buffer[0], _buffer.Length);
        for (var at = 0; at + HeaderLength <= count;)
        {
            var header = _buffer.AsSpan(at, HeaderLength);
            var length = BinaryPrimitives.ReadInt32LittleEndian(header[12..]);
            var name = _buffer.AsSpan(at + HeaderLength, length);
            var end = name.IndexOf((byte)0);
            notices.Add(new(
                BinaryPrimitives.ReadInt32LittleEndian(header),
                (NoticeKind)BinaryPrimitives.ReadUInt32LittleEndian(header[4..]),
                NameText.FromBytes(end < 0 ? name : name[..end])));
            at += HeaderLength + length;
        }

        return notices;
    }

    [StructLayout(LayoutKind.Sequential)]
    struct Waiting
    {
        public int Descriptor;
        public short Wanted;
        public short Found;
    }

    [LibraryImport("libc", EntryPoint = "inotify_init1", SetLastError = true)]
    private static partial int Open(int flags);

    [LibraryImport("libc", EntryPoint = "inotify_add_watch", SetLastError = true)]
    private static partial int AddWatch(SafeFileHandle instance, byte[] path, uint wanted);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    private static partial int OpenBell(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(ref Waiting waiting, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(SafeFileHandle file, ref byte buffer, nint length);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(SafeFileHandle file, ref byte buffer, nint length);
}
