namespace Decryptor.Supervisor.Observability;

/// <summary>
/// A table of text: a line of headings, and lines whose cells stand below them. A cell wider than its column pushes the
/// rest of its line to the right; nothing is cut. A line of too few or too many cells is our own mistake, and throws.
/// </summary>
sealed class Columns(params (string Heading, int Width)[] columns)
{
    public string Headings => Line([.. columns.Select(column => column.Heading)]);

    public string Line(params string[] cells)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(cells.Length, columns.Length);
        return string.Join(' ', cells.Zip(columns, (cell, column) => cell.PadRight(column.Width)));
    }
}
