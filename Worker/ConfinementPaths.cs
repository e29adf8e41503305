using System.Text;

namespace Decryptor.Worker;

/// <summary>
/// What a confined worker may still open. A path that is not there when the worker starts is left out, and stays out.
/// </summary>
/// <param name="folder">
/// The worker's own: <c>in/</c> is to be read there, <c>out/</c> to be written.
/// </param>
sealed class ConfinementPaths(string folder)
{
    /// <summary>
    /// The file in the worker's folder in which a supervisor names inputs that lie elsewhere: absolute paths in UTF-8,
    /// each followed by a zero byte.
    /// </summary>
    internal const string ListName = "inputs";

    const int ListBytesMax = 64 << 20;
    const string OwnMap = "/proc/self/maps";

    // Where a library may lie that is loaded at its first use, as OpenSSL is; and what the runtime asks about the
    // machine when it starts: its processors, its memory, and how much of both is ours.
    static readonly string[] SystemFolders =
        ["/lib", "/lib64", "/usr/lib", "/usr/lib64", "/sys/fs/cgroup", "/sys/devices/system"];

    static readonly string[] SystemFiles =
        ["/etc/ld.so.cache", "/etc/ssl/openssl.cnf", "/etc/pki/tls/openssl.cnf", "/dev/urandom", "/proc/meminfo",
            "/proc/self/maps", "/proc/self/mountinfo", "/proc/self/cgroup"];

    readonly List<string> _folders = [.. SystemFolders, Path.Combine(folder, "in")];

    /// <summary>
    /// Files that may be read. The list of inputs is read when this is, and can be only as long as nothing is confined.
    /// </summary>
    internal IEnumerable<string> Files =>
        SystemFiles.Concat(ReadList(Path.Combine(folder, ListName)).Where(IsNoFolder));

    /// <summary>Folders in which everything may be read.</summary>
    internal IReadOnlyList<string> Folders => _folders;

    /// <summary>The folder in which files and folders may be made, read, written and removed.</summary>
    internal string Output { get; } = Path.Combine(folder, "out");

    /// <summary>
    /// What this process runs at this moment: the program, its loader and their libraries, which the second life needs
    /// wherever this system keeps them. The loader is a program as well, so all of these may be executed. The program
    /// is there by its process too, since its file may just have been replaced by a newer one.
    /// </summary>
    internal static IEnumerable<string> Programs =>
        File.ReadLines(OwnMap)
            .Select(line => line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries))
            .Where(fields => fields.Length == 6 && fields[1].Contains('x') && fields[5].StartsWith('/'))
            .Select(fields => fields[5])
            .Append(Confinement.OwnProgram)
            .Distinct();

    /// <summary>A further folder that may be read, which must be there.</summary>
    internal ConfinementPaths AndFolder(string path)
    {
        _folders.Add(path);
        return this;
    }

    static string[] ReadList(string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists) return [];
        if (file.Length > ListBytesMax) throw new IOException($"{path} has {file.Length} bytes of paths");
        return Encoding.UTF8.GetString(File.ReadAllBytes(path)).Split('\0', StringSplitOptions.RemoveEmptyEntries);
    }

    // Whoever names a folder by mistake has not opened what is in it.
    static bool IsNoFolder(string path) => !Directory.Exists(path);
}
