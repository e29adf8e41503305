using Decryptor.Protocol;
using Decryptor.Supervisor.Scheduling;

namespace Decryptor.Supervisor.Observability;

/// <summary>
/// What the status needs to know beside the scheduler's snapshot. All of it is asked on the status thread, while the
/// loop may be wedged: nothing here may wait for the loop, or for the thread pool.
/// </summary>
/// <param name="Folder">The spool's <c>run/</c>.</param>
/// <param name="Version">Ours.</param>
/// <param name="Now">The clock.</param>
/// <param name="Latest">The last turn's snapshot.</param>
/// <param name="Look">A worker's pid and resident bytes.</param>
/// <param name="Confinements">What the living workers say of their confinement, each word of it once.</param>
/// <param name="Keys">Names and kinds of the keys in the ring.</param>
sealed record StatusSources(
    string Folder, string Version, Func<DateTimeOffset> Now, Func<Snapshot> Latest,
    Func<Incarnation, (int? Pid, long? Rss)> Look, Func<IReadOnlyList<string>> Confinements,
    Func<IReadOnlyList<string>> Keys)
{
    /// <summary>How workers have ended lately.</summary>
    public WorkerEnds Ends { get; init; } = new();

    /// <summary>Crash cards that could not be kept, and processes of dead workers that had to be ended.</summary>
    public Func<(int CardsLost, int OrphansEnded)> Remains { get; init; } = () => default;

    /// <summary>Uploads that are known to wait in <c>incoming/</c> for room, by tenant.</summary>
    public Func<IReadOnlyDictionary<string, long>> HeldBack { get; init; } = () => new Dictionary<string, long>();

    /// <summary>Why the last reload was refused, and when; null if it was not.</summary>
    public Func<string?> ReloadRefused { get; init; } = () => null;

    /// <summary>Why a turn cannot be carried out and is repeated, and since when; null if none is.</summary>
    public Func<string?> Trouble { get; init; } = () => null;

    /// <summary>How the flight recorder is; null for none.</summary>
    public Func<FlightView?> Flight { get; init; } = () => null;
}
