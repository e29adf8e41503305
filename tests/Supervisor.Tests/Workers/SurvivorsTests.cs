using System.Diagnostics;
using Decryptor.Protocol;
using Decryptor.Supervisor.Workers;

namespace Decryptor.Supervisor.Tests.Workers;

[CancelAfter(30_000)]
sealed class SurvivorsTests
{
    [Test]
    public async Task Workers_of_a_dead_supervisor_are_killed_the_stopped_ones_too()
    {
        await using var bench = new PoolBench();
        var idle = bench.Start(1);
        var stopped = bench.Start(2, "idle stop-self");
        await bench.Heard<Hello>(idle);
        await bench.Heard<Hello>(stopped);

        Assert.That(Survivors.KillAll(bench.WorkFolder), Is.EqualTo(2));
        Assert.That(await bench.Gone(idle), Is.EqualTo("SIGKILL"));
        Assert.That(await bench.Gone(stopped), Is.EqualTo("SIGKILL"));
        Assert.That(Survivors.KillAll(bench.WorkFolder), Is.Zero);
    }

    [Test]
    public async Task A_spool_reached_through_a_link_is_the_same_spool()
    {
        await using var bench = new PoolBench();
        var worker = bench.Start();
        await bench.Heard<Hello>(worker);
        var link = bench.WorkFolder + ".link";
        File.CreateSymbolicLink(link, bench.WorkFolder);

        Assert.That(Survivors.KillAll(link), Is.EqualTo(1));
        File.Delete(link);
    }

    [Test]
    public async Task Workers_of_another_spool_and_programs_that_only_name_the_folder_are_left_alone()
    {
        await using var bench = new PoolBench();
        await using var other = new PoolBench();
        var neighbour = other.Start();
        await other.Heard<Hello>(neighbour);
        string[] words = ["-c", "echo here; read line", "reader", Path.Combine(bench.WorkFolder, "w1.1")];
        using var reader = Process.Start(
            new ProcessStartInfo("/bin/sh", words) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        await reader.StandardOutput.ReadLineAsync();

        Assert.That(Survivors.KillAll(bench.WorkFolder), Is.Zero);
        Assert.That(other.Pool.Look(neighbour)!.Pid, Is.Not.Null);
        reader.Kill();
    }
}
