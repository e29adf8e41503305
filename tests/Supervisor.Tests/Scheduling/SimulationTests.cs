namespace Decryptor.Supervisor.Tests.Scheduling;

/// <summary>
/// Seeds: workers that crash, hang, lie and speak after death, a supervisor killed between any two steps of a turn.
/// A seed that fails once fails always; DECRYPTOR_SEEDS=n runs n of them.
/// </summary>
sealed class SimulationTests
{
    static int Seeds => int.TryParse(Environment.GetEnvironmentVariable("DECRYPTOR_SEEDS"), out var n) ? n : 300;

    [Test]
    public void Nothing_is_lost_held_twice_or_stuck_whatever_dies()
    {
        var outages = 0;
        for (var seed = 0; seed < Seeds; seed++)
        {
            try
            {
                outages += Run(seed);
            }
            catch (Exception e) when (e is not SuccessException)
            {
                throw new AssertionException($"seed {seed}: {e.Message}", e);
            }
        }

        Assert.That(
            outages, Is.GreaterThan(Seeds / 4), "the simulation must kill the supervisor, or it proves nothing");
    }

    static int Run(int seed)
    {
        var world = new World(seed);
        for (var turn = 0; turn < 400; turn++)
        {
            if (turn % 8 == 0) world.Arrive();
            world.Turn();
        }

        // The faults stop: whatever is open must end in bounded time.
        world.Calm = true;
        bool AllEnded() => world.Jobs.Count() >= world.Arrived && !world.Jobs.Any(job => job.IsOpen);
        for (var turn = 0; turn < 3000 && !AllEnded(); turn++) world.Turn();
        world.CheckTheEnd();
        return world.Outages;
    }
}
