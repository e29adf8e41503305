namespace Decryptor.EndToEnd.Tests;

/// <summary>
/// A file system of a few MiB in a scratch folder, gone after the test. Ignores the test where none may be mounted.
/// </summary>
sealed class SmallDisk : IDisposable
{
    public SmallDisk(string folder, int mebibytes = 8)
    {
        Folder = Directory.CreateDirectory(folder).FullName;
        var mounted = Shell.Run("mount -t tmpfs -o size=$2m none \"$1\"", Folder, $"{mebibytes}");
        if (mounted.ExitCode != 0) Assert.Ignore($"no file system may be mounted here: {mounted.Stderr.Trim()}");
    }

    public string Folder { get; }

    /// <summary>Takes all the room but so many KiB; returns the file that takes it.</summary>
    public string Fill(int leaveKibibytes = 0)
    {
        var filler = Path.Combine(Folder, "filler");
        Shell.Run("cat /dev/zero > \"$1\"; truncate -s -\"$2\"K \"$1\"", filler, $"{leaveKibibytes}");
        return filler;
    }

    public void Dispose() => Shell.Run("umount \"$1\" || umount -l \"$1\"", Folder);
}
