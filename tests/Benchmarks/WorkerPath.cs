namespace Decryptor.Benchmarks;

/// <summary>The worker as <c>scripts/build</c> has left it.</summary>
static class WorkerPath
{
    public static string Built { get; } = Find();

    static string Find()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "Decryptor.sln"))) root = root.Parent;
        return Path.Combine(root!.FullName, "out", "decryptor-worker");
    }
}
