using System.Text.Json;

namespace Decryptor.EndToEnd.Tests;

/// <summary>What operators do with jobs by command, at a real service.</summary>
[CancelAfter(120_000)]
sealed class OperatorTests
{
    static readonly byte[] _noFormat = [1, 0, 2, 0, 3];

    static Serving WithFakes(Scratch scratch, int workers = 1) => new(
        scratch, ["--worker-program", Programs.FakeWorker, "--workers", $"{workers}"]);

    static Ran Jobs(Scratch scratch, params string[] words) =>
        Programs.Run(["jobs", .. words, "--spool", scratch["spool"]]);

    static JsonElement Show(Scratch scratch, int job) =>
        JsonDocument.Parse(Jobs(scratch, "show", $"{job}", "--json").Text).RootElement;

    [Test]
    public void A_job_that_runs_and_one_that_waits_are_cancelled_and_charged_with_nothing()
    {
        using var scratch = new Scratch();
        using var service = WithFakes(scratch);
        service.AwaitServing(workers: 1);
        Serving.Drop(scratch, "spin.txt", "for ever\n"u8.ToArray());
        service.Until(() => service.InWork("*spin*").Length > 0, "it runs");
        Serving.Drop(scratch, "ok.txt", "waits\n"u8.ToArray());
        service.Until(() => Directory.GetFiles(scratch["spool/queue"]).Length == 1, "the other waits");
        var ran = Jobs(scratch, "cancel", "2", "1");
        Assert.That(ran.ExitCode, Is.Zero, ran.ToString());
        Assert.That(ran.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries), Has.Length.EqualTo(2), ran.ToString());
        var ended = service.AwaitEnded(2);
        Assert.That(ended.Values.Select(job => job.Report.Code), Is.All.EqualTo("CANCELLED"));
        Assert.That(Show(scratch, 1).GetProperty("job").GetProperty("deaths").GetInt32(), Is.Zero);
        Serving.Drop(scratch, "next.txt", "goes on\n"u8.ToArray());
        service.AwaitEnded(3);
    }

    [Test]
    public void A_failed_job_is_run_again_and_the_ledger_says_who_asked()
    {
        using var scratch = new Scratch();
        using var service = new Serving(scratch, ["--workers", "1"]);
        Serving.Drop(scratch, "odd.bin", _noFormat);
        service.AwaitEnded(1);
        var ran = Jobs(scratch, "retry", "1");
        Assert.That(ran.ExitCode, Is.Zero, ran.ToString());
        service.Until(() => Show(scratch, 1).GetProperty("job") is var job
            && job.GetProperty("attempts").GetInt32() == 2
            && job.GetProperty("state").GetString() == "Failed", "it fails again");
        var act = Show(scratch, 1).GetProperty("audit").EnumerateArray().Single();
        Assert.That(act.GetProperty("act").GetString(), Is.EqualTo("retry"));
        Assert.That(act.GetProperty("who").GetString(), Does.Match(@"^\S+ \(uid \d+, pid \d+\)$"));
    }

    [Test]
    public void A_quarantined_job_is_released_and_not_retried()
    {
        using var scratch = new Scratch();
        using var service = WithFakes(scratch, workers: 2);
        Serving.Drop(scratch, "kill-self~3.txt", "deadly three times\n"u8.ToArray());
        Assert.That(service.AwaitEnded(1).Values.Single().Report.Code, Is.EqualTo("POISON"), service.Stderr);
        var refused = Jobs(scratch, "retry", "1");
        Assert.That(refused.ExitCode, Is.EqualTo(1), refused.ToString());
        Assert.That(refused.Stderr, Does.StartWith("decryptor: job 1 is in quarantine"));
        Assert.That(Jobs(scratch, "release", "1").ExitCode, Is.Zero);
        service.Until(() => Directory.Exists(scratch["spool/completed/1"]), "it completes");
    }

    [Test]
    public void Of_several_jobs_each_is_told_and_the_worst_counts()
    {
        using var scratch = new Scratch();
        using var service = new Serving(scratch, ["--workers", "1"]);
        Serving.Drop(scratch, "odd.bin", _noFormat);
        service.AwaitEnded(1);
        var ran = Jobs(scratch, "retry", "1", "99", "98");
        Assert.That(ran.ExitCode, Is.EqualTo(66), ran.ToString());
        Assert.That(ran.Text, Does.Contain("job 1 "));
        Assert.That(ran.Stderr, Does.Contain("there is no job 99\n").And.Contain("there is no job 98\n")
            .And.Contain("hint: "));
        var lines = Jobs(scratch, "cancel", "1", "99", "--json").Text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        Assert.That(lines.Select(line => line.GetProperty("id").GetString()), Is.EqualTo(new[] { "1", "99" }));
        Assert.That(lines[1].GetProperty("code").GetString(), Is.EqualTo("unknown"));
    }

    [Test]
    public void Jobs_are_listed_by_what_became_of_them_and_all_of_a_kind_are_tried_again()
    {
        using var scratch = new Scratch();
        using var service = new Serving(scratch, ["--workers", "1"]);
        Directory.CreateDirectory(scratch["spool/incoming/shop"]);
        Serving.Drop(scratch, "odd.bin", _noFormat);
        Serving.Drop(scratch, "empty.xlog", []);
        Serving.Drop(scratch, "shop/well.txt", "a\n"u8.ToArray());
        service.AwaitEnded(3);
        string Listed(params string[] words) => string.Join(' ', Jobs(scratch, ["list", "--json", .. words]).Text
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)
            .Select(job => job.GetProperty("source").GetString()).Order(StringComparer.Ordinal));
        Assert.That(Listed("--state", "failed"), Is.EqualTo("empty.xlog odd.bin"));
        Assert.That(Listed("--code", "empty"), Is.EqualTo("empty.xlog"));
        Assert.That(Listed("--tenant", "shop"), Is.EqualTo("well.txt"));
        Assert.That(Listed("--source", "[ow]*.*"), Is.EqualTo("odd.bin well.txt"));
        Assert.That(Listed("--before", "3", "--limit", "1", "--state", "failed"), Is.Not.Empty.And.Not.Contain(" "));
        Assert.That(Listed("--before", "1"), Is.Empty);
        var which = Jobs(scratch, "retry", "--all", "--dry-run");
        Assert.That((which.ExitCode, which.Stderr), Is.EqualTo((0, "decryptor: 2 failed jobs are chosen\n")));
        var ran = Jobs(scratch, "retry", "--all", "--code", "EMPTY");
        Assert.That((ran.ExitCode, ran.Stderr), Is.EqualTo((0, "decryptor: 1 failed job is chosen\n")), ran.ToString());
        Assert.That(ran.Text, Does.Match(@"^job \d+ waits for another try\n$"));
    }

    [TestCase("retry", "--all", "1"), TestCase("retry", "1", "--code", "EMPTY"), TestCase("list", "--code", "EMPY")]
    [TestCase("list", "--before", "x"), TestCase("list", "--limit", "0"), TestCase("list", "--state", "lost")]
    public void A_choice_that_is_none_is_told(params string[] words)
    {
        using var scratch = new Scratch();
        var ran = Jobs(scratch, words);
        Assert.That(ran.ExitCode, Is.EqualTo(2), ran.ToString());
        Assert.That(ran.Stderr, Does.Match("^decryptor: .*\ndecryptor: hint: "));
    }

    [Test]
    public void Without_a_service_nothing_can_be_asked_and_everything_shown()
    {
        using var scratch = new Scratch();
        Assert.That(Jobs(scratch, "retry", "1").ExitCode, Is.EqualTo(69));
        using (var service = new Serving(scratch, ["--workers", "1"]))
        {
            Serving.Drop(scratch, "odd.bin", _noFormat);
            service.AwaitEnded(1);
            service.Send(Proc.SigTerm);
            service.AwaitExit();
        }

        var ran = Jobs(scratch, "cancel", "1");
        Assert.That((ran.ExitCode, ran.Stderr), Is.EqualTo((69,
            $"decryptor: no service runs on {scratch["spool"]}\n"
            + "decryptor: hint: decryptor serve --spool DIR starts one\n")));
        Assert.That(Jobs(scratch, "show", "1").ExitCode, Is.Zero);
        Assert.That(Jobs(scratch, "show", "2").ExitCode, Is.EqualTo(66));
        var several = Jobs(scratch, "show", "2", "1", "1");
        Assert.That(several.ExitCode, Is.EqualTo(66), "the one that is missing counts");
        Assert.That(several.Text, Is.EqualTo(Jobs(scratch, "show", "1").Text), "and each is shown once");
    }

    [TestCase("retry"), TestCase("retry", "first"), TestCase("delete", "1"), TestCase("show")]
    [TestCase("show", "1", "first")]
    public void What_is_no_command_is_told(params string[] words)
    {
        using var scratch = new Scratch();
        var ran = Jobs(scratch, words);
        Assert.That(ran.ExitCode, Is.EqualTo(2), ran.ToString());
        Assert.That(ran.Stderr, Does.Match("^decryptor: [a-z'].*\ndecryptor: hint: "));
    }

    [Test]
    public void What_is_shown_of_a_job_fits_a_hundred_columns_and_leads_to_its_report()
    {
        using var scratch = new Scratch();
        using var service = new Serving(scratch, ["--workers", "1"]);
        Serving.Drop(scratch, "odd name \u001b[31m.bin", _noFormat);
        service.AwaitEnded(1);
        var shown = Jobs(scratch, "show", "1").Text;
        Assert.That(shown.Split('\n').Where(line => !line.Contains('/', StringComparison.Ordinal)),
            Is.All.Length.LessThanOrEqualTo(100));
        Assert.That(shown, Does.Contain("Failed · failed · UNKNOWN_FORMAT").And.Not.Contain("\u001b"));
        var report = Show(scratch, 1).GetProperty("report").GetString();
        Assert.That(shown, Does.Contain(report));
        Assert.That(File.Exists(report));
        var history = Show(scratch, 1).GetProperty("history").EnumerateArray();
        Assert.That(history.Select(step => step.GetProperty("state").GetString()),
            Is.EqualTo(new[] { "Undecrypted", "Decrypting", "Failed" }));
    }

    [Test]
    public void The_cards_of_workers_that_died_over_a_job_are_shown_with_it()
    {
        using var scratch = new Scratch();
        using (var service = new Serving(scratch, ["--workers", "1"]))
        {
            Serving.Drop(scratch, "odd.bin", _noFormat);
            service.AwaitEnded(1);
        }

        foreach (var card in new[] { 2, 10, 1 }) scratch.Write($"spool/failed/1/crash-{card}.json", "{}"u8.ToArray());
        var cards = Show(scratch, 1).GetProperty("crashes").EnumerateArray().Select(card => card.GetString());
        Assert.That(cards.Select(Path.GetFileName),
            Is.EqualTo(new[] { "crash-1.json", "crash-2.json", "crash-10.json" }));
    }

    [Test]
    public void A_service_that_was_killed_leaves_a_socket_that_the_next_one_replaces()
    {
        using var scratch = new Scratch();
        using (var service = new Serving(scratch, ["--workers", "1"]))
            service.Until(() => File.Exists(scratch["spool/run/control.sock"]), "it listens");
        Assert.That(File.Exists(scratch["spool/run/control.sock"]), "the killed one left it");
        Assert.That(Jobs(scratch, "retry", "1").ExitCode, Is.EqualTo(69));
        using var next = new Serving(scratch, ["--workers", "1"]);
        next.Until(() => Jobs(scratch, "retry", "1").ExitCode == 66, "the next one answers");
    }

    [Test]
    public void A_service_that_is_stopped_in_its_tracks_is_told_as_silent()
    {
        using var scratch = new Scratch();
        using var service = new Serving(scratch, ["--workers", "1"]);
        service.Until(() => Jobs(scratch, "retry", "1").ExitCode == 66, "it answers");
        service.Send(Proc.SigStop);
        var ran = Jobs(scratch, "retry", "1");
        Assert.That(ran.ExitCode, Is.EqualTo(69), ran.ToString());
        Assert.That(ran.Stderr, Does.Contain("gave no answer").And.Contain("hint: "));
    }

    [Test]
    public void Another_user_is_refused_by_the_kernel_s_word_even_where_the_files_are_open()
    {
        Shell.NeedAnotherUser();
        using var scratch = new Scratch();
        using var service = new Serving(scratch, ["--workers", "1"]);
        Serving.Drop(scratch, "odd.bin", _noFormat);
        service.AwaitEnded(1);
        string[] ask = ["jobs", "retry", "1", "--spool", scratch["spool"]];
        Shell.Run("chmod 755 \"$1\" \"$1/spool\"", scratch.Folder);
        var closed = Shell.AsNobody(scratch.Folder, ask);
        Assert.That(closed.ExitCode, Is.EqualTo(77), closed.ToString());
        Shell.Run("chmod 755 \"$1/spool/run\"; chmod 666 \"$1/spool/run/control.sock\"", scratch.Folder);
        var open = Shell.AsNobody(scratch.Folder, ask);
        Assert.That(open.ExitCode, Is.EqualTo(77), open.ToString());
        Assert.That(open.Stderr, Does.Contain("uid 65534").And.Contain("may not act"));
    }
}
