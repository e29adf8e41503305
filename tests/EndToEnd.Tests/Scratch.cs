namespace Decryptor.EndToEnd.Tests;

/// <summary>A folder that is gone after the test.</summary>
sealed class Scratch : IDisposable
{
    /// <param name="inMemory">On a disk of memory where there is one, for tests that write much and sync often.</param>
    public Scratch(bool inMemory = false)
    {
        const string memory = "/dev/shm";
        Folder = inMemory && Directory.Exists(memory)
            ? Directory.CreateDirectory($"{memory}/decryptor-test-{Guid.NewGuid():N}").FullName
            : Directory.CreateTempSubdirectory("decryptor-test-").FullName;
    }

    public string Folder { get; }

    public string this[string name] => Path.Combine(Folder, name);

    /// <summary>Writes a file with an old date, as one that nobody is writing any more.</summary>
    public string Write(string name, byte[] content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(this[name])!);
        File.WriteAllBytes(this[name], content);
        File.SetLastWriteTimeUtc(this[name], DateTime.UtcNow.AddMinutes(-1));
        return this[name];
    }

    /// <summary>A key ring of one file.</summary>
    public string Ring(params string[] lines)
    {
        const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var folder = Directory.CreateDirectory(this["keys"], owner | UnixFileMode.UserExecute).FullName;
        var file = Path.Combine(folder, "ring");
        File.WriteAllLines(file, lines);
        File.SetUnixFileMode(file, owner);
        return folder;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
