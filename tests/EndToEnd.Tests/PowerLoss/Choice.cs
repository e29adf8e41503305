namespace Decryptor.EndToEnd.Tests.PowerLoss;

/// <summary>How the disk keeps the order of names that nobody has synced.</summary>
enum Disk
{
    /// <summary>
    /// As ext4 and XFS with their journals: changes of names reach the disk in one order over all directories, and the
    /// sync of a directory takes along all that came before it. The sync of a file takes no names along.
    /// </summary>
    Journal,

    /// <summary>
    /// As btrfs with its log: what nobody has synced reaches the disk in one order too, but the sync of a directory
    /// takes along that directory alone. A rename between two directories is then two changes, and can be seen with
    /// both names, or with none where only the old one's directory was synced.
    /// </summary>
    Scattered,

    /// <summary>
    /// What POSIX alone promises, and no disk in use does: what nobody has synced reaches the disk in each directory's
    /// own order, so that a file may be removed in one before what replaces it is there in another.
    /// </summary>
    Disordered,
}

/// <summary>What became of all that was not synced when the power went.</summary>
enum Fate
{
    Dropped,

    Kept,

    /// <summary>Kept, but of the last bytes written only whole sectors from the beginning.</summary>
    Torn,

    /// <summary>Each page, each length and each run of names by the dice.</summary>
    Diced,
}

/// <summary>One way for the power to go after so many changes.</summary>
readonly record struct Choice(int Cut, Disk Disk, Fate Fate, int Seed)
{
    public override string ToString() => $"cut {Cut}, {Disk}, {Fate}, seed {Seed}";
}
