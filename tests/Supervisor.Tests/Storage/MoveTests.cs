using Decryptor.Protocol;
using Decryptor.Supervisor.Scheduling;
using Decryptor.Supervisor.Storage;

namespace Decryptor.Supervisor.Tests.Storage;

/// <summary>Every move, what it leaves, and that it does no harm when it is carried out again.</summary>
sealed class MoveTests : OnSpool
{
    static readonly Incarnation Worker = new(1, 7);

    [Test]
    public void An_upload_is_accepted_once()
    {
        var job = Scratch.NewJob(1, tenant: "acme");
        Home.Write("spool/incoming/acme/boot.xlog", "abc");
        Assert.That(Twice(new Move.Accept(job, "acme/boot.xlog")), Is.Empty);
        Assert.That(Home.In("queue"), Is.EqualTo(new[] { "1~acme~boot.xlog" }));
        Assert.That(Home.In("incoming"), Is.EqualTo(new[] { "acme" }));
    }

    [Test]
    public void An_upload_that_is_gone_is_told_and_its_later_moves_are_left_out()
    {
        var lost = Scratch.NewJob(1);
        var kept = Scratch.NewJob(2, "other.xlog");
        Home.Write("spool/incoming/other.xlog", "abc");
        var facts = Spool.Carry(
        [
            new Move.Prepare(Worker),
            new Move.Accept(lost, "boot.xlog"), new Move.Take(lost, Worker),
            new Move.Accept(kept, "other.xlog"), new Move.Take(kept, Worker),
        ]);
        Assert.That(facts, Is.EqualTo(new[] { new Event.InputGone(1) }));
        Assert.That(Home.In("work"), Does.Contain("w1.7/in/2~~other.xlog"));
    }

    [Test]
    public void A_link_that_has_taken_an_uploads_place_is_not_accepted()
    {
        var secret = Home.Write("secret", "key");
        File.CreateSymbolicLink($"{Home.SpoolPath}/incoming/boot.xlog", secret);
        var facts = Spool.Carry([new Move.Accept(Scratch.NewJob(1), "boot.xlog")]);
        Assert.That(facts, Has.Count.EqualTo(1));
        Assert.That(Home.In("queue"), Is.Empty);
        Assert.That(File.ReadAllText(secret), Is.EqualTo("key"));
    }

    [Test]
    public void A_tenant_that_is_a_link_is_not_followed()
    {
        Home.Write("elsewhere/boot.xlog", "abc");
        File.CreateSymbolicLink($"{Home.SpoolPath}/incoming/acme", $"{Home.Path}/elsewhere");
        var facts = Spool.Carry([new Move.Accept(Scratch.NewJob(1, tenant: "acme"), "acme/boot.xlog")]);
        Assert.That(facts, Has.Count.EqualTo(1));
        Assert.That(File.Exists($"{Home.Path}/elsewhere/boot.xlog"), Is.True);
    }

    [TestCase("../queue")]
    [TestCase("a/b/c")]
    [TestCase("/etc/passwd")]
    public void A_place_outside_of_incoming_is_our_own_mistake(string place) =>
        Assert.Throws<ArgumentException>(() => Spool.Carry([new Move.Accept(Scratch.NewJob(1), place)]));

    [Test]
    public void An_upload_with_a_name_that_is_no_text_is_accepted_by_its_bytes()
    {
        Scratch.Shell($"printf abc > \"$(printf '{Home.SpoolPath}/incoming/a\\377b')\"");
        var place = Spool.Incoming.Names().Single();
        Assert.That(place, Is.EqualTo("a\\xFFb"));
        Assert.That(Spool.Carry([new Move.Accept(Scratch.NewJob(1, place), place)]), Is.Empty);
        var listing = Spool.List([]);
        Assert.That(listing.Queued, Is.EqualTo(new[] { new FoundInput(1, "a\\xFFb", "", 3) }));
    }

    [Test]
    public void A_name_of_255_bytes_goes_all_the_way()
    {
        var name = new string('x', 255);
        var job = Take(Scratch.NewJob(1, name));
        Assert.That(File.Exists(Spool.InputOf(job)), Is.True);
        Twice(new Move.GiveBack(job, Worker));
        var found = Spool.List([]).Queued.Single();
        Assert.That(found.Source, Does.StartWith("xxx").And.EndWith("…"));
        var adopted = Scratch.NewJob(1, found.Source) with { Worker = Worker };
        Assert.That(Twice(new Move.Take(adopted, Worker)), Is.Empty);
        Assert.That(File.Exists(Spool.InputOf(adopted)), Is.True);
    }

    [Test]
    public void An_input_is_taken_and_given_back()
    {
        var job = Take(Scratch.NewJob(1));
        Assert.That(File.ReadAllText(Spool.InputOf(job)), Is.EqualTo("abc"));
        Twice(new Move.Take(job, Worker));
        Assert.That(Home.In("queue"), Is.Empty);
        Twice(new Move.GiveBack(job, Worker));
        Assert.That(Home.In("queue"), Is.EqualTo(new[] { "1~~boot.xlog" }));
    }

    [Test]
    public void A_completed_attempt_is_published_and_its_input_removed()
    {
        var job = Completed(Finish(Take(Scratch.NewJob(1))));
        Twice(new Move.Publish(job, job.Attempt));
        Assert.That(Home.In("completed"), Is.EqualTo(new[] { "1", "1/report.json", "1/text.log" }));
        Assert.That(Home.In("work"), Is.EqualTo(new[] { "w1.7", "w1.7/in", "w1.7/out" }));
        Assert.That(Scratch.ModeOf(Spool.Completed(1)), Is.EqualTo("700"));
    }

    [Test]
    public void A_completed_input_is_kept_where_the_setting_says_so()
    {
        Spool.Dispose();
        Spool = Home.OpenSpool(new() { KeepInputs = true });
        var job = Completed(Finish(Take(Scratch.NewJob(1))));
        Twice(new Move.Publish(job, job.Attempt));
        Assert.That(Home.In("completed"), Does.Contain("1/input"));
    }

    [Test]
    public void A_failed_attempt_is_published_with_its_input()
    {
        var job = Failed(Finish(Take(Scratch.NewJob(1))));
        Twice(new Move.Publish(job, job.Attempt));
        Assert.That(Home.In("failed"), Is.EqualTo(new[] { "1", "1/input", "1/report.json", "1/text.log" }));
        Assert.That(File.ReadAllText($"{Spool.Failed(1)}/input"), Is.EqualTo("abc"));
    }

    [Test]
    public void A_newer_attempt_takes_the_place_of_an_older_one_and_keeps_the_input()
    {
        var job = Failed(Finish(Take(Scratch.NewJob(1))));
        Spool.Carry([new Move.Publish(job, job.Attempt)]);
        var again = Failed(Finish(job with { Attempts = 2 }, "second"));
        Twice(new Move.Publish(again, again.Attempt));
        Assert.That(Home.In("failed"), Is.EqualTo(new[] { "1", "1/input", "1/report.json", "1/text.log" }));
        Assert.That(File.ReadAllText($"{Spool.Failed(1)}/text.log"), Is.EqualTo("second"));
        Assert.That(File.ReadAllText($"{Spool.Failed(1)}/input"), Is.EqualTo("abc"));
    }

    [Test]
    public void What_a_worker_has_put_in_the_inputs_place_never_stands_for_it()
    {
        var job = Failed(Finish(Take(Scratch.NewJob(1))));
        Directory.CreateDirectory($"{Spool.OutputOf(job.Attempt)}/input/deep");
        Twice(new Move.Publish(job, job.Attempt));
        Assert.That(File.ReadAllText($"{Spool.Failed(1)}/input"), Is.EqualTo("abc"));
    }

    [Test]
    public void A_worker_that_replaced_its_directories_by_links_harms_nothing()
    {
        var job = Failed(Finish(Take(Scratch.NewJob(1))));
        Home.Write("elsewhere/1~~boot.xlog", "not yours");
        Home.Write("elsewhere/1-1/report.json", "not yours");
        foreach (var name in new[] { "in", "out" })
        {
            Directory.Delete($"{Spool.WorkFolder(Worker)}/{name}", recursive: true);
            File.CreateSymbolicLink($"{Spool.WorkFolder(Worker)}/{name}", $"{Home.Path}/elsewhere");
        }

        Twice(new Move.GiveBack(job, Worker));
        Twice(new Move.Publish(job, job.Attempt));
        Twice(new Move.Discard(Worker));
        Assert.That(Home.In("queue"), Is.Empty);
        Assert.That(Home.In("failed"), Is.EqualTo(new[] { "1", "1/report.json" }));
        Assert.That(File.Exists($"{Home.Path}/elsewhere/1~~boot.xlog"), Is.True);
        Assert.That(File.Exists($"{Home.Path}/elsewhere/1-1/report.json"), Is.True);
    }

    [Test]
    public void A_refused_job_gets_a_report_of_ours_and_keeps_its_input()
    {
        var job = Failed(Take(Scratch.NewJob(1, tenant: "acme")), FailureCode.Poison);
        Directory.CreateDirectory(Spool.OutputOf(job.Attempt));
        Twice(new Move.Refuse(job, Worker));
        Assert.That(Home.In("failed"), Is.EqualTo(new[] { "1", "1/input", "1/report.json" }));
        var report = Report.FromJson(File.ReadAllBytes($"{Spool.Failed(1)}/report.json"));
        Assert.That((report.Id, report.Tenant, report.State, report.Outcome, report.Code, report.Worker),
            Is.EqualTo(("1", "acme", "Failed", "failed", "POISON", "w1.7")));
        Assert.That(Directory.Exists(Spool.OutputOf(job.Attempt)), Is.False);
    }

    [Test]
    public void What_a_dead_worker_has_written_makes_room_before_a_report_of_ours_is_written()
    {
        Spool.Dispose();
        var changes = new List<string>();
        Spool = Home.OpenSpool(new() { BeforeChange = changes.Add });
        foreach (var reportless in new[] { false, true })
        {
            var job = Failed(Take(Scratch.NewJob(reportless ? 2 : 1)), FailureCode.Poison);
            Directory.CreateDirectory(Spool.OutputOf(job.Attempt));
            changes.Clear();
            Spool.Carry([reportless ? new Move.Publish(job, job.Attempt) : new Move.Refuse(job, Worker)]);
            var removed = changes.FindIndex(change => change == $"remove {Spool.OutputOf(job.Attempt)}");
            var written = changes.FindIndex(change => change.StartsWith("write", StringComparison.Ordinal));
            Assert.That(removed, Is.InRange(0, written - 1));
        }
    }

    [Test]
    public void A_job_that_waits_can_be_refused()
    {
        Home.Write("spool/queue/1~~boot.xlog", "abc");
        Twice(new Move.Refuse(Failed(Scratch.NewJob(1), FailureCode.NoInput), null));
        Assert.That(Home.In("failed"), Is.EqualTo(new[] { "1", "1/input", "1/report.json" }));
    }

    [Test]
    public void A_hundred_turns_leave_no_descriptor_open()
    {
        var before = Directory.GetFiles("/proc/self/fd").Length;
        for (var id = 1; id <= 100; id++)
        {
            var job = Failed(Finish(Take(Scratch.NewJob(id))));
            Spool.Carry([new Move.Publish(job, job.Attempt), new Move.Discard(Worker), new Move.Reopen(job)]);
            Spool.Carry([new Move.Refuse(job, null)]);
        }

        Assert.That(Directory.GetFiles("/proc/self/fd"), Has.Length.LessThan(before + 20));
    }

    [Test]
    public void A_failed_job_is_reopened_with_its_input()
    {
        var job = Failed(Finish(Take(Scratch.NewJob(1))));
        Spool.Carry([new Move.Publish(job, job.Attempt)]);
        Twice(new Move.Reopen(job));
        Assert.That(Home.In("failed"), Is.Empty);
        Assert.That(Home.In("queue"), Is.EqualTo(new[] { "1~~boot.xlog" }));
    }

    [Test]
    public void A_package_of_which_a_part_wants_a_key_is_reopened_with_its_input()
    {
        var job = Completed(Finish(Take(Scratch.NewJob(1)))) with
        {
            Outcome = Outcome.Partial,
            Code = FailureCode.KeyMissing.Name,
        };
        Spool.Carry([new Move.Publish(job, job.Attempt)]);
        Assert.That(Home.In("completed"), Does.Contain("1/input"));
        Twice(new Move.Reopen(job));
        Assert.That(Home.In("completed"), Is.Empty);
        Assert.That(Home.In("queue"), Is.EqualTo(new[] { "1~~boot.xlog" }));
    }

    [Test]
    public void A_file_outside_of_the_spool_is_only_read()
    {
        var path = Home.Write("mine.xlog", "abc");
        var job = Scratch.NewJob(1) with { Outside = path, Worker = Worker, Attempts = 1 };
        Assert.That(Spool.InputOf(job), Is.EqualTo(path));
        Spool.Carry([new Move.Prepare(Worker)]);
        var ended = Failed(Finish(job));
        Twice(new Move.Publish(ended, ended.Attempt));
        Assert.That(Home.In("failed"), Is.EqualTo(new[] { "1", "1/report.json", "1/text.log" }));
        Assert.That(File.ReadAllText(path), Is.EqualTo("abc"));
    }

    [Test]
    public void A_workers_directory_goes_away_whatever_is_in_it()
    {
        Take(Scratch.NewJob(1));
        var outside = Home.Write("outside/kept", "abc");
        var output = $"{Spool.WorkFolder(Worker)}/out";
        File.CreateSymbolicLink($"{output}/link", Path.GetDirectoryName(outside)!);
        Scratch.Shell($"mkfifo {output}/pipe");
        for (var i = 0; i < 50; i++) File.WriteAllText($"{output}/file-{i}", "");

        // Deeper than there are descriptors, and longer than any path may be.
        var deepest = Folder.Open(output);
        for (var i = 0; i < 1100; i++)
        {
            using var parent = deepest;
            parent.Make("ddddd");
            deepest = parent.TryOpen("ddddd")!;
        }

        deepest.Dispose();
        Twice(new Move.Discard(Worker));
        Assert.That(Home.In("work"), Is.Empty);
        Assert.That(File.Exists(outside), Is.True);
    }

    [Test]
    public void A_directory_that_a_worker_has_locked_goes_away_too()
    {
        Take(Scratch.NewJob(1));
        Scratch.Shell($"cd {Spool.WorkFolder(Worker)}/out && mkdir -p a/b/c && chmod 000 a/b/c a/b a ../out");
        Twice(new Move.Discard(Worker));
        Assert.That(Home.In("work"), Is.Empty);
    }

    IReadOnlyList<Event> Twice(Move move)
    {
        var facts = Spool.Carry([move]);
        return [.. facts, .. Spool.Carry([move])];
    }

    Job Take(Job job)
    {
        Home.Write($"spool/incoming/{job.Source}", "abc");
        var taken = job with { State = JobState.Decrypting, Attempts = 1, Worker = Worker, Started = job.Arrived };
        Spool.Carry([new Move.Prepare(Worker), new Move.Accept(job, job.Source), new Move.Take(taken, Worker)]);
        return taken;
    }

    Job Finish(Job job, string text = "text")
    {
        var output = Directory.CreateDirectory(Spool.OutputOf(job.Attempt)).FullName;
        File.WriteAllText($"{output}/text.log", text);
        File.WriteAllBytes($"{output}/report.json", JobReport.Of(job).ToJson());
        return job;
    }

    static Job Completed(Job job) =>
        job with { State = JobState.Completed, Outcome = Outcome.Complete, Ended = job.Arrived.AddSeconds(1) };

    static Job Failed(Job job, FailureCode? code = null) => job with
    {
        State = JobState.Failed,
        Outcome = Outcome.Failed,
        Code = (code ?? FailureCode.KeyMissing).Name,
        Text = "it failed",
        Ended = job.Arrived.AddSeconds(1),
    };
}
