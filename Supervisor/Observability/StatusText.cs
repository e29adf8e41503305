using System.Globalization;
using System.Text;

namespace Decryptor.Supervisor.Observability;

/// <summary>The status as one screen of text, worst first, with what will happen next.</summary>
static class StatusText
{
    static readonly Columns _columns = new(
        ("WORKER", 9), ("PID", 8), ("STATE", 9), ("FOR", 7), ("DONE", 5), ("RSS", 9),
        ("JOB", 10), ("IN", 19), ("OUT", 9), ("QUIET", 7), ("NEXT", 0));
    public static string Render(StatusView view)
    {
        var text = new StringBuilder();
        Line(text, $"decryptor status · {view.At:yyyy-MM-ddTHH:mm:ss.fffZ} · {view.Trigger}");
        Line(text, $"VERDICT   {view.Verdict.ToUpperInvariant(),-9} {string.Join(" · ", view.Reasons)}");
        Line(text, "");
        Service(text, view);
        Queue(text, view.Queue);
        Totals(text, view.Totals);
        Facts(text, "keys", view.Keys.Count > 0 ? view.Keys : ["none"]);
        Facts(
            text, "workers", $"{view.WorkersWanted} wanted",
            $"{view.Totals.WorkerStarts} started, {view.Totals.WorkerExits} gone",
            $"{view.Totals.StaleWords} stale words dropped");
        Confined(text, view.Confinements);
        Line(text, "");
        Workers(text, view.Workers);
        return text.ToString();
    }

    static void Service(StringBuilder text, StatusView view)
    {
        Facts(
            text, "service", view.Version, $"pid {view.Pid}",
            $"up {Span(view.At - view.Start)}", $"spool {view.Spool}");
        Facts(text, "loop", $"turned {view.LoopSilentSeconds:0.0} s ago");
    }

    static void Queue(StringBuilder text, StatusQueue queue) => Facts(
        text, "queue", $"{queue.Undecrypted} undecrypted{Oldest(queue)}",
        $"{queue.Decrypting} decrypting", $"{queue.Suspects} suspect");

    static void Totals(StringBuilder text, StatusTotals totals)
    {
        Facts(
            text, "totals", $"{totals.Complete} complete", $"{totals.Partial} partial", $"{totals.Failed} failed",
            $"in {Size(totals.BytesIn)} → out {Size(totals.BytesOut)}");
        if (totals.Failures.Count > 0)
            Facts(text, "codes", totals.Failures.Select(code => $"{code.Key} {code.Value}"));
    }

    static void Confined(StringBuilder text, IReadOnlyList<string> said) => Facts(text, "confined", said switch
    {
        [] => ["no worker has greeted yet"],
        [var one] => [$"every worker: {Harmless.Text(one)}"],
        _ => said.Select(one => $"some workers: {Harmless.Text(one)}"),
    });

    static void Workers(StringBuilder text, IReadOnlyList<StatusWorker> workers)
    {
        Line(text, _columns.Headings);
        foreach (var worker in workers.OrderBy(Rank).ThenBy(worker => worker.Slot)) Line(text, LineOf(worker));
    }

    static int Rank(StatusWorker worker) => worker.State switch
    {
        "leaving" => 0,
        "busy" => 1,
        _ => 2,
    };

    static string LineOf(StatusWorker worker) => _columns.Line(
        worker.Worker ?? $"({worker.Slot})",
        worker.Pid?.ToString(CultureInfo.InvariantCulture) ?? "-",
        worker.State,
        Seconds(worker.ForSeconds),
        worker.JobsDone.ToString(CultureInfo.InvariantCulture),
        SizeIfKnown(worker.Rss),
        worker.Job is { } id ? $"{id}-{worker.Attempt}" : "-",
        worker.Bytes is { } bytes ? $"{Size(worker.BytesIn ?? 0)}/{Size(bytes)}" : "-",
        SizeIfKnown(worker.BytesOut),
        Seconds(worker.QuietSeconds),
        Next(worker));

    static string Next(StatusWorker worker) => worker.NextInSeconds is { } left
        ? string.Create(CultureInfo.InvariantCulture, $"{worker.Next} in {left:0.0} s")
        : worker.Next.Length > 0 ? worker.Next : "ready";

    static string Oldest(StatusQueue queue) => queue.OldestSeconds is { } age ? $", oldest {Seconds(age)}" : "";

    static string Seconds(double? seconds) =>
        seconds is { } known ? string.Create(CultureInfo.InvariantCulture, $"{known:0.0}s") : "-";

    static string Span(TimeSpan span) => span.TotalDays >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{span:d\\d\\ hh\\:mm}")
        : string.Create(CultureInfo.InvariantCulture, $"{span:hh\\:mm\\:ss}");

    static string SizeIfKnown(long? bytes) => bytes is { } known ? Size(known) : "-";

    /// <summary>Bytes in binary units, three digits.</summary>
    public static string Size(long bytes)
    {
        string[] units = ["B", "KiB", "MiB", "GiB", "TiB"];
        double value = bytes;
        var unit = 0;
        for (; value >= 1024 && unit < units.Length - 1; unit++) value /= 1024;
        return unit == 0
            ? $"{bytes} B"
            : string.Create(CultureInfo.InvariantCulture, $"{value:0.0} {units[unit]}");
    }

    static void Facts(StringBuilder text, string name, params IEnumerable<string> facts) =>
        Line(text, $"{name,-9} {string.Join(" · ", facts)}");

    static void Line(StringBuilder text, string line) => text.Append(line.TrimEnd()).Append('\n');
}
