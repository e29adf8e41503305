using System.Globalization;

namespace Decryptor.Supervisor.Workers;

/// <summary>
/// Where crash cards lie: <c>run/crashes/</c>, made when it is first needed. A card that the disk does not take is
/// counted and done without, since what it tells of has happened all the same. The newest thousand are kept.
/// </summary>
sealed class CrashFolder(string path, int most = CrashFolder.Most)
{
    public const int Most = 1000;

    const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    readonly Lock _gate = new();
    int _count = -1;
    int _lost;

    /// <summary>Cards that could not be written.</summary>
    public int Lost => Volatile.Read(ref _lost);

    /// <summary>The cards of a job in <paramref name="folder"/>, by the number of their attempts.</summary>
    public static IReadOnlyList<string> Of(string folder, long job)
    {
        if (!Directory.Exists(folder)) return [];
        var name = string.Create(CultureInfo.InvariantCulture, $"{job}-");
        return [.. Directory.EnumerateFiles(folder, name + "*.json").OrderBy(path => (path.Length, path))];
    }

    /// <summary>Writes a card; who reads the folder meanwhile sees all of it or nothing.</summary>
    public void Keep(CrashCard card)
    {
        try
        {
            lock (_gate)
            {
                Directory.CreateDirectory(path, Owner | UnixFileMode.UserExecute);
                var name = Path.Combine(path, card.FileName);
                Write(name + ".part", card.ToJson());
                File.Move(name + ".part", name, overwrite: true);
                Shed();
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Interlocked.Increment(ref _lost);
        }
    }

    static void Write(string name, byte[] json)
    {
        using var file = new FileStream(name, new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = Owner,
        });
        file.Write(json);
    }

    // Counted once and then reckoned, since a folder of a thousand is not to be read at each death. Of too many a tenth
    // goes at once.
    void Shed()
    {
        _count = _count < 0 ? Directory.EnumerateFiles(path).Count() : _count + 1;
        if (_count <= most) return;
        var oldest = Directory.EnumerateFiles(path).OrderBy(File.GetLastWriteTimeUtc).ToList();
        foreach (var old in oldest.Take(oldest.Count - most + most / 10)) File.Delete(old);
        _count = -1;
    }
}
