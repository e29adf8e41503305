using Decryptor.Protocol;
using Decryptor.Supervisor.Scheduling;
using Decryptor.Supervisor.Workers;

namespace Decryptor.Supervisor.Tests.Workers;

/// <summary>What has bitten other supervisors and shows only in real processes.</summary>
[CancelAfter(60_000)]
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
sealed class LoreTests
{
    const int Workers = 4;

    // PR_SET_PDEATHSIG looks at the thread that has started a process, not at its process.
    [Test]
    public async Task Workers_outlive_the_threads_that_started_them()
    {
        await using var bench = new PoolBench();
        var workers = new List<Incarnation>();
        for (var number = 1; number <= Workers; number++)
        {
            var starter = new Thread(() => workers.Add(bench.Start(workers.Count + 1)));
            starter.Start();
            starter.Join();
        }

        foreach (var worker in workers) await bench.Heard<Hello>(worker);
        foreach (var worker in workers) bench.Assign(worker, "slow");
        foreach (var worker in workers) await bench.Heard<Finished>(worker);
        Assert.That(workers.SelectMany(bench.Of), Has.None.InstanceOf<Event.WorkerGone>());
    }

    [Test]
    public async Task A_write_that_nobody_reads_any_more_is_a_death_on_its_way_and_no_trouble()
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, "#!/bin/sh\nexec 0<&-\n: >closed\nsleep 0.05\nexit 3\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        await using var bench = new PoolBench(WorkerProgram.At(file));
        var worker = bench.Start();
        while (!File.Exists(Path.Combine(bench.WorkFolder, $"{worker}", "closed"))) await Task.Delay(1);
        bench.Assign(worker, "ok");

        Assert.That(await bench.Gone(worker), Is.EqualTo("exit 3"));
        Assert.That(bench.Of(worker), Has.None.InstanceOf<Event.WorkerBroken>());
        File.Delete(file);
    }
}
