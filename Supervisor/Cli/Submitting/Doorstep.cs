using System.Security.Cryptography;
using Decryptor.Supervisor.Intake;
using Decryptor.Supervisor.Storage;

namespace Decryptor.Supervisor.Cli.Submitting;

/// <summary>
/// A tenant's folder in a spool's <c>incoming/</c>, and what lies on its step: files under names that the service
/// leaves alone. A file is copied as <c>.submit-…</c>, and once it is whole and on the disk it becomes
/// <c>.submitted-…~NAME</c>. What a killed command has left is cleared or placed by the next.
/// </summary>
sealed class Doorstep
{
    const string Unfinished = ".submit-";
    const int NameRoom = 200;

    static readonly TimeSpan _abandoned = TimeSpan.FromMinutes(10);

    readonly string _folder;
    volatile string? _part;

    /// <exception cref="UsageException">There is no such spool, or it may not be written.</exception>
    public Doorstep(string spool, string? tenant)
    {
        var incoming = Path.Combine(spool, "incoming");
        if (!Directory.Exists(incoming))
            throw new UsageException(
                $"{spool} is no spool: it has no incoming/", "name the directory that decryptor serve was given")
            {
                ExitCode = 69,
            };
        CheckTenant(tenant);
        _folder = tenant is null ? incoming : Path.Combine(incoming, tenant);
        Guarded(incoming, () => Directory.CreateDirectory(_folder));
    }

    /// <summary>Takes a whole file there, under a name that is left alone; the name.</summary>
    /// <param name="input">What is copied from, or null where <paramref name="path"/> itself is moved.</param>
    /// <param name="path">Its path.</param>
    /// <param name="name">What it is called.</param>
    public string Take(Stream? input, string path, string name)
    {
        var mark = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        var whole = $"{SubmitDesk.Prefix}{mark}~{Short(name)}";
        return Guarded(_folder, () =>
        {
            if (input is null) File.Move(path, At(whole));
            else Copy(input, _part = At(Unfinished + mark), At(whole));
            _part = null;
            SyncFolder();
            return whole;
        });
    }

    /// <summary>Takes away what is half copied at this moment; from any thread, when the command is to end.</summary>
    public void Abandon()
    {
        if (_part is { } part) File.Delete(part);
    }

    /// <summary>Whether it still lies there.</summary>
    public bool Has(string file) => File.Exists(At(file));

    /// <summary>Gives it a name that the service looks at; that name.</summary>
    public string Place(string file)
    {
        var name = file[(file.IndexOf('~', StringComparison.Ordinal) + 1)..].TrimStart('.');
        if (name.Length == 0 || name.EndsWith(".part", StringComparison.Ordinal)) name += "_";
        return Guarded(_folder, () =>
        {
            for (var n = 1; ; n++)
            {
                var free = n == 1 ? name : $"{name}-{n}";
                if (!Posix.MoveNew(At(file), At(free))) continue;
                SyncFolder();
                return free;
            }
        });
    }

    /// <summary>Places what killed commands have left whole, and clears what they have not.</summary>
    /// <returns>The names of those that were placed.</returns>
    public IEnumerable<string> Settle()
    {
        var old = Directory.EnumerateFiles(_folder, ".submit*").Where(IsAbandoned).ToList();
        foreach (var path in old)
        {
            var file = Path.GetFileName(path);
            if (file.StartsWith(Unfinished, StringComparison.Ordinal)) File.Delete(path);
            else if (file.Contains('~', StringComparison.Ordinal)) yield return Place(file);
        }
    }

    string At(string file) => Path.Combine(_folder, file);

    // A copy is written to as long as its command lives; a whole one is asked for within seconds.
    static bool IsAbandoned(string path) => DateTime.UtcNow - File.GetLastWriteTimeUtc(path) > _abandoned;

    static void Copy(Stream input, string part, string whole)
    {
        try
        {
            using (var file = new FileStream(part, FileMode.CreateNew, FileAccess.Write))
            {
                // The service must read it, whoever has written it: incoming/ itself is closed to others.
                File.SetUnixFileMode(file.SafeFileHandle, UnixFileMode.UserRead | UnixFileMode.UserWrite
                    | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
                input.CopyTo(file, 1 << 18);
                file.Flush(flushToDisk: true);
            }

            File.Move(part, whole);
        }
        catch
        {
            File.Delete(part);
            throw;
        }
    }

    void SyncFolder()
    {
        using var folder = Folder.Open(_folder);
        folder.Sync();
    }

    static string Short(string name)
    {
        while (System.Text.Encoding.UTF8.GetByteCount(name) > NameRoom) name = name[1..];
        return name;
    }

    static void CheckTenant(string? tenant)
    {
        if (tenant is null) return;
        var bytes = System.Text.Encoding.UTF8.GetByteCount(tenant);
        if (bytes == 0 || bytes > SpoolWatcher.TenantMax || tenant[0] == '.' || tenant.Any(IsOdd))
            throw new UsageException(
                $"--tenant: {tenant} is no tenant's name",
                $"1 to {SpoolWatcher.TenantMax} bytes, no slash or backslash, no dot in front");
    }

    static bool IsOdd(char letter) => letter is '/' or '\\' || char.IsControl(letter);

    static T Guarded<T>(string folder, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (UnauthorizedAccessException)
        {
            throw new UsageException($"{folder} may not be written by this user", "ask for the group of the service")
            {
                ExitCode = 77,
            };
        }
    }
}
