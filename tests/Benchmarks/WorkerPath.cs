namespace Decryptor.Benchmarks;

/// <summary>The programs as <c>scripts/build</c> has left them.</summary>
static class WorkerPath
{
    /// <summary>The one for any x86-64.</summary>
    public static string Built { get; } = Path.Combine(Out(), "decryptor-worker");

    /// <summary>The service and the command line.</summary>
    public static string Supervisor { get; } = Path.Combine(Out(), "decryptor");

    /// <summary>Every build that runs on this processor, the best one first.</summary>
    public static IReadOnlyList<string> All { get; } =
        System.Runtime.Intrinsics.X86.Avx2.IsSupported ? [$"{Built}-v3", Built] : [Built];

    /// <summary>Where the project lies.</summary>
    public static string Root
    {
        get
        {
            var root = new DirectoryInfo(AppContext.BaseDirectory);
            while (root is not null && !File.Exists(Path.Combine(root.FullName, "Decryptor.sln"))) root = root.Parent;
            return root!.FullName;
        }
    }

    static string Out() => Path.Combine(Root, "out");
}
