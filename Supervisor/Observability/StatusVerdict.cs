using System.Globalization;
using Decryptor.Supervisor.Scheduling;

namespace Decryptor.Supervisor.Observability;

/// <summary>
/// One word for how the service is, and why: <c>ok</c>, <c>degraded</c> (it works, and something is not as it should
/// be), <c>stopping</c>, <c>wedged</c> (the loop decides nothing, and nothing that is known holds it up). A dead
/// process cannot say of itself that it is <c>dead</c>; <c>decryptor status</c> does.
/// </summary>
static class StatusVerdict
{
    /// <summary>The verdict on a loop that decides nothing.</summary>
    public const string Wedged = "wedged";

    /// <summary>An idle loop turns once a second; so long without a turn is no accident.</summary>
    public static readonly TimeSpan SilenceMax = TimeSpan.FromSeconds(5);

    public static (string Verdict, IReadOnlyList<string> Reasons) Of(
        Snapshot snapshot, DateTimeOffset now, string? trouble, string? reloadRefused)
    {
        var silent = now - snapshot.At > SilenceMax;
        List<string> reasons = [];
        if (trouble is not null) reasons.Add(trouble);
        if (silent) reasons.Add($"the event loop is silent since {TimeOfDay(snapshot.At)}");
        reasons.AddRange(Reasons(snapshot, now));
        if (reloadRefused is not null) reasons.Add("the last reload was refused");
        var verdict = silent && trouble is null ? Wedged
            : snapshot.DrainBy is not null ? "stopping"
            : reasons.Count > 0 ? "degraded"
            : "ok";
        return (verdict, reasons.Count > 0 ? reasons : ["every worker is as it should be"]);
    }

    /// <summary>A moment, as one says it on the same day.</summary>
    public static string TimeOfDay(DateTimeOffset at) => at.ToString("HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    static IEnumerable<string> Reasons(Snapshot snapshot, DateTimeOffset now)
    {
        if (snapshot.DrainBy is { } by) yield return $"running jobs have until {TimeOfDay(by)}";
        if (snapshot.WorkerFailures > 1)
        {
            var left = Math.Max(0, (snapshot.StartsFrom - now).TotalSeconds);
            yield return string.Create(CultureInfo.InvariantCulture,
                $"workers failed {snapshot.WorkerFailures} times in a row, next start in {left:0.0} s");
        }

        var missing = snapshot.Target - snapshot.Workers.Count(worker => worker.State is "idle" or "busy");
        if (missing > 0 && snapshot.DrainBy is null)
            yield return $"{missing} of {snapshot.Target} workers are not ready";
        if (snapshot.Suspects > 0) yield return $"suspects that wait: {snapshot.Suspects}";
    }
}
