using System.Globalization;
using System.Text;
using Decryptor.Supervisor.Observability;

namespace Decryptor.Supervisor.Cli;

/// <summary>
/// A terminal as one page that is drawn over and over in its place: on its second screen, so that what was there comes
/// back at the end, each page in one write and cut to the columns and rows that there are.
/// </summary>
sealed class Screen : IDisposable
{
    const string Begin = "\e[?1049h\e[?25l", End = "\e[?25h\e[?1049l";
    const string Home = "\e[H", ClearLine = "\e[K", ClearRest = "\e[J";

    readonly StandardStream _terminal;

    Screen(StandardStream terminal)
    {
        _terminal = terminal;
        Write(Begin);
    }

    /// <summary>Its columns and rows now.</summary>
    public (int Columns, int Rows) Size => _terminal.Size;

    /// <summary>Takes the terminal; null where it is none, or one that can only print.</summary>
    public static Screen? On(StandardStream terminal) =>
        terminal.Size is { Columns: > 0, Rows: > 0 }
        && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb") ? new(terminal) : null;

    /// <summary>Draws a page.</summary>
    public void Show(string page) => Write(Drawn(page, Size));

    /// <summary>What is written to draw a page.</summary>
    public static string Drawn(string page, (int Columns, int Rows) size)
    {
        var lines = Fitting(page.TrimEnd('\n').Split('\n'), Math.Max(1, size.Rows));
        var drawn = new StringBuilder(Home);
        foreach (var (i, line) in lines.Index())
        {
            var cut = Page.Cut(line, size.Columns);
            drawn.Append(i > 0 ? "\r\n" : "").Append(cut);
            // At the end of a full line the cursor still stands on its last letter.
            if (Page.Width(cut) < size.Columns) drawn.Append(ClearLine);
        }

        if (lines.Length < size.Rows) drawn.Append("\r\n").Append(ClearRest);
        return drawn.ToString();
    }

    public void Dispose() => Write(End);

    static string[] Fitting(string[] lines, int rows) => lines.Length <= rows ? lines
        : [.. lines[..(rows - 1)],
            string.Create(CultureInfo.InvariantCulture, $"… {lines.Length - rows + 1} more lines")];

    void Write(string text) => _terminal.Write(Encoding.UTF8.GetBytes(text));
}
