using System.Text;
using Decryptor.Protocol;

namespace Decryptor.Supervisor.Storage;

/// <summary>
/// The rooms of a spool, made, checked and locked: whoever holds this object is the only supervisor there. Opening
/// fails with a <see cref="SpoolException"/> that a person can act on.
/// </summary>
sealed class SpoolRooms : IDisposable
{
    // A worker is told paths: the longest name below the root must fit what a message may carry.
    const int RootMax = Frame.PathMax - 600;
    readonly SpoolLock _lock;

    SpoolRooms(Folder root, uint? group, SpoolLock held)
    {
        (Root, _lock) = (root.Path, held);
        ForReaders = FolderMode.ReadBy(group);
        ForWorkers = FolderMode.InheritedBy(group);
        Incoming = Ensure(root, "incoming", FolderMode.AddedToBy(group));
        Queue = Ensure(root, "queue", FolderMode.Owner);
        Work = Ensure(root, "work", FolderMode.Owner);
        Completed = Ensure(root, "completed", ForReaders);
        Failed = Ensure(root, "failed", ForReaders);
        Crashes = Ensure(held.Run, "crashes", FolderMode.Owner);
        CheckVolumes();
        foreach (var room in All()) CheckWritable(room);
    }

    /// <summary>The spool's path, every link in it followed.</summary>
    public string Root { get; }

    public Folder Incoming { get; }

    public Folder Queue { get; }

    public Folder Work { get; }

    public Folder Completed { get; }

    public Folder Failed { get; }

    /// <summary>What is known of deaths, a file each, until their jobs end.</summary>
    public Folder Crashes { get; }

    /// <summary>The permissions of a published folder.</summary>
    public FolderMode ForReaders { get; }

    /// <summary>The permissions of a worker's output: what is made in it belongs to the readers' group.</summary>
    public FolderMode ForWorkers { get; }

    /// <summary>Opens the spool, making what is missing but its parent.</summary>
    public static SpoolRooms Open(string path, SpoolOptions options)
    {
        try
        {
            var group = Group(options);
            using var root = Folder.Open(Canonical(path), options.BeforeChange);
            CheckWritable(root);
            return Open(root, group, SpoolLock.Take(root));
        }
        catch (IOException e)
        {
            throw SpoolException.Of(
                $"the spool {path} cannot be opened: {e.Message}", e, "check its path, owner and permissions");
        }
    }

    public void Dispose()
    {
        foreach (var room in All()) room.Dispose();
        _lock.Dispose();
    }

    static SpoolRooms Open(Folder root, uint? group, SpoolLock held)
    {
        try
        {
            return new(root, group, held);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    static string Canonical(string path)
    {
        const uint rootMode = 0x1c9;
        if (Posix.MakeFolder(NameText.ToPath(path), rootMode) != 0 && Posix.LastError != Posix.Exists)
            throw Unusable(path, Posix.Failure($"making {path}"));
        var root = Posix.RealPath(path) ?? throw Unusable(path, Posix.Failure($"opening {path}"));
        if (Encoding.UTF8.GetByteCount(root) <= RootMax && !root.Contains('\\', StringComparison.Ordinal)) return root;
        throw new SpoolException($"the path of the spool {root} is too long or not plain text",
            "choose another directory");
    }

    static SpoolException Unusable(string path, IOException why) => SpoolException.Of(
        $"the spool {path} cannot be used: {why.Message}", why,
        "name a directory on a disk that can be written, whose parent is there and open to the service's user");

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

    IEnumerable<Folder> All() => [Incoming, Queue, Work, Completed, Failed, Crashes, _lock.Run];

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
}
