using System.Text;
using Decryptor.Protocol;
using Decryptor.Supervisor.Scheduling;
using Decryptor.Supervisor.Workers;

namespace Decryptor.Supervisor.Tests.Workers;

/// <summary>What is kept of an end that was not in order, by the ends of real processes.</summary>
[CancelAfter(60_000)]
sealed class CrashCardTests
{
    [TestCase("kill-self", "SIGKILL")]
    [TestCase("crash-native", "exit 139 (SIGSEGV)")]
    [TestCase("exit0", "exit 0")]
    [TestCase("exit3", "exit 3")]
    public async Task A_death_over_a_job_is_explained_before_it_is_told(string deed, string exit)
    {
        await using var bench = new PoolBench();
        var file = Path.Combine(bench.CrashesFolder, "17-1.json");
        var wasThere = false;
        bench.Watch = happened => wasThere |= happened is Event.WorkerGone && File.Exists(file);
        var worker = bench.Start();
        bench.Assign(worker, deed);
        await bench.Gone(worker);

        Assert.That(wasThere, "the card lies there when the end is told");
        var card = CrashCard.Read(file)!;
        Assert.That(card.Exit, Is.EqualTo(exit));
        Assert.That((card.V, card.Job, card.Attempt, card.Worker), Is.EqualTo((1, 17L, 1, "w1.1")));
        Assert.That((card.Source, card.Why, card.JobsDone), Is.EqualTo((deed, (string?)null, 0)));
        Assert.That(card.Pid, Is.Positive);
        Assert.That(card.UptimeSeconds, Is.Positive);
        Assert.That(card.Frames.Select(frame => $"{frame.From}: {frame.Words}"), Is.EquivalentTo(new[]
        {
            $"worker: hello {Message.Version}", "supervisor: assign 17-1", "worker: progress 17-1 in 0 out 0 cpu 0",
        }));
    }

    [TestCase("garbage")]
    [TestCase("frozen")]
    [TestCase("stop-self")]
    public async Task A_worker_that_we_kill_leaves_our_reason_and_its_last_figures(string deed)
    {
        await using var bench = new PoolBench();
        var worker = bench.Start();
        bench.Assign(worker, deed);
        await bench.Heard<Progress>(worker);
        bench.Pool.Kill(worker, "it froze over it");
        bench.Pool.Kill(worker, "a second reason");
        await bench.Gone(worker);

        var card = Only(bench);
        Assert.That((card.Exit, card.Why, card.OomKilled), Is.EqualTo(("SIGKILL", "it froze over it", false)));
        Assert.That(card.LastResidentBytes, Is.GreaterThan(1 << 20));
        Assert.That(card.PeakResidentBytes, Is.GreaterThanOrEqualTo(card.LastResidentBytes));
        Assert.That(card.LastCpuMs, Is.Not.Null);
    }

    [Test]
    public async Task How_far_it_was_is_on_the_card_and_so_are_its_last_frames()
    {
        await using var bench = new PoolBench();
        var worker = bench.Start();
        bench.Assign(worker, "slow");
        await bench.Next<Event.WorkerSaid>(worker, said => said.Message is Progress { BytesIn: >= 35 });
        bench.Pool.Kill(worker);
        await bench.Gone(worker);

        var card = Only(bench);
        Assert.That(card.BytesIn, Is.GreaterThanOrEqualTo(35));
        Assert.That(card.BytesOut, Is.EqualTo(card.BytesIn));
        Assert.That(card.Frames, Has.Count.EqualTo(32));
        Assert.That(card.Frames[^1].Words, Does.StartWith($"progress 17-1 in {card.BytesIn} "));
        Assert.That(card.Frames.Select(frame => frame.At), Is.Ordered);
    }

    [Test]
    public async Task Last_words_are_kept_and_nothing_that_is_secret()
    {
        await using var bench = new PoolBench();
        var secret = Encoding.UTF8.GetBytes("the secret of it");
        var worker = bench.Start();
        var attempt = bench.Assign(worker, "half-then-failfast", number: 2);
        bench.Pool.Send(worker, new Protocol.Keys(attempt, 1, 1, [new("main", secret)]));
        await bench.Gone(worker);

        var file = Path.Combine(bench.CrashesFolder, "17-2.json");
        var json = File.ReadAllText(file);
        Assert.That(json, Does.Not.Contain("the secret of it"));
        Assert.That(json, Does.Not.Contain(Convert.ToHexString(secret)).IgnoreCase);
        Assert.That(json, Does.Not.Contain(Convert.ToBase64String(secret)));
        var card = CrashCard.Read(file)!;
        Assert.That(card.Stderr, Does.Contain("told to"));
        Assert.That(card.Frames.Select(frame => frame.Words), Does.Contain("keys 17-2 1: 1 to try"));
    }

    [Test]
    public async Task Without_a_job_the_card_bears_the_workers_name()
    {
        await using var bench = new PoolBench();
        var idle = bench.Start(1, "idle exit3");
        var starting = bench.Start(2, "starting crash-native");
        await bench.Gone(idle);
        await bench.Gone(starting);

        Assert.That(Names(bench), Is.EquivalentTo(new[] { "worker-w1.1.json", "worker-w1.2.json" }));
        Assert.That(CrashCard.Read(Path.Combine(bench.CrashesFolder, "worker-w1.1.json"))!.Job, Is.Null);
    }

    [Test]
    public async Task An_end_in_order_leaves_no_card_and_the_finished_job_is_not_blamed_for_a_later_one()
    {
        await using var bench = new PoolBench();
        var good = bench.Start(1);
        bench.Assign(good, "ok");
        await bench.Heard<Finished>(good);
        bench.Pool.Dismiss(good);
        await bench.Gone(good);
        Assert.That(Names(bench), Is.Empty);

        var late = bench.Start(2);
        bench.Assign(late, "finished-kill-self");
        await bench.Gone(late);
        Assert.That(Names(bench), Is.EqualTo(new[] { "worker-w1.2.json" }));
        Assert.That(Only(bench).JobsDone, Is.EqualTo(1));
    }

    [Test]
    public async Task A_card_that_cannot_be_written_is_counted_and_the_end_is_told_all_the_same()
    {
        var file = Path.GetTempFileName();
        await using var bench = new PoolBench(crashes: new(Path.Combine(file, "crashes")));
        var worker = bench.Start();
        bench.Assign(worker, "exit0");

        Assert.That(await bench.Gone(worker), Is.EqualTo("exit 0"));
        Assert.That(bench.Pool.CardsLost, Is.EqualTo(1));
        File.Delete(file);
    }

    [Test]
    public void The_newest_cards_are_kept_and_found_by_their_job()
    {
        var path = Directory.CreateTempSubdirectory("crashes-").FullName;
        var folder = new CrashFolder(path, most: 10);
        for (var attempt = 1; attempt <= 25; attempt++) folder.Keep(Blank with { Job = 7, Attempt = attempt });

        Assert.That(folder.Lost, Is.Zero);
        Assert.That(Directory.GetFiles(path), Has.Length.LessThanOrEqualTo(10));
        Assert.That(CrashCard.Read(Path.Combine(path, "7-25.json"))!.Attempt, Is.EqualTo(25));
        Assert.That(Path.GetFileName(CrashFolder.Of(path, 7)[^1]), Is.EqualTo("7-25.json"));
        Assert.That(CrashFolder.Of(path, 72), Is.Empty);
        Assert.That(CrashFolder.Of(path + "-nowhere", 7), Is.Empty);
        Directory.Delete(path, recursive: true);
    }

    [TestCase("")]
    [TestCase("{")]
    [TestCase("{\"v\":1}")]
    public void What_is_no_card_is_read_as_none(string text)
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, text);
        Assert.That(CrashCard.Read(file), Is.Null);
        File.Delete(file);
        Assert.That(CrashCard.Read(file), Is.Null);
    }

    [Test]
    public void A_card_of_the_worst_last_words_can_be_read_again()
    {
        var path = Directory.CreateTempSubdirectory("crashes-").FullName;
        var worst = Blank with { Stderr = new string('\u001b', StderrTail.Capacity) };
        new CrashFolder(path).Keep(worst);
        var file = Path.Combine(path, "worker-w1.1.json");
        Assert.That(CrashCard.Read(file)!.Stderr, Is.EqualTo(worst.Stderr));
        Assert.That(File.ReadAllBytes(file), Has.No.Member((byte)0x1b), "harmless on a terminal");
        Assert.That(File.GetUnixFileMode(file), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
        Directory.Delete(path, recursive: true);
    }

    static CrashCard Blank { get; } =
        new() { At = DateTimeOffset.UnixEpoch, Worker = "w1.1", Exit = "exit 3", Supervisor = "" };

    static CrashCard Only(PoolBench bench) => CrashCard.Read(Directory.GetFiles(bench.CrashesFolder).Single())!;

    static IEnumerable<string?> Names(PoolBench bench) =>
        Directory.Exists(bench.CrashesFolder)
            ? Directory.GetFiles(bench.CrashesFolder).Select(Path.GetFileName)
            : [];
}
