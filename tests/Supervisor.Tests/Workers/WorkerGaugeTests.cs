using System.Diagnostics;
using Decryptor.Supervisor.Workers;

namespace Decryptor.Supervisor.Tests.Workers;

[CancelAfter(60_000)]
sealed class WorkerGaugeTests
{
    // What the lore allows between a death and the requeue. The bound itself is wide: a hang is the failure.
    const int RequeueWithin = 2_000;
    const int Generous = 10_000;

    [Test]
    public async Task What_workers_hold_is_told_again_and_again_while_they_live()
    {
        await using var bench = new PoolBench();
        var first = bench.Start(1);
        var second = bench.Start(2);
        await bench.Until(
            () => bench.Measured.Any(told => told.Sizes.All(size => size.ResidentBytes > 1 << 20)
                && told.Sizes.Select(size => size.Worker).ToHashSet().SetEquals([first, second])),
            "measure of both");
        bench.Pool.Kill(first);
        await bench.Gone(first);

        await bench.Until(
            () => bench.Measured[^1].Sizes.Select(size => size.Worker).SequenceEqual([second]), "measure of one");
        bench.Pool.Kill(second);
    }

    [Test]
    public void Lore_04_a_stolen_exit_is_told_all_the_same()
    {
        var (milliseconds, words) = Spoiled.InProcess("steal")["gone"];
        TestContext.Out.WriteLine($"MEASURED stolen exit to event: {milliseconds} ms (wanted: {RequeueWithin})");
        Assert.That(words, Is.EqualTo("is dead, and its exit was told to nobody"));
        Assert.That(milliseconds, Is.LessThan(Generous));
    }

    [Test]
    public void A_death_that_the_runtime_has_slept_through_is_told_as_it_was()
    {
        var (milliseconds, words) = Spoiled.InProcess("missed")["gone"];
        TestContext.Out.WriteLine($"MEASURED missed signal to event: {milliseconds} ms (wanted: {RequeueWithin})");
        Assert.That(words, Is.EqualTo("SIGKILL"));
        Assert.That(milliseconds, Is.LessThan(Generous));
    }

    [Test]
    public void Lore_03_what_a_worker_leaves_behind_delays_nothing_and_is_ended()
    {
        var seen = Spoiled.InProcess("orphan");
        TestContext.Out.WriteLine(
            $"MEASURED worker's end to event: {seen["gone"].Milliseconds} ms (wanted: 500), to its orphan's end: "
            + $"{seen["dead"].Milliseconds} ms (wanted: 1000)");
        Assert.That(seen["gone"].Words, Does.StartWith("exit 0"));
        Assert.That(seen["gone"].Milliseconds, Is.LessThan(Generous));
        Assert.That(seen["dead"].Milliseconds, Is.LessThan(Generous), "it would have slept for a minute");
        Assert.That(seen["reaped"].Words, Is.EqualTo("1"));
    }

    [Test]
    public async Task Who_has_children_already_adopts_nobody()
    {
        await using var bench = new PoolBench();
        using var child = Process.Start("/bin/sleep", "60");
        Assert.That(Orphans.Adopt(bench.WorkFolder), Is.Null);
        child.Kill();
    }
}
