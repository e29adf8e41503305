using System.Text;
using Decryptor.Supervisor.Keys;
using Decryptor.Supervisor.Storage;

namespace Decryptor.Supervisor.Cli.KeyCommands;

/// <summary>The folder of a ring, as the person who keeps it writes to it.</summary>
static class KeyFolder
{
    const int NameBytesMax = 128;
    const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>The folder that was named, by option or environment.</summary>
    /// <exception cref="UsageException">None was.</exception>
    public static string Of(string? asked) => SharedOptions.RingOf(asked)
        ?? throw new UsageException("no key ring was named", "--keys DIR, or set DECRYPTOR_KEYS");

    /// <summary>Refuses a name that the ring would skip, or that a report could not be read with.</summary>
    /// <exception cref="UsageException">It is such a name.</exception>
    public static void CheckName(string name)
    {
        var isPlain = name.EnumerateRunes().All(rune =>
            Rune.IsLetterOrDigit(rune) || rune.Value is '.' or '_' or '-' or '+' or '@');
        if (name is ['.' or '-', ..] or "" || !isPlain)
            throw new UsageException(
                "a key's name is made of letters, digits and . _ - + @, and begins with a letter or a digit",
                "decryptor keys add prod-2026 --keys DIR");
        if (Encoding.UTF8.GetByteCount(name) > NameBytesMax)
            throw new UsageException($"a key's name has at most {NameBytesMax} bytes", "choose a shorter one");
    }

    /// <summary>
    /// Writes a file of the ring: whole under its name or not at all, for its owner alone from its first byte on. The
    /// folder is made if need be.
    /// </summary>
    /// <exception cref="UsageException">There is a key of that name, and it may not be replaced.</exception>
    public static string Save(string folder, string name, byte[] contents, bool replace)
    {
        var path = Path.Combine(folder, name);
        if (!replace && Path.Exists(path)) throw Taken(name, folder);
        Make(folder);
        // Files that begin with a dot are no part of a ring, and a service that reads it again meets no half of one.
        var temporary = Path.Combine(folder, $".{name}.{Guid.NewGuid():N}");
        try
        {
            Write(temporary, contents);
            File.Move(temporary, path, replace);
        }
        catch (IOException) when (!replace && Path.Exists(path))
        {
            throw Taken(name, folder);
        }
        catch (UnauthorizedAccessException e)
        {
            throw Refused(folder, e);
        }
        finally
        {
            File.Delete(temporary);
        }

        Sync(folder);
        return path;
    }

    static void Make(string folder)
    {
        if (Directory.Exists(folder)) return;
        try
        {
            Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
        }
        catch (UnauthorizedAccessException e)
        {
            throw Refused(folder, e);
        }
    }

    static void Write(string path, byte[] contents)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = OwnerOnly,
        };
        using var file = new FileStream(path, options);
        file.Write(contents);
        file.Flush(flushToDisk: true);
    }

    // The name must outlive a power cut as the bytes do: what is sealed for a lost key is lost.
    static void Sync(string folder)
    {
        var opened = Posix.Open(NameText.ToPath(folder), Posix.OnlyFolder | Posix.CloseOnExec, 0);
        if (opened < 0) throw Posix.Failure($"opening {folder}");
        using var handle = new Microsoft.Win32.SafeHandles.SafeFileHandle(opened, ownsHandle: true);
        if (Posix.Sync(handle) != 0) throw Posix.Failure($"syncing {folder}");
    }

    static UsageException Taken(string name, string folder) => new(
        $"there is a key {name} in {folder} already", "choose another name, or replace it with --force")
    {
        ExitCode = 73,
    };

    static UsageException Refused(string folder, UnauthorizedAccessException e) => new(
        $"{folder} cannot be written: {e.Message}", "do it as the user that the folder belongs to")
    {
        ExitCode = 73,
    };
}
