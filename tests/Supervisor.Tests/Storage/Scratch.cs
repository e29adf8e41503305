using Decryptor.Supervisor.Scheduling;
using Decryptor.Supervisor.Storage;

namespace Decryptor.Supervisor.Tests.Storage;

/// <summary>A directory for one test, removed afterwards.</summary>
sealed class Scratch : IDisposable
{
    /// <param name="inMemory">On a disk of memory where there is one, for tests that write much and sync often.</param>
    public Scratch(bool inMemory = false)
    {
        const string memory = "/dev/shm";
        Path = inMemory && Directory.Exists(memory)
            ? Directory.CreateDirectory($"{memory}/decryptor-test-{Guid.NewGuid():N}").FullName
            : Directory.CreateTempSubdirectory("decryptor-test-").FullName;
    }

    public string Path { get; }

    public string SpoolPath => $"{Path}/spool";

    public Spool OpenSpool(SpoolOptions? options = null) => Spool.Open(SpoolPath, options);

    /// <summary>Writes a file below the scratch directory and gives its path.</summary>
    public string Write(string name, string contents)
    {
        var path = $"{Path}/{name}";
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, contents);
        return path;
    }

    /// <summary>Everything in the spool below a room, as sorted relative paths.</summary>
    public string[] In(string room) =>
        [.. Directory.EnumerateFileSystemEntries($"{SpoolPath}/{room}", "*", SearchOption.AllDirectories)
            .Select(path => System.IO.Path.GetRelativePath($"{SpoolPath}/{room}", path)).Order(StringComparer.Ordinal)];

    public static Job NewJob(long id, string source = "boot.xlog", string tenant = "") => new()
    {
        Id = id,
        Source = source,
        Tenant = tenant,
        Bytes = 3,
        Arrived = new DateTimeOffset(2026, 11, 23, 8, 0, 0, TimeSpan.Zero),
    };

    /// <summary>The permissions as chmod writes them.</summary>
    public static string ModeOf(string path) => OperatingSystem.IsWindows()
        ? throw new PlatformNotSupportedException()
        : Convert.ToString((int)File.GetUnixFileMode(path), 8);

    public static void Shell(string command)
    {
        using var shell = System.Diagnostics.Process.Start("/bin/sh", ["-c", command]);
        shell.WaitForExit();
        Assert.That(shell.ExitCode, Is.Zero, command);
    }

    // rm goes deeper than .NET does.
    public void Dispose() => Shell($"rm -rf '{Path}'");
}
