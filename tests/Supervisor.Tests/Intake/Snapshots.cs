using Decryptor.Supervisor.Scheduling;

namespace Decryptor.Supervisor.Tests.Intake;

/// <summary>How things stand, as far as the intake asks.</summary>
static class Snapshots
{
    public static Snapshot Waiting(params (string Tenant, int Jobs)[] waiting) => new()
    {
        At = DateTimeOffset.UnixEpoch,
        Workers = [],
        Tally = new(),
        Waiting = waiting.Sum(tenant => tenant.Jobs),
        WaitingOf = waiting.ToDictionary(tenant => tenant.Tenant, tenant => tenant.Jobs),
    };
}
