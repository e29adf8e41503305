using System.Diagnostics;
using System.IO.Compression;

namespace Decryptor.EndToEnd.Tests;

/// <summary>
/// The programs under test: what <c>scripts/build</c> has left in <c>out/</c>, which is what users run; where that is
/// absent, the builds for development beside the tests.
/// </summary>
static class Programs
{
    public static string Root { get; } = FindRoot();

    public static string Supervisor { get; } = Find("decryptor");

    public static string Worker { get; } = Find("decryptor-worker");

    public static string FakeWorker { get; } = Path.Combine(AppContext.BaseDirectory, "FakeWorker");

    /// <summary>The corpus of real files; null on a machine that does not have it.</summary>
    public static string? Corpus { get; } = FindCorpus();

    public static string NeedCorpus(string part)
    {
        if (Corpus is null || !Directory.Exists(Path.Combine(Corpus, part)))
            Assert.Ignore($"the corpus of real files ({part}) is not on this machine");
        return Path.Combine(Corpus!, part);
    }

    /// <summary>The packages in a folder of the corpus: all that is not the expected text of another.</summary>
    public static string[] PackagesIn(string folder) =>
        [.. Directory.GetFiles(folder).Where(file => !file.EndsWith(".txt.gz", StringComparison.Ordinal)).Order()];

    /// <summary>The text that a package of the corpus must become.</summary>
    public static byte[] ExpectedTextOf(string file)
    {
        using var text = new MemoryStream();
        using var gzip = new GZipStream(File.OpenRead(file + ".txt.gz"), CompressionMode.Decompress);
        gzip.CopyTo(text);
        return text.ToArray();
    }

    /// <summary>Runs the program to its end.</summary>
    public static Ran Run(params string[] arguments) => Run(new Dictionary<string, string>(), arguments);

    public static Ran Run(Dictionary<string, string> environment, params string[] arguments) =>
        RunOther(Supervisor, environment, arguments);

    /// <summary>Runs another program to its end.</summary>
    public static Ran RunOther(string program, Dictionary<string, string> environment, params string[] arguments)
    {
        using var process = Start(program, environment, arguments);
        process.StandardInput.Close();
        using var stdout = new MemoryStream();
        var errors = process.StandardError.ReadToEndAsync();
        process.StandardOutput.BaseStream.CopyTo(stdout);
        process.WaitForExit();
        return new(process.ExitCode, stdout.ToArray(), errors.GetAwaiter().GetResult());
    }

    public static Process Start(Dictionary<string, string> environment, params string[] arguments) =>
        Start(Supervisor, environment, arguments);

    /// <summary>Starts another program, one that starts ours in the end.</summary>
    public static Process StartOther(string program, string[] arguments) => Start(program, [], arguments);

    static Process Start(string program, Dictionary<string, string> environment, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Remove("DECRYPTOR_KEYS");
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return Process.Start(start)!;
    }

    static string Find(string name)
    {
        var built = Path.Combine(Root, "out", name);
        return File.Exists(built) ? built : Path.Combine(AppContext.BaseDirectory, name);
    }

    static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Decryptor.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException("no Decryptor.sln above the tests");
    }

    static string? FindCorpus()
    {
        for (var folder = new DirectoryInfo(Root); folder is not null; folder = folder.Parent)
        {
            var corpus = Path.Combine(folder.FullName, "shared", "corpus");
            if (Directory.Exists(corpus)) return corpus;
        }

        return null;
    }
}

/// <summary>How a program ended and what it printed.</summary>
sealed record Ran(int ExitCode, byte[] Stdout, string Stderr)
{
    public string Text => System.Text.Encoding.UTF8.GetString(Stdout);

    public override string ToString() => $"exit {ExitCode}\n{Text}\n{Stderr}";
}
