using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Decryptor.Supervisor.Storage;

/// <summary>
/// A directory by its open descriptor: what is done in it is done in this very directory, whatever is renamed or linked
/// around it meanwhile. Links are never followed. What is not there is an answer; everything else that the system
/// refuses is an <see cref="IOException"/> with what was tried in it.
/// </summary>
sealed class Folder : IDisposable
{
    const int NamesAtOnce = 10_000;
    readonly SafeFileHandle _handle;
    readonly Action<string>? _beforeChange;

    Folder(int descriptor, string path, Action<string>? beforeChange)
    {
        _handle = new(descriptor, ownsHandle: true);
        _beforeChange = beforeChange;
        Path = path;
    }

    /// <summary>Where it was when it was opened.</summary>
    public string Path { get; }

    /// <summary>Opens a directory by its path, links in it followed.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="beforeChange">Called before each change made in it or below; a test ends the world there.</param>
    public static Folder Open(string path, Action<string>? beforeChange = null)
    {
        var opened = Posix.Open(NameText.ToPath(path), Posix.OnlyFolder | Posix.CloseOnExec, 0);
        return opened >= 0 ? new(opened, path, beforeChange) : throw Posix.Failure($"opening {path}");
    }

    /// <summary>The directory of that name; null when there is none, or none that we may open.</summary>
    public Folder? TryOpen(string name)
    {
        var opened = OpenEntry(name, Posix.OnlyFolder);
        if (opened >= 0) return new(opened, Below(name), _beforeChange);
        return Posix.LastError is Posix.NotThere or Posix.NotAFolder or Posix.ALink or Posix.Denied
            ? null : throw Posix.Failure($"opening {Below(name)}");
    }

    /// <summary>
    /// As <see cref="TryOpen"/>, for what a worker may have made: permissions that it took away come back.
    /// </summary>
    public Folder? TryOpenOurs(string name)
    {
        if (Look(name) is not { Kind: EntryKind.Folder } entry) return null;
        if (!FolderMode.IsOpen(entry)) OpenUp(name);
        return TryOpen(name);
    }

    /// <summary>The directory of that name, made if it is not there; whatever else has the name is removed.</summary>
    public Folder Ensure(string name, FolderMode mode)
    {
        if (Look(name) is { Kind: not EntryKind.Folder }) Remove(name);
        Make(name);
        var folder = TryOpenOurs(name) ?? throw new IOException($"{Below(name)} was made and is not there");
        folder.Give(mode);
        return folder;
    }

    /// <summary>Makes a directory for the owner alone; false when the name is taken.</summary>
    public bool Make(string name)
    {
        _beforeChange?.Invoke($"make {Below(name)}");
        if (Posix.MakeFolderAt(_handle, NameText.ToPath(name), FolderMode.Owner.Bits) == 0) return true;
        return Posix.LastError == Posix.Exists ? false : throw Posix.Failure($"making {Below(name)}");
    }

    /// <summary>What has that name here; null for nothing.</summary>
    public Entry? Look(string name) => Posix.Look(_handle, name);

    /// <summary>This directory itself.</summary>
    public Entry Look() => Posix.Look(_handle);

    /// <summary>The names here, at most so many.</summary>
    public IReadOnlyList<string> Names(int max = int.MaxValue) => Posix.Names(_handle, max);

    /// <summary>Begins to read the names here, some at a time; null when we may not.</summary>
    public NameStream? OpenNames() => NameStream.Of(_handle);

    /// <summary>Whether things here may be moved away by us.</summary>
    public bool MayChange() => Posix.AccessAt(_handle, [(byte)'.', 0], Posix.MayWriteAndEnter, 0) == 0;

    /// <summary>Moves one thing; false when it is not here. A file that has the new name is replaced.</summary>
    public bool Move(string name, Folder to, string newName)
    {
        if (TryMove(name, to, newName) is not { } error) return true;
        return error == Posix.NotThere ? false : throw Posix.Failure($"moving {Below(name)} to {to.Below(newName)}");
    }

    /// <summary>Moves one thing; the error's number when it cannot be done.</summary>
    public int? TryMove(string name, Folder to, string newName)
    {
        _beforeChange?.Invoke($"move {Below(name)} {to.Below(newName)}");
        var done = Posix.RenameAt(_handle, NameText.ToPath(name), to._handle, NameText.ToPath(newName)) == 0;
        return done ? null : Posix.LastError;
    }

    /// <summary>Removes whatever has that name, a directory with all that is in it; nothing is fine too.</summary>
    public void Remove(string name)
    {
        if (Look(name) is not { } entry) return;
        if (entry.Kind != EntryKind.Folder)
        {
            Unlink(name, 0);
            return;
        }

        using (var folder = TryOpenOurs(name)) folder?.Empty();
        Unlink(name, Posix.RemoveFolder);
    }

    /// <summary>Opens a regular file for reading; null when there is none of that name that may be read.</summary>
    public SafeFileHandle? TryOpenFile(string name)
    {
        // Without blocking: whoever put a pipe here would otherwise hold us for ever.
        if (Look(name) is not { Kind: EntryKind.File }) return null;
        var opened = OpenEntry(name, Posix.NonBlocking);
        if (opened < 0 && Posix.LastError is Posix.NotThere or Posix.ALink or Posix.Denied) return null;
        if (opened < 0) throw Posix.Failure($"opening {Below(name)}");
        var file = new SafeFileHandle(opened, ownsHandle: true);
        if (Posix.Look(file).Kind == EntryKind.File) return file;
        file.Dispose();
        return null;
    }

    /// <summary>Writes a new file and sees it onto the disk.</summary>
    public void Write(string name, ReadOnlySpan<byte> contents, uint mode)
    {
        _beforeChange?.Invoke($"write {Below(name)}");
        var flags = Posix.CreateOnce | Posix.NoFollow | Posix.CloseOnExec;
        var opened = Posix.OpenAt(_handle, NameText.ToPath(name), flags, mode);
        if (opened < 0) throw Posix.Failure($"making {Below(name)}");
        using var file = new SafeFileHandle(opened, ownsHandle: true);
        if (Posix.ChangeMode(file, mode) != 0) throw Posix.Failure($"making {Below(name)}");
        RandomAccess.Write(file, contents, 0);
        if (Posix.Sync(file) != 0) throw Posix.Failure($"writing {Below(name)}");
    }

    /// <summary>Takes the lock of that file for as long as the handle lives; null when another has it.</summary>
    public SafeFileHandle? TryLock(string name)
    {
        var flags = Posix.CreateOrOpen | Posix.NoFollow | Posix.CloseOnExec;
        var opened = Posix.OpenAt(_handle, NameText.ToPath(name), flags, 0x180);
        if (opened < 0) throw Posix.Failure($"opening {Below(name)}");
        var file = new SafeFileHandle(opened, ownsHandle: true);
        if (Posix.Lock(file, Posix.LockExclusive | Posix.LockAtOnce) == 0) return file;
        var taken = Posix.LastError == Posix.TryAgain;
        var failure = Posix.Failure($"locking {Below(name)}");
        file.Dispose();
        return taken ? null : throw failure;
    }

    /// <summary>Sets the permissions, and the group where there is one.</summary>
    public void Give(FolderMode mode)
    {
        _beforeChange?.Invoke($"give {Path}");
        if (mode.Group is { } group && Posix.ChangeOwner(_handle, uint.MaxValue, group) != 0)
            throw Posix.Failure($"giving {Path} to group {group}");
        if (Posix.ChangeMode(_handle, mode.Bits) != 0) throw Posix.Failure($"setting the permissions of {Path}");
    }

    /// <summary>Sees the names in it onto the disk.</summary>
    /// <exception cref="IOException">
    /// They may be lost. Without the error's number: a second try would be told that all is well, and must not be made.
    /// </exception>
    public void Sync()
    {
        if (Posix.Sync(_handle) != 0) throw new IOException(Posix.Failure($"syncing {Path}").Message);
    }

    public void Dispose() => _handle.Dispose();

    // A worker may have nested directories deeper than we have descriptors or stack: each is lifted to the top and
    // emptied there, so that one descriptor more is all it takes.
    void Empty()
    {
        while (Names(NamesAtOnce) is { Count: > 0 } names)
        {
            foreach (var name in names)
            {
                if (Look(name) is { Kind: EntryKind.Folder }) Flatten(name);
                else Unlink(name, 0);
            }
        }
    }

    void Flatten(string name)
    {
        using (var folder = TryOpenOurs(name))
        {
            while (folder?.Names(NamesAtOnce) is { Count: > 0 } names)
                foreach (var inner in names) Lift(folder, inner);
        }

        Unlink(name, Posix.RemoveFolder);
    }

    void Lift(Folder from, string name)
    {
        if (from.Look(name) is not { Kind: EntryKind.Folder } entry)
        {
            from.Unlink(name, 0);
            return;
        }

        // A directory whose parent changes must be writable itself.
        if (!FolderMode.IsOpen(entry)) from.OpenUp(name);
        from.Move(name, this, RandomNumberGenerator.GetHexString(32));
    }

    void Unlink(string name, int flags)
    {
        _beforeChange?.Invoke($"remove {Below(name)}");
        if (Posix.UnlinkAt(_handle, NameText.ToPath(name), flags) != 0 && Posix.LastError != Posix.NotThere)
            throw Posix.Failure($"removing {Below(name)}");
    }

    // The permissions of a directory that we may not even open, and not of what a link by that name points to.
    void OpenUp(string name)
    {
        var opened = OpenEntry(name, Posix.OnlyFolder | Posix.PathOnly);
        if (opened < 0) throw Posix.Failure($"opening {Below(name)}");
        using var handle = new SafeFileHandle(opened, ownsHandle: true);
        if (Posix.ChangeMode(NameText.ToPath($"/proc/self/fd/{opened}"), FolderMode.Owner.Bits) != 0)
            throw Posix.Failure($"opening {Below(name)}");
    }

    int OpenEntry(string name, int flags) =>
        Posix.OpenAt(_handle, NameText.ToPath(name), flags | Posix.NoFollow | Posix.CloseOnExec, 0);

    string Below(string name) => $"{Path}/{name}";
}

/// <summary>The permissions of a directory, and the group that it is given to; no group leaves it as it is.</summary>
readonly record struct FolderMode(uint Bits, uint? Group)
{
    /// <summary>0700: for the owner alone.</summary>
    public static readonly FolderMode Owner = new(0x1c0, null);

    /// <summary>02750: the group reads, and what is made inside is the group's.</summary>
    public static FolderMode ReadBy(uint? group) => group is null ? Owner : new(0x5e8, group);

    /// <summary>03770: the group adds files, and nobody removes another's.</summary>
    public static FolderMode AddedToBy(uint? group) => group is null ? Owner : new(0x7f8, group);

    /// <summary>02700: for the owner alone, and what is made inside is the group's.</summary>
    public static FolderMode InheritedBy(uint? group) => group is null ? Owner : new(0x5c0, group);

    /// <summary>Whether the owner may do everything in a directory.</summary>
    public static bool IsOpen(Entry folder) => (folder.Mode & Owner.Bits) == Owner.Bits;
}
