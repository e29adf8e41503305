using Decryptor.Protocol;
using Decryptor.Supervisor.Scheduling;

namespace Decryptor.Supervisor.Tests.Workers;

/// <summary>Every misdeed at every station of a worker's life, and the events in which it must end.</summary>
[CancelAfter(60_000)]
sealed class MisbehaviourTests
{
    static readonly string[] Stations = ["starting", "idle", "busy", "asking", "finished"];

    [TestCase("crash-native", "exit 139 (SIGSEGV)")]
    [TestCase("failfast", "exit 134 (SIGABRT)")]
    [TestCase("exit0", "exit 0")]
    [TestCase("exit3", "exit 3")]
    [TestCase("kill-self", "SIGKILL")]
    public async Task A_death_at_any_station_is_told_once_and_as_it_was(string deed, string how)
    {
        await using var bench = new PoolBench();
        var workers = StartAtAllStations(bench, deed);

        foreach (var (station, worker) in workers)
        {
            Assert.That(await bench.Gone(worker), Is.EqualTo(how), station);
            Assert.That(bench.SaidBy(worker).Select(message => message.GetType().Name), Is.EqualTo(Words(station)),
                station);
            Assert.That(bench.Of(worker), Has.None.InstanceOf<Event.WorkerBroken>(), station);
            Assert.That(bench.Of(worker).OfType<Event.WorkerGone>().Count(), Is.EqualTo(1), station);
        }
    }

    [TestCase("garbage", "sent garbage: a frame claims")]
    [TestCase("huge-length", "sent garbage: a frame claims 4294967295 bytes")]
    [TestCase("close-stdout", "closed its output")]
    [TestCase("half-frame", "closed its output in the middle of a frame, after 6 bytes")]
    public async Task Trouble_with_the_pipe_at_any_station_is_told_while_the_process_lives(string deed, string why)
    {
        await using var bench = new PoolBench();
        var workers = StartAtAllStations(bench, deed);

        foreach (var (station, worker) in workers)
        {
            Assert.That((await bench.Next<Event.WorkerBroken>(worker)).Why, Does.StartWith(why), station);
            Assert.That(bench.SaidBy(worker).Select(message => message.GetType().Name), Is.EqualTo(Words(station)),
                station);
            bench.Pool.Kill(worker);
            Assert.That(await bench.Gone(worker), Is.EqualTo("SIGKILL"), station);
            Assert.That(bench.Of(worker).OfType<Event.WorkerBroken>().Count(), Is.EqualTo(1), station);
        }
    }

    [TestCase("silent")]
    [TestCase("stop-self")]
    public async Task Silence_at_any_station_is_no_event_and_ends_by_a_kill(string deed)
    {
        await using var bench = new PoolBench();
        var workers = StartAtAllStations(bench, deed);

        foreach (var (station, worker) in workers)
        {
            await AtStation(bench, station, worker);
            bench.Pool.Kill(worker);
            Assert.That(await bench.Gone(worker), Is.EqualTo("SIGKILL"), station);
            Assert.That(bench.Of(worker), Has.None.InstanceOf<Event.WorkerBroken>(), station);
        }
    }

    [Test]
    public async Task A_greeting_in_a_foreign_version_is_passed_on_for_judgement()
    {
        await using var bench = new PoolBench();
        var worker = bench.Start(behaviour: "starting wrong-version");

        Assert.That(((Hello)(await bench.Heard<Hello>(worker)).Message).ProtocolVersion, Is.EqualTo(99));
    }

    [Test]
    public async Task A_greeting_under_a_foreign_name_is_passed_on_under_the_true_one()
    {
        await using var bench = new PoolBench();
        var worker = bench.Start(behaviour: "starting wrong-name");

        Assert.That(((Hello)(await bench.Heard<Hello>(worker)).Message).Worker, Is.EqualTo(new Incarnation(9, 999)));
    }

    [TestCase("no-report")]
    [TestCase("linked-report")]
    public async Task A_finish_without_a_report_of_its_own_says_that_it_has_none(string deed)
    {
        await using var bench = new PoolBench();
        var worker = bench.Start();
        bench.Assign(worker, deed);

        Assert.That((await bench.Heard<Finished>(worker)).HasReport, Is.False);
    }

    [Test]
    public async Task Words_about_a_past_attempt_are_passed_on_with_their_own_name()
    {
        await using var bench = new PoolBench();
        var worker = bench.Start();
        var attempt = bench.Assign(worker, "stale-attempt");
        await bench.Next<Event.WorkerSaid>(worker, said => said.Message is Finished last && last.Attempt == attempt);

        var finished = bench.SaidBy(worker).OfType<Finished>().ToList();
        Assert.That(finished.Select(each => each.Attempt.Number),
            Is.EqualTo(new[] { attempt.Number + 100, attempt.Number }));
    }

    [TestCase("stalled")]
    [TestCase("spin")]
    public async Task Signs_of_life_are_passed_on_as_they_come(string deed)
    {
        await using var bench = new PoolBench();
        var worker = bench.Start();
        bench.Assign(worker, deed);
        var moved = deed == "spin";
        await bench.Next<Event.WorkerSaid>(worker, said => said.Message is Progress { CpuMicroseconds: > 0 } == moved
            && said.Message is Progress { BytesIn: 0, BytesOut: 0 });
    }

    [Test]
    public async Task A_worker_that_ignores_the_end_of_its_input_stays_until_it_is_killed()
    {
        await using var bench = new PoolBench();
        var worker = bench.Start(behaviour: "starting stay");
        await bench.Heard<Hello>(worker);
        bench.Pool.Dismiss(worker);
        bench.Pool.Kill(worker);

        Assert.That(await bench.Gone(worker), Is.EqualTo("SIGKILL"));
    }

    [Test]
    public async Task Of_a_finish_that_a_crash_cut_off_nothing_is_believed()
    {
        await using var bench = new PoolBench();
        var first = bench.Start(1000);
        bench.Assign(first, "ok");
        var whole = FrameWriter.Write((await bench.Heard<Finished>(first)).Message).Length;

        // A batch at a time: each is a real process, and they share two processors.
        foreach (var batch in Enumerable.Range(0, whole + 1).Chunk(16))
        {
            var workers = batch.Select(length => (length, worker: bench.Start(1001 + length))).ToList();
            foreach (var (length, worker) in workers) bench.Assign(worker, $"prefix-{length}");
            foreach (var (length, worker) in workers)
            {
                Assert.That(await bench.Gone(worker), Is.EqualTo("exit 0"));
                Assert.That(bench.SaidBy(worker).OfType<Finished>().Count(), Is.EqualTo(length == whole ? 1 : 0),
                    $"{length}");
            }
        }
    }

    static List<(string Station, Incarnation Worker)> StartAtAllStations(PoolBench bench, string deed)
    {
        var workers = new List<(string, Incarnation)>();
        foreach (var (index, station) in Stations.Index())
        {
            var worker = bench.Start(index + 1, station is "starting" or "idle" ? $"{station} {deed}" : null);
            if (station == "busy") bench.Assign(worker, deed);
            if (station is "asking" or "finished") bench.Assign(worker, $"{station}-{deed}");
            workers.Add((station, worker));
        }

        return workers;
    }

    static Task AtStation(PoolBench bench, string station, Incarnation worker) => station switch
    {
        "starting" => Task.CompletedTask,
        "asking" => bench.Heard<KeyRequest>(worker),
        "finished" => bench.Heard<Finished>(worker),
        _ => bench.Heard<Hello>(worker),
    };

    static string[] Words(string station) => station switch
    {
        "starting" => [],
        "idle" => [nameof(Hello)],
        "asking" => [nameof(Hello), nameof(Progress), nameof(KeyRequest)],
        "finished" => [nameof(Hello), nameof(Progress), nameof(Finished)],
        _ => [nameof(Hello), nameof(Progress)],
    };
}
