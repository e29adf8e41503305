using System.Text.RegularExpressions;

namespace Decryptor.EndToEnd.Tests;

/// <summary>The program on a pseudo-terminal of so many columns.</summary>
static partial class Terminal
{
    /// <summary>
    /// Runs a call of the program in a folder, as if Ctrl-C were pressed after so many seconds; what it prints on both
    /// streams comes back as text.
    /// </summary>
    public static Ran Run(
        int columns, string folder, string call, string term = "xterm", int rows = 24, double seconds = 30)
    {
        if (Shell.Run("command -v script && command -v stty").ExitCode != 0)
            Assert.Ignore("script and stty, which make the terminal, are not installed");
        return Shell.Run(
            $"cd \"$1\" && TERM={term} exec script -qec \"stty cols $2 rows $5 && "
            + "timeout --foreground --preserve-status -s INT $6 '$3' $4\" /dev/null",
            folder, $"{columns}", Programs.Supervisor, call, $"{rows}",
            seconds.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>The lines as they are seen, without colour.</summary>
    public static string[] LinesOf(Ran ran) =>
        [.. Colour().Replace(ran.Text, "").Split('\n').Select(line => line.TrimEnd('\r'))];

    [GeneratedRegex(@"\e\[[0-9;]*m")]
    private static partial Regex Colour();
}
