using System.Globalization;
using System.Text;

namespace Decryptor.Supervisor.Observability;

/// <summary>The status as one screen of text, 100 columns at most, worst first, with what will happen next.</summary>
static class StatusText
{
    public static string Render(StatusView view)
    {
        var text = new StringBuilder();
        Line(text, $"decryptor status · {view.At:yyyy-MM-ddTHH:mm:ss.fffZ} · {view.Trigger}");
        Line(text, $"VERDICT   {view.Verdict.ToUpperInvariant(),-9} {string.Join(" · ", view.Reasons)}");
        Line(text, "");
        Line(text, $"service   {view.Version} · pid {view.Pid} · up {Span(view.At - view.Start)} · spool {view.Spool}");
        Line(text, $"loop      turned {view.LoopSilentSeconds:0.0} s ago");
        Line(text, $"queue     {view.Queue.Undecrypted} undecrypted{Oldest(view.Queue)} · {view.Queue.Decrypting} decrypting · {view.Queue.Suspects} suspect");
        Line(text, $"totals    {view.Totals.Complete} complete · {view.Totals.Partial} partial · {view.Totals.Failed} failed · in {Size(view.Totals.BytesIn)} → out {Size(view.Totals.BytesOut)}");
        if (view.Totals.Failures.Count > 0)
            Line(text, $"codes     {string.Join(" · ", view.Totals.Failures.Select(code => $"{code.Key} {code.Value}"))}");
        Line(text, $"keys      {(view.Keys.Count > 0 ? string.Join(" · ", view.Keys) : "none")}");
        Line(text, $"workers   {view.WorkersWanted} wanted · {view.Totals.WorkerStarts} started, {view.Totals.WorkerExits} gone · {view.Totals.StaleWords} stale words dropped");
        Line(text, "");
        Workers(text, view.Workers);
        return text.ToString();
    }

    static void Workers(StringBuilder text, IReadOnlyList<StatusWorker> workers)
    {
        Line(text, "WORKER    PID      STATE     FOR     DONE  RSS       JOB        IN                  OUT       QUIET   NEXT");
        foreach (var worker in workers.OrderBy(worker => worker.State == "leaving" ? 0 : worker.State == "busy" ? 1 : 2).ThenBy(w => w.Slot))
        {
            var job = worker.Job is { } id ? $"{id}-{worker.Attempt}" : "-";
            var read = worker.Bytes is { } bytes ? $"{Size(worker.BytesIn ?? 0)}/{Size(bytes)}" : "-";
            Line(text, string.Create(CultureInfo.InvariantCulture,
                $"{worker.Worker ?? $"({worker.Slot})",-9} {worker.Pid?.ToString(CultureInfo.InvariantCulture) ?? "-",-8} {worker.State,-9} {Seconds(worker.ForSeconds),-7} {worker.JobsDone,-5} {(worker.Rss is { } rss ? Size(rss) : "-"),-9} {job,-10} {read,-19} {(worker.BytesOut is { } o ? Size(o) : "-"),-9} {Seconds(worker.QuietSeconds),-7} {Next(worker)}"));
        }
    }

    static string Next(StatusWorker worker) => worker.NextInSeconds is { } left
        ? string.Create(CultureInfo.InvariantCulture, $"{worker.Next} in {left:0.0} s")
        : worker.Next.Length > 0 ? worker.Next : "ready";

    static string Oldest(StatusQueue queue) => queue.OldestSeconds is { } age ? $", oldest {Seconds(age)}" : "";

    static string Seconds(double? seconds) =>
        seconds is { } known ? string.Create(CultureInfo.InvariantCulture, $"{known:0.0}s") : "-";

    static string Span(TimeSpan span) => span.TotalDays >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{span:d\\d\\ hh\\:mm}")
        : string.Create(CultureInfo.InvariantCulture, $"{span:hh\\:mm\\:ss}");

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

    static void Line(StringBuilder text, string line) => text.Append(line.TrimEnd()).Append('\n');
}
