using System.Text.Json;
using Decryptor.Protocol;

namespace Decryptor.Supervisor.Cli;

/// <summary>
/// Tells a person what is missing of an input and why, from its report: a line for each file that is not whole, for
/// each range of bytes that gave nothing, and for each warning. Long lists end with a count.
/// </summary>
static class Losses
{
    const int LinesMax = 20;

    /// <summary>Says what the report in <paramref name="folder"/> tells of losses, if of any, line by line.</summary>
    public static void Tell(string folder, Action<string> say)
    {
        if (Read(Path.Combine(folder, Report.FileName), say) is not { } report) return;
        var lines = report.Files.SelectMany(file => Lines(file, isOnly: report.Files.Count == 1)).ToList();
        foreach (var line in lines.Take(LinesMax)) say($"  {line}");
        if (lines.Count > LinesMax)
            say($"  and {lines.Count - LinesMax} lines more: unpack writes all of them to {Report.FileName}");
    }

    static IEnumerable<string> Lines(ReportedFile file, bool isOnly)
    {
        var name = isOnly ? "" : $"{file.Source}: ";
        if (!isOnly && file.Code is { } code) yield return $"{name}{file.Message} ({code}, {file.Outcome})";
        foreach (var gap in file.Gaps)
            yield return $"{name}bytes {gap.Offset} to {gap.Offset + Math.Max(gap.Length - 1, 0)}: "
                + $"{gap.Reason}{Where(gap)}";
        foreach (var warning in file.Warnings) yield return $"{name}warning: {warning}";
    }

    static string Where(Gap gap) => (gap.Hours, gap.Sequence) switch
    {
        (null, null) => "",
        (var hours, null) => $" (hour {hours})",
        var (hours, blocks) => $" (hour {hours ?? "unknown"}, block number {blocks})",
    };

    static Report? Read(string path, Action<string> say)
    {
        try
        {
            return File.Exists(path) ? Report.FromJson(File.ReadAllBytes(path)) : null;
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            say($"  the report cannot be read: {e.Message}");
            return null;
        }
    }
}
