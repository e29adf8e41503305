using Decryptor.Supervisor.Keys;

namespace Decryptor.Benchmarks.Decode;

/// <summary>Key rings for one measurement.</summary>
static class Rings
{
    /// <summary>A ring of these lines, in a folder of their own in the one that is given.</summary>
    public static KeyRing Of(IEnumerable<string> lines, string folder)
    {
        var keys = Directory.CreateDirectory(Path.Combine(folder, "keys")).FullName;
        var path = Path.Combine(keys, "bench");
        File.WriteAllLines(path, lines);
        // The ring refuses files that others may read.
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return KeyRing.Load(keys);
    }
}
