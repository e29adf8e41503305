using System.Text;

namespace Decryptor.Supervisor.Cli.Manual;

/// <summary>
/// Text in lines of so many columns. Chinese is broken between its characters, which take two columns each, but never
/// before a mark that closes and never after one that opens. The marks <c>`</c> take no room.
/// </summary>
static class Fill
{
    /// <summary>The columns of texts for people: what the terminal has, but no more than can be read well.</summary>
    public const int ColumnsMax = 80;

    const int ColumnsMin = 40;
    const string Closing = "，。；：！？、）”』」》,.;:!?)";
    const string Opening = "（“『「《";
    static readonly Rune Mark = new('`'), Letter = new('a');

    /// <summary>The columns that stdout has: of a terminal its own, else <see cref="ColumnsMax"/>.</summary>
    public static int Columns
    {
        get
        {
            using var stdout = new StandardStream(1);
            return stdout.Columns is > 0 and var columns ? Math.Clamp(columns, ColumnsMin, ColumnsMax) : ColumnsMax;
        }
    }

    /// <summary>The lines of a text, the first behind <paramref name="first"/>, the others indented as far.</summary>
    public static IEnumerable<string> Lines(string text, int columns, string first = "")
    {
        var indent = WidthOf(first);
        var line = new StringBuilder(first);
        var (used, isEmpty) = (indent, true);
        foreach (var (atom, isApart) in Atoms(text))
        {
            var width = WidthOf(atom);
            var gap = isApart && !isEmpty ? 1 : 0;
            if (!isEmpty && used + gap + width > columns)
            {
                yield return line.ToString();
                line.Clear().Append(' ', indent);
                (used, gap) = (indent, 0);
            }

            line.Append(' ', gap).Append(atom);
            (used, isEmpty) = (used + gap + width, false);
        }

        yield return line.ToString().TrimEnd();
    }

    /// <summary>The columns that a text takes.</summary>
    public static int WidthOf(string text) => text.EnumerateRunes().Sum(WidthOf);

    /// <summary>The text with spaces behind it up to a number of columns.</summary>
    public static string Pad(string text, int columns) => text + new string(' ', Math.Max(0, columns - WidthOf(text)));

    static int WidthOf(Rune rune) => rune.Value switch
    {
        '`' => 0,
        >= 0x1100 and <= 0x115f or >= 0x2e80 and <= 0xa4cf or >= 0xac00 and <= 0xd7a3 or >= 0xf900 and <= 0xfaff
            or >= 0xfe30 and <= 0xfe4f or >= 0xff00 and <= 0xff60 or >= 0xffe0 and <= 0xffe6
            or >= 0x20000 and <= 0x3fffd => 2,
        _ => 1,
    };

    // Pieces that must not be broken, and whether a space stood before each.
    static IEnumerable<(string Atom, bool IsApart)> Atoms(string text)
    {
        var atom = new StringBuilder();
        var (isApart, sawSpace, isMarked, isBegun) = (false, false, false, false);
        Rune? last = null;
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value is ' ' or '\n')
            {
                sawSpace = true;
                continue;
            }

            // The mark that begins goes with what is behind it, the mark that ends with what is before.
            var begins = rune == Mark && !isMarked;
            var mayBreak = !isBegun && (rune != Mark || begins) && MayBreak(last, begins ? Letter : rune);
            if (atom.Length > 0 && (sawSpace || mayBreak))
            {
                yield return (atom.ToString(), isApart);
                atom.Clear();
                isApart = sawSpace;
            }

            if (rune == Mark) isMarked = !isMarked;
            else last = rune;
            (sawSpace, isBegun) = (false, begins);
            atom.Append(rune);
        }

        if (atom.Length > 0) yield return (atom.ToString(), isApart);
    }

    static bool MayBreak(Rune? before, Rune after) => before is { } left
        && (WidthOf(left) == 2 || WidthOf(after) == 2)
        && !Closing.Contains(after.ToString(), StringComparison.Ordinal)
        && !Opening.Contains(left.ToString(), StringComparison.Ordinal);
}
