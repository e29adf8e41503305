namespace Decryptor.Architecture.Tests;

/// <summary>The files of this project as they lie on disk, without what a build leaves behind.</summary>
static class Repository
{
    public static readonly string Root = FindRoot();

    static readonly string[] Left = [".git", ".vs", ".idea", "artifacts", "out", "bin", "obj", "TestResults"];

    static readonly string[] Readable =
        [".cs", ".md", ".csproj", ".props", ".sln", ".json", ".yml", ".txt", ".editorconfig", ""];

    static readonly Lazy<IReadOnlyList<Source>> All = new(() => [.. Files(Root).Where(IsReadable).Select(Read)]);

    public static IEnumerable<string> TopLevel =>
        Directory.GetFileSystemEntries(Root).Select(Path.GetFileName).OfType<string>().Except(Left);

    /// <summary>Everything that a person may read here.</summary>
    public static IEnumerable<Source> Texts => All.Value;

    /// <summary>What is shipped.</summary>
    public static IEnumerable<Source> Product =>
        Code.Where(source => !source.Path.StartsWith("tests/", StringComparison.Ordinal));

    public static IEnumerable<Source> Tests =>
        Code.Where(source => source.Path.Contains(".Tests/", StringComparison.Ordinal));

    public static IEnumerable<Source> Code =>
        Texts.Where(source => source.Path.EndsWith(".cs", StringComparison.Ordinal));

    static bool IsReadable(string path) => Readable.Contains(Path.GetExtension(path));

    static Source Read(string path) => new(Path.GetRelativePath(Root, path), File.ReadAllText(path));

    static IEnumerable<string> Files(string folder) =>
        Directory.GetFiles(folder).Concat(
            Directory.GetDirectories(folder).Where(each => !Left.Contains(Path.GetFileName(each))).SelectMany(Files));

    static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Decryptor.sln")))
            folder = folder.Parent ?? throw new DirectoryNotFoundException("these tests run inside the project");
        return folder.FullName;
    }
}
