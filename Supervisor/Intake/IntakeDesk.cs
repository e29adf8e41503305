using System.Diagnostics;
using Decryptor.Supervisor.Scheduling;

namespace Decryptor.Supervisor.Intake;

/// <summary>
/// What the watches over all tenants' directories have in common: the time, the way to report, and counts of what is
/// kept in memory, which is little whatever lies on the disk. For the watcher's own thread.
/// </summary>
/// <param name="root">The path of <c>incoming/</c>.</param>
/// <param name="room">How many uploads may be taken in.</param>
/// <param name="report">Is told of each upload; it may block.</param>
/// <param name="warn">Is told, once for each name, of what is left alone.</param>
/// <param name="pace">How patient to be.</param>
sealed class IntakeDesk(string root, IntakeRoom room, Action<Event> report, Action<string> warn, WatchPace pace)
{
    const int WarnedMax = 10_000, SettlingMax = 65_536, NamesMax = 65_536, StreamsMax = 64;
    const int BatchMin = 16, BatchMax = 16_384;

    readonly HashSet<string> _warned = [];
    readonly LinkedList<DirectoryPass> _reading = new();
    readonly Stopwatch _clock = Stopwatch.StartNew();

    /// <summary>Now, on the watcher's own axis.</summary>
    public TimeSpan Now => _clock.Elapsed;

    public WatchPace Pace { get; set; } = pace;

    /// <summary>Uploads that were reported and have not left <c>incoming/</c>.</summary>
    public int Reported { get; set; }

    /// <summary>Files whose writers may not be done.</summary>
    public int Settling { get; set; }

    /// <summary>Names in all batches.</summary>
    public int Names { get; set; }

    /// <summary>
    /// Whether another file may be watched until it settles; one that is not is found by a later look.
    /// </summary>
    public bool MaySettle => Settling < SettlingMax;

    /// <summary>
    /// How many names the next batch may have: a small one is always to be had, so that nobody waits for another's.
    /// </summary>
    public int NextBatch => Math.Clamp((NamesMax - Names) / 2, BatchMin, BatchMax);

    public int RoomOf(string tenant, int reported) => room.Of(tenant, reported, Reported);

    public void Report(string tenant, string name, long bytes)
    {
        Reported++;
        report(new Event.JobArrived(PlaceOf(tenant, name), name, tenant, bytes, Outside: false));
    }

    public void Warn(string place, string why)
    {
        if (_warned.Count < WarnedMax && _warned.Add(place)) warn($"{root}/{place} is left alone: {why}");
    }

    public static string PlaceOf(string tenant, string name) => tenant.Length == 0 ? name : $"{tenant}/{name}";

    /// <summary>
    /// A pass holds a directory open. Where too many do, the one that has done so longest begins anew later: what it
    /// has taken is gone by then.
    /// </summary>
    public void Opens(DirectoryPass pass)
    {
        _reading.AddLast(pass);
        if (_reading.Count > StreamsMax) _reading.First!.Value.Close();
    }

    public void Closes(DirectoryPass pass) => _reading.Remove(pass);
}
