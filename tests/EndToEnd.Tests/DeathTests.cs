using System.Text.Json;

namespace Decryptor.EndToEnd.Tests;

/// <summary>
/// Workers that die, hang and lie in each state of the protocol, under the real supervisor: the job completes, the pool
/// is whole again, no zombie stays, no file leaks.
/// </summary>
sealed class DeathTests
{
    static readonly string[] _deeds =
        ["kill-self", "stop-self", "crash-native", "failfast", "exit0", "close-stdout", "garbage"];
    static readonly object _impatient = new { deadlines = new { frozenSeconds = 2, helloSeconds = 4 }, workers = 3 };

    static Serving WithFakes(Scratch scratch) =>
        new(scratch, ["--worker-program", Programs.FakeWorker], config: _impatient);

    static void AssertWhole(Serving service, int openFilesBefore)
    {
        service.Until(() => service.Workers().Count == 3, "three workers live");
        service.Until(() => Proc.ChildrenOf(service.Pid).All(child => child.State != 'Z'), "no zombie is left");
        service.Until(() => Proc.OpenFiles(service.Pid) <= openFilesBefore + 2, "no file is leaked");
    }

    static int AwaitWhole(Scratch scratch, Serving service)
    {
        service.AwaitServing(workers: 3);
        Serving.Drop(scratch, "warm-up.txt", "x\n"u8.ToArray());
        service.AwaitEnded(1);
        return Proc.OpenFiles(service.Pid);
    }

    [TestCase("")]
    [TestCase("asking-")]
    [CancelAfter(120_000)]
    public void A_worker_that_fails_over_a_job_costs_an_attempt_and_the_job_completes(string state)
    {
        using var scratch = new Scratch();
        using var service = WithFakes(scratch);
        var before = AwaitWhole(scratch, service);
        foreach (var deed in _deeds) Serving.Drop(scratch, $"{state}{deed}~1.txt", "text\n"u8.ToArray());
        var ended = service.AwaitEnded(_deeds.Length + 1, 90);
        Assert.That(ended.Values.Select(job => job.Report.Outcome), Has.All.EqualTo("complete"));
        AssertWhole(service, before);
        foreach (var job in Jobs(service).Where(job => job.Source != "warm-up.txt"))
            Assert.That((job.Source, job.Attempts, job.Deaths), Is.EqualTo((job.Source, 2, 1)));
    }

    [Test, CancelAfter(120_000)]
    public void A_worker_that_fails_after_its_last_word_costs_nobody_an_attempt()
    {
        using var scratch = new Scratch();
        using var service = WithFakes(scratch);
        var before = AwaitWhole(scratch, service);
        foreach (var deed in _deeds.Where(deed => deed != "stop-self"))
            Serving.Drop(scratch, $"finished-{deed}.txt", "text\n"u8.ToArray());
        service.AwaitEnded(_deeds.Length, 60);
        AssertWhole(service, before);
        Assert.That(service.Ended().Values.Select(job => job.Report.Outcome), Has.All.EqualTo("complete"));
    }

    [Test, CancelAfter(180_000)]
    public void Workers_that_fail_before_they_have_a_job_are_replaced_until_they_are_well(
        [ValueSource(nameof(_deeds))] string deed, [Values("starting", "idle")] string state)
    {
        using var scratch = new Scratch();
        var work = Directory.CreateDirectory(scratch["spool/work"]).FullName;
        var behaviour = Path.Combine(work, "behaviour");
        File.WriteAllText(behaviour, $"{state} {deed}");
        using var service = WithFakes(scratch);
        service.Until(() => service.Says("is gone") || (state, deed) == ("idle", "stop-self"), "a worker fails");
        File.Delete(behaviour);
        Serving.Drop(scratch, "ok.txt", "text\n"u8.ToArray());
        Assert.That(service.AwaitEnded(1, 60)["ok.txt"].Report.Outcome, Is.EqualTo("complete"));
        service.Until(() => service.Workers().Count == 3, "the pool is whole again", 60);
    }

    [Test, CancelAfter(120_000)]
    public void A_poison_job_kills_three_workers_and_no_more_and_its_neighbours_complete()
    {
        using var scratch = new Scratch();
        using var service = WithFakes(scratch);
        AwaitWhole(scratch, service);
        Serving.Drop(scratch, "crash-native.txt", "poison\n"u8.ToArray());
        for (var i = 0; i < 20; i++) Serving.Drop(scratch, $"ok-{i}.txt", "text\n"u8.ToArray());
        var ended = service.AwaitEnded(22, 90);
        Assert.That(ended["crash-native.txt"].Report.Code, Is.EqualTo("POISON"));
        Assert.That(ended["crash-native.txt"].Report.Hint, Is.Not.Empty);
        Assert.That(ended.Values.Count(job => job.Report.Outcome == "complete"), Is.EqualTo(21));
        var jobs = Jobs(service).ToLookup(job => job.Source == "crash-native.txt");
        Assert.That(jobs[true], Is.EqualTo(new[] { new JobFacts("crash-native.txt", 3, 3) }));
        Assert.That(jobs[false].Select(job => job.Deaths), Has.All.Zero);
    }

    [Test, CancelAfter(60_000)]
    public void A_supervisor_killed_with_9_takes_its_busy_workers_with_it()
    {
        using var scratch = new Scratch();
        IReadOnlyList<int> workers;
        using (var service = WithFakes(scratch))
        {
            service.AwaitServing(workers: 3);
            for (var i = 0; i < 3; i++) Serving.Drop(scratch, $"spin.{i}.txt", "x"u8.ToArray());
            service.Until(() => service.InWork("*spin*").Length == 3, "all are busy");
            workers = service.Workers();
            service.Send(Proc.SigKill);
            service.Until(() => !workers.Any(Proc.Lives), "the workers are gone", 5, afterItsEnd: true);
        }
    }

    [TestCase("stay")]
    [TestCase("stop-self")]
    [CancelAfter(60_000)]
    public void The_next_supervisor_kills_survivors_before_it_begins(string deed)
    {
        using var scratch = new Scratch();
        IReadOnlyList<int> workers;
        using (var service = new Serving(scratch, ["--worker-program", Programs.FakeWorker, "--workers", "1"]))
        {
            service.Until(() => service.Says("serves"), "it serves");
            Serving.Drop(scratch, $"{deed}.txt", "x\n"u8.ToArray());
            if (deed == "stay") service.AwaitEnded(1);
            else service.Until(() => HasStoppedWorker(service), "the worker has stopped itself");
            workers = service.Workers();
            service.Send(Proc.SigKill);
            service.AwaitExit();
            Assert.That(workers.Any(Proc.Lives), "this one survives its supervisor");
        }

        using var next = new Serving(scratch, ["--workers", "1"]);
        Serving.Drop(scratch, "next.txt", "x\n"u8.ToArray());
        Assert.That(next.AwaitEnded(2).Values.Select(job => job.Report.Outcome), Has.All.EqualTo("complete"));
        Assert.That(workers.Any(Proc.Lives), Is.False);
        Assert.That(next.Stderr, Does.Contain("killed 1 workers"));
    }

    static bool HasStoppedWorker(Serving service) =>
        Proc.ChildrenOf(service.Pid).Any(child => child.State == 'T');

    static List<JobFacts> Jobs(Serving service) => [.. service.Jobs().Select(FactsOf)];

    static JobFacts FactsOf(JsonElement job) => new(
        job.GetProperty("source").GetString()!,
        job.GetProperty("attempts").GetInt32(),
        job.GetProperty("deaths").GetInt32());

    sealed record JobFacts(string Source, int Attempts, int Deaths);
}
