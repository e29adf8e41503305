namespace Decryptor.Supervisor.Tests;

/// <summary>Where the sources are, seen from wherever the tests run.</summary>
static class Repository
{
    public static string Root { get; } = Find();

    static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Decryptor.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException("no Decryptor.sln above the tests");
    }
}
