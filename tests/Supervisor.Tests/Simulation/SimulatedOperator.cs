using Decryptor.Supervisor.Scheduling;

namespace Decryptor.Supervisor.Tests.Simulation;

/// <summary>People: they look into the ledger, and ask a moment later for what made sense then.</summary>
sealed class SimulatedOperator(World world, SimulatedSupervisor supervisor)
{
    long _ticket;

    public void Act()
    {
        if (!supervisor.Runs) return;
        switch (world.Random.Next(12))
        {
            case 0: Post(new Event.RollAsked()); break;
            case 1 or 2: Post(new Event.ResizeAsked(world.Random.Next(-3, 4))); break;
            case 3: Post(new Event.StopAsked(world.Random.Next(3) == 0)); break;
            case 4: ChangePolicy(); break;
            case 5: ChangeKeys(); break;
            default: AskForJob(); break;
        }
    }

    void ChangePolicy()
    {
        world.Policy = world.Policy with
        {
            Workers = world.Random.Next(1, 7),
            RecycleJobs = world.Random.Next(1, 20),
            LargeBytes = world.Random.Next(2) == 0 ? 1 << 20 : 2 << 20,
            OutagesMax = world.Random.Next(1, 4),
        };
        Post(new Event.PolicyChanged(world.Policy));
    }

    void ChangeKeys() => Post(new Event.KeysChanged(
        [.. world.Disk.Ledger.Values.Where(job => job is { State: JobState.Failed, WantsKey: true })]));

    void AskForJob()
    {
        if (world.Disk.Ledger.Count == 0) return;
        var job = world.Disk.Ledger.Values.ElementAt(world.Random.Next(world.Disk.Ledger.Count));
        var act = (OperatorAct)world.Random.Next(3);
        Post(new Event.OperatorAsked(act, job, "eve (1001)", ++_ticket, world.Disk.KeepsInput(job)));
    }

    void Post(Event asked)
    {
        world.Faults++;
        supervisor.Post(supervisor.ReadAt(world.Now + TimeSpan.FromMilliseconds(world.Random.Next(10))), asked);
    }
}
