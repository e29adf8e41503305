using System.Collections.Concurrent;
using Decryptor.Supervisor.Observability;
using Decryptor.Supervisor.Observability.Systemd;
using Decryptor.Supervisor.Scheduling;

namespace Decryptor.Supervisor.Tests;

/// <summary>What systemd hears of a service that is well, that stands still, and that stops.</summary>
sealed class HeartbeatTests
{
    static readonly DateTimeOffset _now = new(2026, 11, 24, 10, 31, 7, TimeSpan.Zero);

    static Snapshot At(double seconds) => new()
    {
        At = _now.AddSeconds(seconds),
        Target = 0,
        Workers = [],
        Tally = new() { Complete = 7, Partial = 2, Failed = 1 },
    };

    static List<string> Told(Snapshot latest, string? trouble = null)
    {
        var told = new BlockingCollection<string>();
        var times = new Queue<DateTimeOffset>([_now.AddMinutes(-1), _now]);
        var sources = new StatusSources("", "1", times.Dequeue, () => latest, _ => default, () => [], () => [])
        {
            Trouble = () => trouble,
        };
        using var heartbeat = new Heartbeat(new(told.Add), sources);
        heartbeat.Start();
        List<string> heard = [told.Take()];
        while (!heard[^1].StartsWith("STATUS=", StringComparison.Ordinal)) heard.Add(told.Take());
        return heard;
    }

    [Test]
    public void A_loop_that_turns_feeds_the_watchdog_and_says_how_it_is() => Assert.That(
        Told(At(-1)),
        Is.EqualTo(new[]
        {
            "WATCHDOG=1", "STATUS=0 workers, 0 busy · 0 waiting · 7 complete, 2 partial, 1 failed · ok",
        }));

    [Test]
    public void A_loop_that_stands_still_starves_it()
    {
        var told = Told(At(-30));
        Assert.That(told, Has.Count.EqualTo(1));
        Assert.That(told[0], Does.EndWith("· wedged: the event loop is silent since 10:30:37Z"));
    }

    [Test]
    public void A_loop_that_the_disk_holds_up_is_not_bitten() => Assert.That(
        Told(At(-30), trouble: "the disk is full")[0], Is.EqualTo("WATCHDOG=1"));

    [Test]
    public void A_stop_may_take_as_long_as_running_jobs_have() => Assert.That(
        Told(At(-1) with { DrainBy = _now.AddSeconds(300) })[1],
        Is.EqualTo("STOPPING=1\nEXTEND_TIMEOUT_USEC=315000000"));

    [Test]
    public void A_manager_that_does_not_listen_is_no_trouble() => Assert.That(
        () => new NotifySocket(_ => throw new System.Net.Sockets.SocketException()).Ready(), Throws.Nothing);
}
