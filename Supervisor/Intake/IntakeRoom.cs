using Decryptor.Supervisor.Scheduling;

namespace Decryptor.Supervisor.Intake;

/// <summary>
/// How many uploads may still be taken in, so that a million of them cost no more memory than a few: a tenant has so
/// many jobs waiting at most, and all tenants together sixteen times as many. Where that is used up, a tenant with next
/// to nothing waiting still gets a little room, so that no flood keeps it out. What one turn takes in may be counted
/// late, and the bounds be passed by so much. Any thread may ask.
/// </summary>
/// <param name="latest">How things stood after the last turn.</param>
/// <param name="waitingMax">Jobs of one tenant that may wait.</param>
sealed class IntakeRoom(Func<Snapshot> latest, int waitingMax)
{
    const int TenantsAtOnce = 16;
    const int AlwaysMax = 16;

    volatile int _waitingMax = waitingMax;

    /// <summary>Jobs of one tenant that may wait.</summary>
    public int WaitingMax
    {
        get => _waitingMax;
        set => _waitingMax = value;
    }

    /// <summary>Uploads of that tenant that may be taken in now; none if it is not above zero.</summary>
    /// <param name="tenant">Which.</param>
    /// <param name="reported">Its uploads that were reported and have not left <c>incoming/</c>.</param>
    /// <param name="reportedInAll">Those of all tenants.</param>
    public int Of(string tenant, int reported, int reportedInAll)
    {
        var (now, max) = (latest(), WaitingMax);
        var used = now.WaitingOf.GetValueOrDefault(tenant) + reported;
        var left = TenantsAtOnce * max - now.Waiting - reportedInAll;
        return Math.Min(max - used, Math.Max(left, AlwaysMax - used));
    }

    /// <summary>Whether there is so much room that going on is worth the while.</summary>
    public bool IsWorthAWhile(string tenant) => Of(tenant, 0, 0) >= (WaitingMax + 1) / 2;
}
