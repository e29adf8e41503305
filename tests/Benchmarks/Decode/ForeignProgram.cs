using System.Diagnostics;

namespace Decryptor.Benchmarks.Decode;

/// <summary>A program of somebody else's that does the same work, started anew for each run.</summary>
static class ForeignProgram
{
    /// <summary>It as a rival; none where it is not installed, which is told with how to install it.</summary>
    public static IReadOnlyList<Part> AsRival(string program, string package, string[] arguments, Action after)
    {
        if (Find(program) is { } path)
            return [new(program, () => Run(path, arguments), after) { IsProgram = true }];
        Console.WriteLine($"  {program} is not here to be measured; on Debian: sudo apt-get install {package}");
        return [];
    }

    /// <summary>Where it lies; null for nowhere.</summary>
    public static string? Find(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static void Run(string path, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(path, arguments))!;
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{path} failed with {process.ExitCode}");
    }
}
