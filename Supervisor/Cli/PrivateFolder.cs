using System.Runtime.InteropServices;
using System.Text;
using Decryptor.Supervisor.Storage;

namespace Decryptor.Supervisor.Cli;

/// <summary>
/// The folder of a private spool: made new under a name that nobody can foresee or have made before us, for the owner
/// alone, since decrypted text passes through it.
/// </summary>
static partial class PrivateFolder
{
    const string Prefix = ".decryptor-";
    const int NotPermitted = 1, NotThere = 2, Denied = 13, NoFolder = 20, NoSpace = 28, ReadOnly = 30;

    /// <summary>Makes one where temporary things go.</summary>
    /// <exception cref="UsageException">It cannot be made there.</exception>
    public static string MakeTemporary() => MakeIn(Path.GetTempPath(), "set TMPDIR to a folder with room in it");

    /// <summary>Makes one in <paramref name="parent"/>, and that too if need be.</summary>
    /// <exception cref="UsageException">It cannot be made there.</exception>
    public static string MakeIn(string parent, string hint)
    {
        try
        {
            Directory.CreateDirectory(parent);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Refused(parent, hint, (e.HResult & 0xffff) is var error && e is IOException ? error : Denied);
        }

        var name = Encoding.UTF8.GetBytes(Path.Combine(parent, $"{Prefix}XXXXXX\0"));
        if (MakeTemporary(name) == 0) throw Refused(parent, hint, Marshal.GetLastPInvokeError());
        return Encoding.UTF8.GetString(name, 0, name.Length - 1);
    }

    /// <summary>
    /// Removes one, and what killed runs have left beside it: at the end, since the folder for temporary things may be
    /// large, and somebody waits for the text.
    /// </summary>
    public static void Remove(string folder)
    {
        Directory.Delete(folder, recursive: true);
        try
        {
            ClearLeftovers(Path.GetDirectoryName(folder)!);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It belongs to a stranger, or another run clears here at the same time: the next run looks again.
            return;
        }
    }

    // A run that was killed could not clean up. One that lives holds its lock, or is younger than a minute.
    static void ClearLeftovers(string parent)
    {
        foreach (var folder in Directory.EnumerateDirectories(parent, $"{Prefix}*").Where(IsLeftover))
            Directory.Delete(folder, recursive: true);
    }

    static bool IsLeftover(string folder) =>
        File.GetUnixFileMode(folder) == (UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute)
        && File.Exists(Path.Combine(folder, Spool.LedgerName))
        && SpoolHolder.Of(folder) is null
        && DateTime.UtcNow - Directory.GetLastWriteTimeUtc(folder) > TimeSpan.FromMinutes(1);

    static UsageException Refused(string parent, string hint, int error)
    {
        var why = error switch
        {
            NotThere => "there is no such place",
            NotPermitted or Denied => "it belongs to somebody else",
            NoFolder => "it is no folder",
            NoSpace => "the disk is full",
            ReadOnly => "the disk is mounted for reading only",
            _ => Marshal.GetPInvokeErrorMessage(error),
        };
        return new($"{parent} cannot be written: {why}", hint) { ExitCode = 73 };
    }

    [LibraryImport("libc", EntryPoint = "mkdtemp", SetLastError = true)]
    private static partial nint MakeTemporary(byte[] template);
}
