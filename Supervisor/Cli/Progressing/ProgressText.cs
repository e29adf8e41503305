using System.Globalization;
using Decryptor.Protocol;
using Decryptor.Supervisor.Observability;

namespace Decryptor.Supervisor.Cli.Progressing;

/// <summary>How far a run is, in lines for people. Nothing here looks at a clock or a terminal.</summary>
static class ProgressText
{
    const int NameLeast = 12, BarLeast = 6, BarMost = 30, BarsMax = 8;
    const int RoomForSizes = 60, RoomForPace = 72;

    /// <summary>
    /// A bar for each input in hand, at most as many as fit the <paramref name="rows"/>, and the total below them; no
    /// line is wider than <paramref name="columns"/>.
    /// </summary>
    public static IReadOnlyList<string> Bars(RunSight sight, Paces paces, int columns, int rows, BarStyle style)
    {
        var shown = sight.Running.Take(Math.Clamp(rows - 2, 0, BarsMax)).ToList();
        var more = sight.Running.Count - shown.Count;
        var names = shown.Select(one => Page.Width(Harmless.Text(one.Name))).DefaultIfEmpty().Max();
        var lines = shown.Select(one => Bar(one, paces.Of(one), (columns, names), style)).ToList();
        var total = Total(sight, paces.All, columns) + (more > 0 ? $" · {more} more in hand" : "");
        return [.. lines, Page.Cut(total, columns)];
    }

    /// <summary>
    /// The whole run in one line: <c>1/5 inputs · 43 % · 96 MiB/s · ETA 0:02 · 812 blocks, 3 bad</c>. Where there is no
    /// room for all, blocks go first, and the pace after them.
    /// </summary>
    public static string Total(RunSight sight, Pace pace, int columns = int.MaxValue)
    {
        var inputs = $"{sight.Ended}/{sight.Inputs} {(sight.Inputs == 1 ? "input" : "inputs")}";
        var (share, left) = (Percent(sight.Read, sight.Bytes), Left(sight.Bytes - sight.Read, pace));
        var all = Joined(inputs, share, Speed(pace), left, Words(sight.Blocks));
        if (all.Length <= columns) return all;
        var some = Joined(inputs, share, Speed(pace), left);
        return some.Length <= columns ? some : Joined(inputs, share, left);
    }

    static string Joined(params string?[] parts) => string.Join(" · ", parts.OfType<string>());

    /// <summary>One input in a line of its own, for where no bar is drawn.</summary>
    public static string Line(InputSight one, Pace pace)
    {
        var told = Joined(
            $"{StatusText.Size(one.Read)} of {StatusText.Size(one.Bytes)} read", Percent(one.Read, one.Bytes),
            $"{StatusText.Size(one.Written)} of text", Speed(pace), Words(one.Blocks));
        return $"{one.Name}: {told}";
    }

    static string Bar(InputSight one, Pace pace, (int All, int Names) columns, BarStyle style)
    {
        var figures = (Percent(one.Read, one.Bytes) ?? "").PadLeft(5)
            + (columns.All >= RoomForSizes ? $"  {Sizes(one),21}" : "")
            + (columns.All >= RoomForPace ? $"  {Speed(pace) ?? "",12}" : "");
        var room = columns.All - figures.Length - 3;
        var name = Math.Min(columns.Names, Math.Max(NameLeast, room - Math.Clamp(room / 2, BarLeast, BarMost)));
        var called = Page.Cut(Harmless.Text(one.Name), name);
        var bar = style.Draw(one.Read, one.Bytes, Math.Clamp(room - name, BarLeast, BarMost));
        return Page.Cut($"  {called}{new string(' ', name - Page.Width(called))} {bar}{figures}", columns.All);
    }

    static string Sizes(InputSight one) => $"{StatusText.Size(one.Read)}/{StatusText.Size(one.Bytes)}";

    static string? Percent(long done, long all) =>
        all > 0 ? string.Create(CultureInfo.InvariantCulture, $"{(int)(100.0 * done / all)} %") : null;

    static string? Speed(Pace pace) => pace.PerSecond is { } bytes ? $"{StatusText.Size((long)bytes)}/s" : null;

    static string? Left(long rest, Pace pace) => rest <= 0 ? null
        : pace.TimeFor(rest) is not { } time ? "ETA -:--"
        : time.TotalHours >= 1 ? $"ETA {(int)time.TotalHours}:{time:mm\\:ss}"
        : $"ETA {time.Minutes}:{time.Seconds:00}";

    static string? Words(BlockCount blocks) => blocks.Total == 0 ? null
        : $"{blocks.Total} {(blocks.Total == 1 ? "block" : "blocks")}{(blocks.Bad > 0 ? $", {blocks.Bad} bad" : "")}";
}

/// <summary>What a bar is drawn of.</summary>
/// <param name="Full">One column that is done.</param>
/// <param name="Empty">One that is not.</param>
sealed record BarStyle(char Full, char Empty)
{
    static readonly string[] _locales = ["LC_ALL", "LC_CTYPE", "LANG"];

    public static readonly BarStyle Lines = new('━', '─'), Ascii = new('#', '.');

    /// <summary>Lines where the terminal reads UTF-8, as the variables of the locale say.</summary>
    public static BarStyle Of(Func<string, string?> variable)
    {
        var locale = _locales.Select(variable).FirstOrDefault(one => one is { Length: > 0 });
        var isUtf8 = locale?.Replace("-", "", StringComparison.Ordinal)
            .Contains("utf8", StringComparison.OrdinalIgnoreCase) ?? false;
        return isUtf8 ? Lines : Ascii;
    }

    public string Draw(long done, long all, int columns)
    {
        var full = all > 0 ? (int)Math.Clamp(done * (double)columns / all, 0, columns) : 0;
        return new string(Full, full) + new string(Empty, columns - full);
    }
}
