using System.Globalization;
using Decryptor.Protocol;
using Decryptor.Supervisor.Cli.Manual;
using Decryptor.Supervisor.Observability;
using Decryptor.Supervisor.Scheduling;

namespace Decryptor.Supervisor.Cli;

/// <summary>
/// What became of the inputs of <c>unpack</c>, a line each, in the columns that a terminal has. Of very many only those
/// are listed that are not whole, and of these the first.
/// </summary>
static class UnpackedTable
{
    const int RowsMax = 40;
    const int OutcomeWidth = 8, CodeWidth = 15, TextWidth = 10, BlocksWidth = 13, NameLeast = 10;

    // What falls away where there is no room for it, the last first.
    const int RoomForText = OutcomeWidth + 1 + CodeWidth + 1 + NameLeast + 1 + TextWidth;
    const int RoomForBlocks = RoomForText + 1 + BlocksWidth + NameLeast;

    public static IEnumerable<string> Lines(IReadOnlyList<(string Name, Job Job)> results, int inputs, int columns)
    {
        var listed = results.Count <= RowsMax ? results : [.. results.Where(IsWanting)];
        var rows = listed.Take(RowsMax).ToList();
        var name = Math.Min(
            columns - WidthWithoutName(columns), rows.Select(row => Page.Width(row.Name)).Append(NameLeast).Max());
        if (rows.Count > 0) yield return Line(columns, name, "INPUT", "OUTCOME", "CODE", "TEXT", "BLOCKS");
        foreach (var (input, job) in rows)
            yield return Line(
                columns, name, input, Report.Word(job.Outcome!.Value), job.Code.Length > 0 ? job.Code : "-",
                StatusText.Size(job.BytesOut), Words(job.Blocks));
        if (listed.Count > rows.Count) yield return $"and {listed.Count - rows.Count} more that are not whole";
        foreach (var line in Fill.Lines(Summary(results, inputs), columns)) yield return line;
    }

    static bool IsWanting((string Name, Job Job) result) => result.Job.Outcome != Outcome.Complete;

    static int WidthWithoutName(int columns) => 1 + OutcomeWidth + 1 + CodeWidth
        + (columns >= RoomForText ? 1 + TextWidth : 0) + (columns >= RoomForBlocks ? 1 + BlocksWidth : 0);

    static string Line(int columns, int name, params string[] cells)
    {
        var page = new Page(columns);
        int[] widths = [name, OutcomeWidth, CodeWidth, -TextWidth, -BlocksWidth];
        var shown = columns >= RoomForBlocks ? 5 : columns >= RoomForText ? 4 : 3;
        page.Row(0, widths.AsSpan(0, shown), cells.AsSpan(0, shown));
        return page.ToString().TrimEnd('\n');
    }

    static string Words(BlockCount blocks) => blocks.Total == 0 ? "-"
        : blocks.Bad == 0 ? blocks.Total.ToString(CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{blocks.Ok} of {blocks.Total}");

    static string Summary(IReadOnlyList<(string Name, Job Job)> results, int inputs)
    {
        int Count(Outcome outcome) => results.Count(result => result.Job.Outcome == outcome);
        var left = inputs - results.Count;
        return $"{inputs} inputs: {Count(Outcome.Complete)} complete, {Count(Outcome.Partial)} partial, "
            + $"{Count(Outcome.Failed)} failed{(left > 0 ? $", {left} not done" : "")}";
    }
}
