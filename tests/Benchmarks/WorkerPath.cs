namespace Decryptor.Benchmarks;

/// <summary>The workers as <c>scripts/build</c> has left them.</summary>
static class WorkerPath
{
    /// <summary>The one for any x86-64.</summary>
    public static string Built { get; } = Path.Combine(Out(), "decryptor-worker");

    /// <summary>Every build that runs on this processor, the best one first.</summary>
    public static IReadOnlyList<string> All { get; } =
        System.Runtime.Intrinsics.X86.Avx2.IsSupported ? [$"{Built}-v3", Built] : [Built];

    static string Out()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "Decryptor.sln"))) root = root.Parent;
        return Path.Combine(root!.FullName, "out");
    }
}
