using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Decryptor.Supervisor.Scheduling;

namespace Decryptor.Supervisor.Tests.Simulation;

/// <summary>
/// Three workers, four jobs and every order of what can happen to them. <c>scripts/explore</c> goes deeper.
/// </summary>
sealed class ExplorationTests
{
    static readonly string[] _states = ["Starting", "Idle", "Busy", "Asking", "Probing", "Leaving"];

    static readonly string[] _kinds =
    [
        "Hello", "Progress", "Fingerprint", "KeyRequest", "Finished", "gone", "broken", "answered", "measured",
    ];

    static readonly string? _depth = Environment.GetEnvironmentVariable("DECRYPTOR_DEPTH");

    static int Depth => int.TryParse(_depth, CultureInfo.InvariantCulture, out var depth) ? depth : 3;

    [Test]
    public void Whatever_happens_in_whatever_order_nothing_is_lost_twice_or_stuck()
    {
        var since = Stopwatch.GetTimestamp();
        var exploration = new Exploration();
        exploration.Explore(Scenes.Roots(), Depth);
        TestContext.Out.WriteLine(FormattableString.Invariant(
            $"depth {Depth}: {exploration.Scenes} states, {exploration.Transitions} transitions ")
            + FormattableString.Invariant($"in {Stopwatch.GetElapsedTime(since).TotalSeconds:0.0} s"));
        var all = _states.SelectMany(state => _kinds.Select(kind => $"{state} {kind}"));
        Assert.That(all.Except(exploration.Cells), Is.Empty, "each kind of news comes in each state");
    }

    [Test]
    public void Scenes_that_differ_only_in_names_and_hours_are_one()
    {
        var policy = new Policy { Workers = 1 };
        ulong Greeted(long lastWorker, int hours)
        {
            var state = SchedulerState.Of(policy, new() { LastWorker = lastWorker }) with
            {
                Now = new(2026, 11, 23, hours, 0, 0, TimeSpan.Zero),
            };
            var scheduler = new Scheduler(state);
            scheduler.Step(state.Now, []);
            return new Scene(scheduler.Save(), ImmutableSortedDictionary<long, Job>.Empty, 0).Name();
        }

        Assert.That(Greeted(0, 3), Is.EqualTo(Greeted(70, 9)));
        var target = SchedulerState.Of(policy with { Workers = 2 }, new());
        Assert.That(new Scene(target, ImmutableSortedDictionary<long, Job>.Empty, 0).Name(),
            Is.Not.EqualTo(Greeted(0, 3)));
    }
}
