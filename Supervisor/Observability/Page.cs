using System.Globalization;
using System.Text;

namespace Decryptor.Supervisor.Observability;

/// <summary>
/// A page of text for a terminal: no line is wider than the page, and nothing in it acts on a terminal. What does not
/// fit goes on below, and what does not fit there is cut.
/// </summary>
sealed class Page(int width)
{
    const int NameWidth = 9;
    const string Gap = " · ";
    const int LinesMax = 4;
    const int WordMax = 20;

    readonly StringBuilder _text = new();

    public override string ToString() => _text.ToString();

    public void Line(string line) => _text.Append(Cut(Harmless.Text(line).TrimEnd(), width)).Append('\n');

    /// <summary>
    /// A name, and what there is to say of it, over as many lines as it takes; one fact takes about four at most.
    /// </summary>
    public void Facts(string name, params IEnumerable<string> facts)
    {
        var line = Padded(name, NameWidth) + ' ';
        var begun = line.Length;
        foreach (var part in facts.SelectMany(fact => Parts(Harmless.Text(fact))))
        {
            var joined = line.Length == begun ? line + part.Text : line + (part.Begins ? Gap : " ") + part.Text;
            if (Width(joined) > width && line.Length > begun)
            {
                Line(line);
                begun = NameWidth + 1;
                joined = new string(' ', begun) + part.Text;
            }

            line = joined;
        }

        Line(line);
    }

    // A fact that fits on a line stays in one piece; another goes on from line to line.
    IEnumerable<(string Text, bool Begins)> Parts(string fact)
    {
        var room = width - NameWidth - 1;
        if (Width(fact) <= room) return [(fact, true)];
        return Cut(fact, LinesMax * (room - WordMax)).Split(' ').Select((word, i) => (Cut(word, room), i == 0));
    }

    /// <summary>Cells below headings; those of a negative width stand at the right of their column.</summary>
    public void Row(int indent, ReadOnlySpan<int> widths, params ReadOnlySpan<string> cells)
    {
        var line = new StringBuilder().Append(' ', indent);
        for (var i = 0; i < cells.Length; i++)
        {
            var room = Math.Abs(widths[i]);
            var cell = Harmless.Text(cells[i]);
            if (room > 0) cell = Cut(cell, room);
            var pad = new string(' ', Math.Max(0, room - Width(cell)));
            line.Append(i > 0 ? " " : "").Append(widths[i] < 0 ? pad + cell : cell + pad);
        }

        Line(line.ToString());
    }

    /// <summary>How many columns of a terminal the text takes.</summary>
    public static int Width(string text)
    {
        var columns = 0;
        foreach (var rune in text.EnumerateRunes()) columns += Width(rune);
        return columns;
    }

    /// <summary>The text, or as much of it as fits and a sign that there was more.</summary>
    public static string Cut(string text, int columnsMax)
    {
        if (Width(text) <= columnsMax) return text;
        var cut = new StringBuilder();
        var left = columnsMax - 1;
        foreach (var rune in text.EnumerateRunes())
        {
            left -= Width(rune);
            if (left < 0) break;
            cut.Append(rune);
        }

        return cut.Append('…').ToString();
    }

    static string Padded(string text, int columns) => text + new string(' ', Math.Max(0, columns - Width(text)));

    // Marks stand on the letter before; East Asian letters and pictures take two columns.
    static int Width(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark => 0,
        _ => rune.Value is (>= 0x1100 and <= 0x115f) or (>= 0x2e80 and <= 0xa4cf) or (>= 0xac00 and <= 0xd7a3)
            or (>= 0xf900 and <= 0xfaff) or (>= 0xfe30 and <= 0xfe6f) or (>= 0xff00 and <= 0xff60)
            or (>= 0xffe0 and <= 0xffe6) or (>= 0x1f300 and <= 0x1faff) or (>= 0x20000 and <= 0x3fffd)
            ? 2
            : 1,
    };
}
