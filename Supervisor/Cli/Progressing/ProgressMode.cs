using Decryptor.Supervisor.Storage;
using Microsoft.Win32.SafeHandles;

namespace Decryptor.Supervisor.Cli.Progressing;

/// <summary>How progress is shown.</summary>
enum ProgressMode
{
    None,

    /// <summary>A line every ten seconds.</summary>
    Lines,

    /// <summary>Bars that move.</summary>
    Bars,
}

/// <summary>What the streams of the program are, as far as it matters for progress.</summary>
/// <param name="StderrIsTerminal">Whether stderr is a terminal that can move its cursor.</param>
/// <param name="StdoutIsTerminal">Whether stdout is one.</param>
/// <param name="StdoutIsFile">Whether stdout is a file on a disk.</param>
readonly record struct Streams(bool StderrIsTerminal, bool StdoutIsTerminal, bool StdoutIsFile)
{
    public static readonly string[] Words = ["auto", "always", "never"];

    /// <summary>Those that we were born with.</summary>
    public static Streams OfProcess()
    {
        var isDumb = Environment.GetEnvironmentVariable("TERM") is null or "" or "dumb";
        using var stdout = new SafeFileHandle(1, ownsHandle: false);
        var isFile = Posix.Look(stdout).Kind == EntryKind.File;
        return new(!Console.IsErrorRedirected && !isDumb, !Console.IsOutputRedirected, isFile);
    }

    /// <summary>
    /// How progress is shown. Into a pipe only where it was asked for: whoever reads there may be drawing on the same
    /// terminal, as a pager does. Never as bars where text goes to the same terminal.
    /// </summary>
    /// <param name="word">What stands behind <c>--progress</c>; null for nothing.</param>
    /// <param name="printsText">Whether the command prints on stdout.</param>
    public ProgressMode Mode(string? word, bool printsText)
    {
        if (word == "never") return ProgressMode.None;
        var mayBeBars = StderrIsTerminal && !(printsText && StdoutIsTerminal);
        if (word == "always") return mayBeBars ? ProgressMode.Bars : ProgressMode.Lines;
        return mayBeBars && (!printsText || StdoutIsFile) ? ProgressMode.Bars : ProgressMode.None;
    }
}
