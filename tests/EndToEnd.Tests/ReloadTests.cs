using System.Text.Json;

namespace Decryptor.EndToEnd.Tests;

/// <summary>Other settings and other keys while the service runs; a bad reload changes nothing.</summary>
[CancelAfter(120_000)]
sealed class ReloadTests
{
    static void Configure(Scratch scratch, object config) =>
        File.WriteAllText(scratch["config.json"], JsonSerializer.Serialize(config));

    static void Reload(Serving service, string said)
    {
        var before = Count(service, said);
        service.Send(Proc.SigHup);
        service.Until(() => Count(service, said) > before, said);
    }

    static int Count(Serving service, string said) => service.Stderr.Split(said).Length;

    [TestCase("{ \"workers\": 3")]
    [TestCase("{ \"wrokers\": 3 }")]
    [TestCase("{ \"workers\": 0 }")]
    [TestCase("{ \"limits\": { \"ratioMax\": 0 } }")]
    public void Bad_settings_change_nothing_and_good_ones_do(string bad)
    {
        using var scratch = new Scratch();
        using var service = new Serving(scratch, config: new { workers = 1 });
        service.AwaitServing(workers: 1);
        var workers = service.Workers();
        File.WriteAllText(scratch["config.json"], bad);
        Reload(service, "reload refused");
        Serving.Drop(scratch, "a.txt", "hello\n"u8.ToArray());
        service.AwaitEnded(1);
        Assert.That(service.Workers(), Is.EqualTo(workers));
        Configure(scratch, new { workers = 3 });
        Reload(service, "reloaded: 3 workers");
        service.Until(() => service.Workers().Count == 3, "three work");
    }

    [Test]
    public void A_bad_ring_keeps_the_old_ring_and_the_old_settings()
    {
        using var scratch = new Scratch();
        var ring = scratch.Ring("password one");
        using var service = new Serving(scratch, ["--keys", ring], config: new { workers = 1 });
        service.AwaitServing(workers: 1);
        Configure(scratch, new { workers = 2 });
        Directory.Move(ring, scratch["elsewhere"]);
        Reload(service, "reload refused");
        var status = JsonDocument.Parse(Programs.Run("status", "--spool", service.Spool, "--json").Text).RootElement;
        Assert.That(status.GetProperty("keys").GetArrayLength(), Is.EqualTo(1));
        Assert.That(service.Workers(), Has.Count.EqualTo(1));
        Directory.Move(scratch["elsewhere"], ring);
        Reload(service, "reloaded: 2 workers");
        service.Until(() => service.Workers().Count == 2, "two work");
    }

    [Test]
    public void New_limits_count_for_the_next_job()
    {
        using var scratch = new Scratch();
        using var service = new Serving(scratch, ["--workers", "1"], config: new { });
        var text = new byte[4096];
        Array.Fill(text, (byte)'a');
        Serving.Drop(scratch, "before.txt", text);
        Assert.That(service.AwaitEnded(1)["before.txt"].Report.Outcome, Is.EqualTo("complete"));
        Configure(scratch, new { limits = new { outputBytesMax = 1000 } });
        Reload(service, "reloaded");
        Serving.Drop(scratch, "after.txt", text);
        Assert.That(service.AwaitEnded(2)["after.txt"].Report.Code, Is.EqualTo("LIMIT_OUTPUT"));
    }

    [Test]
    public void New_deadlines_count_for_jobs_that_run()
    {
        using var scratch = new Scratch();
        using var service = new Serving(
            scratch, ["--workers", "1", "--worker-program", Programs.FakeWorker], config: new { });
        service.AwaitServing(workers: 1);
        Serving.Drop(scratch, "frozen~1.txt", "at first\n"u8.ToArray());
        service.Until(() => service.InWork("*frozen*").Length > 0, "it runs");
        Configure(scratch, new { deadlines = new { frozenSeconds = 1 } });
        Reload(service, "reloaded");
        Assert.That(service.AwaitEnded(1, seconds: 12).Values.Single().Report.Outcome, Is.EqualTo("complete"));
    }

    [Test]
    public void What_the_command_line_has_said_wins_over_the_file_again()
    {
        using var scratch = new Scratch();
        using var service = new Serving(scratch, ["--workers", "1"], config: new { workers = 2 });
        service.AwaitServing(workers: 1);
        Configure(scratch, new { workers = 3 });
        Reload(service, "reloaded: 1 workers");
        service.Send(Proc.SigTtin);
        service.Until(() => service.Workers().Count == 2, "one more was asked for by hand");
        Reload(service, "reloaded: 1 workers");
        service.Until(() => service.Workers().Count == 1, "a reload forgets what was asked for by hand");
    }

    [Test]
    public void What_only_a_start_can_change_is_told_and_stays()
    {
        using var scratch = new Scratch();
        using var service = new Serving(scratch, ["--workers", "1"], config: new { keepInputs = false });
        service.AwaitServing(workers: 1);
        Configure(scratch, new { keepInputs = true, confinement = "off" });
        Reload(service, "reloaded");
        Assert.That(service.Stderr, Does.Contain("the setting keepInputs counts from the next start on")
            .And.Contain("the setting confinement counts from the next start on"));
        Serving.Drop(scratch, "a.txt", "hello\n"u8.ToArray());
        Assert.That(File.Exists(Path.Combine(service.AwaitEnded(1)["a.txt"].Folder, "input")), Is.False);
    }
}
