using Decryptor.Protocol;
using Decryptor.Supervisor.Scheduling;
using Decryptor.Supervisor.Storage;

namespace Decryptor.Supervisor.Tests.Storage;

/// <summary>A ledger that is damaged costs history, and no job.</summary>
sealed class LedgerRebuildTests : OnSpool
{
    static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);
    readonly List<string> _told = [];

    [SetUp]
    public void Forget() => _told.Clear();

    [Test]
    public void A_whole_ledger_is_opened_and_nothing_is_told()
    {
        Open().Dispose();
        Open().Dispose();
        Assert.That(_told, Is.Empty);
    }

    [Test]
    public void A_damaged_one_is_moved_aside_and_what_lies_in_the_spool_is_in_the_new_one()
    {
        FillSpool();
        File.WriteAllText(Spool.Ledger, new string('x', 5000));
        using (var ledger = Open())
        {
            var memory = ledger.Recall();
            Assert.That(memory.Open.Select(job => job.Id), Is.EqualTo(new[] { 6L }), "published, its input not away");
            Assert.That((memory.LastJob, memory.LastWorker, memory.Workers.Count), Is.EqualTo((6L, 12L, 0)));
            Recover(ledger);
        }

        Assert.That(_told.Single(), Does.Contain("is damaged").And.Contain("ledger.db.damaged-20261123T120000Z"));
        Assert.That(Directory.GetFiles(Spool.Root).Select(Path.GetFileName).Order(StringComparer.Ordinal), Is.EqualTo(
            new[] { "ledger.db", "ledger.db.damaged-20261123T120000Z" }));
        using var reader = JobLedger.OpenForReading(Spool.Ledger);
        Assert.That(reader.List().Select(job => (job.Id, job.Source, job.Tenant, job.State, job.Code)), Is.EqualTo(new[]
        {
            (8L, "held.xlog", "", JobState.Undecrypted, ""),
            (7L, "waiting.xlog", "acme", JobState.Undecrypted, ""),
            (6L, "six", "", JobState.Completed, ""),
            (5L, "five", "acme", JobState.Failed, "KEY_MISSING"),
            (4L, "four", "", JobState.Completed, "DAMAGED"),
        }));
        Assert.That(reader.Starved().Select(job => job.Id), Is.EqualTo(new[] { 5L }));
        Assert.That(Home.In("completed"), Does.Not.Contain("6/input").And.Contain("4/report.json"));
    }

    [Test]
    public void Damage_within_is_found_after_a_crash_before_anybody_builds_on_it()
    {
        using (var ledger = JobLedger.Open(Spool.Ledger))
        {
            for (var id = 1; id <= 200; id++)
                ledger.Commit([new Row.JobIs(Scratch.NewJob(id), new string('y', 500))]);
            ledger.MarkRunning();
        }

        using (var file = File.OpenHandle(Spool.Ledger, access: FileAccess.Write))
            RandomAccess.Write(file, new byte[20_000], RandomAccess.GetLength(file) / 2);
        Home.Write("spool/queue/9~~boot.xlog", "abc");
        using var built = Open();
        Assert.That(_told.Single(), Does.Contain("is damaged"));
        Recover(built);
        Assert.That(built.Recall().Open.Select(job => job.Id), Is.EqualTo(new[] { 9L }));
    }

    [Test]
    public void A_rebuilding_that_was_broken_off_is_begun_again_or_ended()
    {
        FillSpool();
        var made = $"{Spool.Ledger}.new";
        File.WriteAllText(Spool.Ledger, "damaged");
        File.WriteAllText(made, "half");
        File.WriteAllText($"{made}-wal", "half");
        using (var ledger = Open()) Assert.That(ledger.Recall().LastJob, Is.EqualTo(6));
        Assert.That(File.Exists(made), Is.False);

        File.Move(Spool.Ledger, made);
        _told.Clear();
        using (var ledger = Open()) Assert.That(ledger.Recall().LastJob, Is.EqualTo(6));
        Assert.That(_told, Is.Empty);
    }

    [Test]
    public void Only_the_newest_reports_are_read_back()
    {
        for (var id = 1; id <= 20; id++) Publish("completed", id, $"job {id}");
        Assert.That(Spool.ReadBack(max: 3).Select(job => job.Id), Is.EqualTo(new[] { 20L, 19, 18 }));
    }

    void FillSpool()
    {
        Publish("completed", 4, "four", Outcome.Partial, "DAMAGED");
        Publish("failed", 5, "five", Outcome.Failed, "KEY_MISSING", "acme");
        Publish("completed", 6, "six", worker: "w2.12");
        Home.Write(Path.Combine(Held, "w2.12", "in", "6~~six"), "abc");
        Home.Write("spool/queue/7~acme~waiting.xlog", "abc");
        Home.Write(Path.Combine(Held, "w1.3", "in", "8~~held.xlog"), "abc");
    }

    void Publish(
        string room, long id, string source, Outcome outcome = Outcome.Complete, string? code = null,
        string? tenant = null, string worker = "w1.3")
    {
        var report = new Report
        {
            Id = "77",
            Source = source,
            Tenant = tenant,
            State = "",
            Outcome = Report.Word(outcome),
            Code = code,
            Attempts = 1,
            Worker = worker,
        };
        Directory.CreateDirectory($"{Home.SpoolPath}/{room}/{id}");
        File.WriteAllBytes($"{Home.SpoolPath}/{room}/{id}/report.json", report.ToJson());
    }

    JobLedger Open() => LedgerRebuild.Open(Spool, _told.Add, Now);

    void Recover(JobLedger ledger)
    {
        var memory = ledger.Recall();
        var recovered = Recovery.Recover(memory, Spool.List(memory.Open.Select(job => job.Id)), Now);
        Spool.Carry(recovered.Mending.Moves);
        ledger.Commit(recovered.Mending.Rows);
    }
}
