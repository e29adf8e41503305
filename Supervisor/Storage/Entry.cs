namespace Decryptor.Supervisor.Storage;

/// <summary>What can lie under a name.</summary>
enum EntryKind
{
    /// <summary>A regular file: the only kind that is ever taken or read.</summary>
    File,

    /// <summary>A directory.</summary>
    Folder,

    /// <summary>A symbolic link.</summary>
    Link,

    /// <summary>A device, a pipe or a socket.</summary>
    Other,
}

/// <summary>The file system and the mount that something lies on: only within one of each does a rename work.</summary>
readonly record struct Volume(ulong Device, ulong Mount);

/// <summary>What lies under a name, as one look has found it.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Mode">The permission bits.</param>
/// <param name="Inode">The file's number; used again by the file system once the file is gone.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="ChangedTicks">When its contents were changed last, in UTC ticks.</param>
/// <param name="PlacedTicks">
/// When it was last renamed, written or given other permissions, in UTC ticks: unlike the other, nobody can set it.
/// </param>
/// <param name="BirthTicks">When it was made; null where the file system does not remember.</param>
/// <param name="Volume">Where it lies.</param>
readonly record struct Entry(
    EntryKind Kind, uint Mode, ulong Inode, long Bytes, long ChangedTicks, long PlacedTicks, long? BirthTicks,
    Volume Volume);
