using System.Globalization;
using System.Text;
using Decryptor.Protocol;
using Microsoft.Win32.SafeHandles;

namespace Decryptor.Supervisor.Storage;

/// <summary>
/// The rooms of a spool, made, checked and locked: whoever holds this object is the only supervisor there. Opening
/// fails with a <see cref="SpoolException"/> that a person can act on.
/// </summary>
sealed class SpoolRooms : IDisposable
{
    // A worker is told paths: the longest name below the root must fit what a message may carry.
    const int RootMax = Frame.PathMax - 600;
    SafeFileHandle? _lock;

    SpoolRooms(string root, SpoolOptions options, uint? group)
    {
        Root = root;
        using var folder = Folder.Open(root, options.BeforeChange);
        CheckWritable(folder);
        ForReaders = FolderMode.ReadBy(group);
        ForWorkers = FolderMode.InheritedBy(group);
        Incoming = Ensure(folder, "incoming", FolderMode.AddedToBy(group));
        Queue = Ensure(folder, "queue", FolderMode.Owner);
        Work = Ensure(folder, "work", FolderMode.Owner);
        Completed = Ensure(folder, "completed", ForReaders);
        Failed = Ensure(folder, "failed", ForReaders);
        Run = Ensure(folder, "run", FolderMode.Owner);
    }

    /// <summary>The spool's path, every link in it followed.</summary>
    public string Root { get; }

    public Folder Incoming { get; }

    public Folder Queue { get; }

    public Folder Work { get; }

    public Folder Completed { get; }

    public Folder Failed { get; }

    public Folder Run { get; }

    /// <summary>The permissions of a published folder.</summary>
    public FolderMode ForReaders { get; }

    /// <summary>The permissions of a worker's output: what is made in it belongs to the readers' group.</summary>
    public FolderMode ForWorkers { get; }

    /// <summary>Opens the spool, making what is missing but its parent.</summary>
    public static SpoolRooms Open(string path, SpoolOptions options)
    {
        SpoolRooms? rooms = null;
        try
        {
            rooms = new(Canonical(path), options, Group(options));
            rooms.CheckVolumes();
            foreach (var room in rooms.All()) CheckWritable(room);
            rooms.Lock();
            return rooms;
        }
        catch (IOException e)
        {
            rooms?.Dispose();
            throw new SpoolException($"the spool {path} cannot be opened: {e.Message}", "check its path, owner and permissions");
        }
        catch (SpoolException)
        {
            rooms?.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (var room in All()) room.Dispose();
        _lock?.Dispose();
    }

    static string Canonical(string path)
    {
        const uint rootMode = 0x1c9;
        if (Posix.MakeFolder(NameText.ToPath(path), rootMode) != 0 && Posix.LastError != Posix.Exists)
            throw Unusable(path, Posix.Failure($"making {path}"));
        var root = Posix.RealPath(path) ?? throw Unusable(path, Posix.Failure($"opening {path}"));
        if (Encoding.UTF8.GetByteCount(root) <= RootMax && !root.Contains('\\', StringComparison.Ordinal)) return root;
        throw new SpoolException($"the path of the spool {root} is too long or not plain text", "choose another directory");
    }

    static SpoolException Unusable(string path, IOException why) => new(
        $"the spool {path} cannot be used: {why.Message}",
        "name a directory, on a disk that can be written, whose parent exists and where the service's user may make it");

    static uint? Group(SpoolOptions options)
    {
        if (options.Group is not { } group) return null;
        return Posix.GroupNumber(group)
            ?? throw new SpoolException($"there is no group {group}", "make it (groupadd), or name another");
    }

    static Folder Ensure(Folder root, string name, FolderMode mode)
    {
        // A room that is a link to a directory is followed here, so that it can be told apart from a file below.
        if (root.Look(name) is { Kind: EntryKind.Link }) return Folder.Open($"{root.Path}/{name}");
        return root.Look(name) is null or { Kind: EntryKind.Folder }
            ? root.Ensure(name, mode)
            : throw new SpoolException($"{root.Path}/{name} is not a directory", "move it away");
    }

    IEnumerable<Folder> All() => [Incoming, Queue, Work, Completed, Failed, Run];

    void CheckVolumes()
    {
        var volume = Queue.Look().Volume;
        foreach (var room in All())
        {
            if (room.Look().Volume == volume) continue;
            throw new SpoolException(
                $"{room.Path} and {Queue.Path} are on two file systems or mounts",
                "files move through the spool by rename, which works within one only: keep the whole spool on one");
        }
    }

    static void CheckWritable(Folder folder)
    {
        if (folder.MayChange()) return;
        throw new SpoolException(Posix.Failure($"{folder.Path} cannot be written").Message,
            "give it to the user that the service runs as, on a disk that is mounted for writing");
    }

    void Lock()
    {
        _lock = Run.TryLock("lock") ?? throw Locked();
        RandomAccess.SetLength(_lock, 0);
        RandomAccess.Write(_lock, Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}\n")), 0);
    }

    SpoolException Locked()
    {
        using var file = Run.TryOpenFile("lock");
        var digits = new byte[20];
        var count = file is null ? 0 : RandomAccess.Read(file, digits, 0);
        var holder = Encoding.ASCII.GetString(digits, 0, count).Trim();
        return new($"another supervisor{(holder.Length == 0 ? "" : $", process {holder},")} works on the spool {Root}",
            "stop it first, or name another spool");
    }
}
