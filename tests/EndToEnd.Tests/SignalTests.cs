namespace Decryptor.EndToEnd.Tests;

/// <summary>The signals of DESIGN.md section 5, sent to the real service.</summary>
sealed class SignalTests
{
    static readonly object _impatient = new { deadlines = new { frozenSeconds = 3, helloSeconds = 10 }, workers = 2 };

    static Serving WithFakes(Scratch scratch, object? config = null) =>
        new(scratch, ["--worker-program", Programs.FakeWorker], config: config ?? _impatient);

    static bool IsEmpty(string folder) => Directory.GetFileSystemEntries(folder).Length == 0;

    [Test, CancelAfter(60_000)]
    public void Term_finishes_what_runs_and_leaves_the_rest_for_the_next()
    {
        using var scratch = new Scratch();
        using (var service = new Serving(scratch, ["--worker-program", Programs.FakeWorker, "--workers", "1"]))
        {
            service.AwaitReady();
            Serving.Drop(scratch, "slow.txt", "runs\n"u8.ToArray());
            service.Until(() => IsEmpty(scratch["spool/queue"]) && service.InWork("*").Length > 0, "it runs");
            Serving.Drop(scratch, "waits.txt", "waits\n"u8.ToArray());
            service.Until(() => IsEmpty(scratch["spool/incoming"]), "the second is accepted");
            service.Send(Proc.SigTerm);
            Assert.That(service.AwaitExit(), Is.Zero, service.Stderr);
            Assert.That(service.Ended().Keys, Is.EqualTo(new[] { "slow.txt" }));
        }

        using var next = new Serving(scratch);
        Assert.That(next.AwaitEnded(2).Keys, Is.EquivalentTo(new[] { "slow.txt", "waits.txt" }));
    }

    [Test, CancelAfter(60_000)]
    public void A_second_Term_stops_at_once_and_the_job_is_not_charged()
    {
        using var scratch = new Scratch();
        using (var service = WithFakes(scratch))
        {
            service.AwaitReady();
            Serving.Drop(scratch, "spin.txt", "for ever\n"u8.ToArray());
            service.Until(() => service.InWork("*spin*").Length > 0, "it runs");
            service.Send(Proc.SigTerm);
            service.Until(() => service.Workers().Count == 1, "the idle worker has left");
            service.Send(Proc.SigTerm);
            Assert.That(service.AwaitExit(10), Is.Zero, service.Stderr);
        }

        using var next = new Serving(scratch);
        Assert.That(next.AwaitEnded(1)["spin.txt"].Report.Outcome, Is.EqualTo("complete"));
        Assert.That(Programs.Run("jobs", "--spool", next.Spool, "--json").Text, Does.Contain("\"deaths\":0"));
    }

    [Test, CancelAfter(60_000)]
    public void A_status_signal_to_the_whole_group_is_answered_and_harms_no_worker()
    {
        using var scratch = new Scratch();
        using var service = new Serving(scratch, ["--workers", "3"]);
        service.AwaitServing(workers: 3);
        var workers = service.Workers();
        foreach (var signal in new[] { Proc.SigUsr1, Proc.SigUsr1, Proc.SigHup, Proc.SigTerm })
            foreach (var worker in workers) Proc.Send(worker, signal);
        service.Send(Proc.SigUsr1);
        service.Until(() => service.Says("SIGUSR1 from pid"), "the dump is printed");
        Serving.Drop(scratch, "a.txt", "hello\n"u8.ToArray());
        service.AwaitEnded(1);
        Assert.That(service.Workers(), Is.EqualTo(workers));
    }

    [Test, CancelAfter(60_000)]
    public void Usr2_replaces_every_worker_and_charges_no_job()
    {
        using var scratch = new Scratch();
        using var service = new Serving(scratch, ["--workers", "2"]);
        service.AwaitServing(workers: 2);
        var old = service.Workers();
        service.Send(Proc.SigUsr2);
        service.Until(() => service.Workers().Count == 2 && !service.Workers().Intersect(old).Any(), "two others live");
    }

    [Test, CancelAfter(60_000)]
    public void Ttin_and_Ttou_mean_one_worker_more_and_one_less()
    {
        using var scratch = new Scratch();
        using var service = new Serving(scratch, ["--workers", "1"]);
        service.AwaitServing(workers: 1);
        service.Send(Proc.SigTtin);
        service.Until(() => service.Workers().Count == 2, "two workers live");
        service.Send(Proc.SigTtou);
        service.Until(() => service.Workers().Count == 1, "one worker lives");
    }

    [Test, CancelAfter(60_000)]
    public void A_bad_reload_keeps_everything_as_it_was()
    {
        using var scratch = new Scratch();
        using var service = new Serving(scratch, config: new { workers = 2 });
        service.AwaitServing(workers: 2);
        File.WriteAllText(scratch["config.json"], "{ \"wrokers\": 3 }");
        service.Send(Proc.SigHup);
        service.Until(() => service.Says("reload refused"), "the reload is refused");
        File.WriteAllText(scratch["config.json"], "{ \"workers\": 3 }");
        service.Send(Proc.SigHup);
        service.Until(() => service.Workers().Count == 3, "the good one is taken");
    }
}
