using System.Globalization;

namespace Decryptor.Supervisor.Observability;

/// <summary>The status as one screen of text, worst first, with what will happen next.</summary>
static class StatusText
{
    /// <summary>No line has more columns than that.</summary>
    public const int Columns = 100;

    const int TenantsShown = 10;
    const int WorkersShown = 40;
    const int Indent = 10;
    const int NextColumns = 31;

    static readonly int[] _tenantWidths = [24, -8, -8, -7, -10, -7, -10];
    static readonly int[] _workerWidths = [7, 7, 8, 8, -16, -5, -5, -5, 0];

    public static string Render(StatusView view)
    {
        var page = new Page(Columns);
        page.Line($"decryptor status · {view.At:yyyy-MM-ddTHH:mm:ss.fffZ} · {view.Trigger}");
        page.Facts("VERDICT", [view.Verdict.ToUpperInvariant(), .. view.Reasons]);
        page.Line("");
        page.Facts(
            "service", view.Version, $"pid {view.Pid}", $"up {Age((view.At - view.Start).TotalSeconds)}",
            $"spool {view.Spool}");
        page.Facts("loop", Loop(view));
        if (view.ReloadRefused is { } refused) page.Facts("reload", refused, "all stays as it was");
        Law(page, view.Law);
        Fleet(page, view);
        Queue(page, view);
        Totals(page, view);
        page.Facts("keys", view.Keys.Count > 0 ? view.Keys : ["none"]);
        Flight(page, view.Flight);
        page.Line("");
        Workers(page, view.Workers);
        return page.ToString();
    }

    static string Loop(StatusView view) =>
        TimeSpan.FromSeconds(view.LoopSilentSeconds) > StatusVerdict.SilenceMax
            ? $"silent since {StatusVerdict.TimeOfDay(view.LoopTurnedAt)}, for {Age(view.LoopSilentSeconds)}"
            : $"turned {Age(view.LoopSilentSeconds)} ago";

    static void Law(Page page, StatusLaw law) => page.Facts(
        "law",
        $"accepted {law.Accepted} = {law.Undecrypted} undecrypted + {law.Decrypting} decrypting"
            + $" + {law.Completed} completed + {law.Failed} failed",
        $"held for {law.HeldForTurns} turns");

    static void Fleet(Page page, StatusView view)
    {
        page.Facts(
            "workers", $"{view.WorkersWanted} wanted", $"{view.Totals.WorkerStarts} started",
            $"{view.Totals.WorkerExits} gone, {view.WorkersGoneLately} of them in the last 10 min",
            $"{view.Totals.StaleWords} stale words dropped");
        if (view.LastCrash is { } crash)
            page.Facts("", [$"last crash {Age(crash.AgoSeconds)} ago: {crash.Worker}, {crash.How}", .. Over(crash)]);
        Remains(page, view);
        page.Facts("confined", view.Confinements switch
        {
            [] => ["no worker has greeted yet"],
            [var one] => [$"every worker: {one}"],
            var several => several.Select(one => $"some workers: {one}"),
        });
    }

    static void Remains(Page page, StatusView view)
    {
        List<string> remains = [];
        if (view.OrphansEnded > 0) remains.Add($"{view.OrphansEnded} processes ended that dead workers had left");
        if (view.CardsLost > 0) remains.Add($"{view.CardsLost} crash cards could not be kept");
        if (remains.Count > 0) page.Facts("", remains);
    }

    static IEnumerable<string> Over(StatusCrash crash)
    {
        if (crash.Job is { } job) yield return $"job {job}-{crash.Attempt}{(crash.Charged ? ", charged" : "")}";
        if (crash.Card is { } card) yield return $"card {card}";
    }

    static void Queue(Page page, StatusView view)
    {
        var queue = view.Queue;
        var heldBack = view.Tenants.Sum(tenant => tenant.HeldBack);
        List<string> facts =
        [
            queue.OldestSeconds is { } age
                ? $"{queue.Undecrypted} undecrypted, oldest {Age(age)}"
                : $"{queue.Undecrypted} undecrypted",
            $"{queue.Decrypting} decrypting", $"{queue.LargeRunning} of {queue.LargeMax} large",
            $"{queue.Suspects} suspect", $"{queue.Quarantined} quarantined",
        ];
        if (heldBack > 0) facts.Add($"{heldBack} or more wait in incoming/");
        page.Facts("queue", facts);
        Tenants(page, view);
    }

    // One that has no name, and nobody beside it, is the queue, and said already.
    static void Tenants(Page page, StatusView view)
    {
        if (view.Tenants is [] or [{ Name: "", Penalties: 0 }]) return;
        page.Row(
            Indent, _tenantWidths, "TENANT", "WAITING", "RUNNING", "WEIGHT", "PENALTIES", "OLDEST", "INCOMING");
        foreach (var tenant in view.Tenants.Take(TenantsShown))
            page.Row(
                Indent, _tenantWidths, tenant.Name.Length > 0 ? tenant.Name : "(none)", Number(tenant.Waiting),
                Number(tenant.Running), Number(tenant.Weight), Number(tenant.Penalties), Age(tenant.OldestSeconds),
                Number(tenant.HeldBack));
        var more = Math.Max(0, view.Tenants.Count - TenantsShown) + view.TenantsUnseen;
        if (more > 0) page.Facts("", $"… and {more} more");
    }

    static void Totals(Page page, StatusView view)
    {
        var totals = view.Totals;
        page.Facts(
            "totals", $"{totals.Complete} complete", $"{totals.Partial} partial", $"{totals.Failed} failed",
            $"in {Size(totals.BytesIn)} → out {Size(totals.BytesOut)}");
        if (view.Failures.Count > 0)
            page.Facts("failures", view.Failures.OrderByDescending(code => code.Count).Select(code =>
                $"{code.Code} {code.Count}, last job {code.LastJob}"));
    }

    static void Flight(Page page, FlightView? flight)
    {
        if (flight is null) return;
        List<string> facts =
            [flight.Segment is { } segment ? $"recorded in run/flight/{Path.GetFileName(segment)}" : "not recorded"];
        if (flight.Dropped > 0) facts.Add($"{flight.Dropped} steps missing");
        if (flight.Refused is { } refused) facts.Add($"the disk refuses: {refused}");
        page.Facts("flight", facts);
    }

    static void Workers(Page page, IReadOnlyList<StatusWorker> workers)
    {
        page.Row(0, _workerWidths, "WORKER", "PID", "STATE", "JOB", "IN", "OUT", "QUIET", "RSS", "NEXT");
        var worst = workers.OrderBy(Rank).ThenByDescending(worker => worker.QuietSeconds).ThenBy(worker => worker.Slot);
        foreach (var worker in worst.Take(WorkersShown))
        {
            page.Row(0, _workerWidths, CellsOf(worker));
            if (BelowOf(worker) is { Length: > 0 } below) page.Line($"        {below}");
        }

        if (workers.Count > WorkersShown) page.Line($"… and {workers.Count - WorkersShown} more");
    }

    static int Rank(StatusWorker worker) => worker.State switch
    {
        "leaving" => 0,
        "vacant" => 1,
        "busy" => 3,
        "idle" => 4,
        _ => 2,
    };

    static string[] CellsOf(StatusWorker worker) =>
    [
        worker.Worker ?? $"({worker.Slot})", Number(worker.Pid), worker.State,
        worker.Job is { } id ? $"{id}-{worker.Attempt}" : "-", Done(worker),
        worker.BytesOut is { } written ? Short(written) : "-", Age(worker.QuietSeconds),
        worker.Rss is { } held ? Short(held) : "-", BelowOf(worker).Length == 0 ? Next(worker) : NextInShort(worker),
    ];

    // Why a worker leaves may be a long story.
    static string BelowOf(StatusWorker worker) =>
        worker.State == "leaving" || Page.Width(Next(worker)) > NextColumns ? worker.Next : "";

    static string NextInShort(StatusWorker worker) => (worker.State, worker.NextInSeconds) switch
    {
        ("leaving", null) => "its exit is awaited",
        ("leaving", { } left) => $"{Age(Math.Max(0, left))}: kill",
        (_, { } left) => $"in {Age(Math.Max(0, left))}",
        _ => "see below",
    };

    static string Done(StatusWorker worker)
    {
        if (worker.Bytes is not { } bytes) return "-";
        var read = worker.BytesIn ?? 0;
        var part = bytes > 0 ? $" {100.0 * read / bytes:0}%" : "";
        return $"{Short(read)}/{Short(bytes)}{part}";
    }

    static string Next(StatusWorker worker) => worker.NextInSeconds is { } left
        ? $"{Age(Math.Max(0, left))}: {worker.Next}"
        : worker.Next.Length > 0 ? worker.Next : "ready";

    static string Number(long? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "-";

    static string Age(double? seconds) => seconds is { } known ? Age(known) : "-";

    /// <summary>A time in two or three digits.</summary>
    public static string Age(double seconds) => seconds switch
    {
        < 9.95 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0}s"),
        < 120 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0}s"),
        < 2 * 3600 => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(seconds / 60):0}m"),
        < 48 * 3600 => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(seconds / 3600):0}h"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(seconds / 86400):0}d"),
    };

    /// <summary>Bytes in binary units, three digits.</summary>
    public static string Size(long bytes)
    {
        var (value, unit) = Scaled(bytes, ["B", "KiB", "MiB", "GiB", "TiB"]);
        return $"{value} {unit}";
    }

    /// <summary>The same in a table, in five columns: <c>18.0M</c>, <c>311M</c>.</summary>
    static string Short(long bytes)
    {
        var (value, unit) = Scaled(bytes, ["", "K", "M", "G", "T"]);
        return (value.Length > "99.9".Length ? value[..value.IndexOf('.', StringComparison.Ordinal)] : value) + unit;
    }

    static (string Value, string Unit) Scaled(long bytes, ReadOnlySpan<string> units)
    {
        double value = bytes;
        var unit = 0;
        for (; value >= 1024 && unit < units.Length - 1; unit++) value /= 1024;
        return (value.ToString(unit == 0 ? "0" : "0.0", CultureInfo.InvariantCulture), units[unit]);
    }
}
