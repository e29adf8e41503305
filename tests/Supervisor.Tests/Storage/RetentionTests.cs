using System.Diagnostics;
using Decryptor.Protocol;
using Decryptor.Supervisor.Scheduling;
using Decryptor.Supervisor.Storage;

namespace Decryptor.Supervisor.Tests.Storage;

/// <summary>Old jobs leave the spool and the ledger together, whatever happens between, and no other.</summary>
[CancelAfter(120_000)]
sealed class RetentionTests
{
    static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);
    Scratch _scratch;
    string _ledgerPath;

    [SetUp]
    public void SetUp()
    {
        _scratch = new(inMemory: true);
        _ledgerPath = $"{_scratch.Path}/ledger.db";
    }

    [TearDown]
    public void TearDown() => _scratch.Dispose();

    [Test]
    public void Jobs_that_ended_long_ago_leave_with_all_that_hangs_on_them()
    {
        Fill();
        Keep(days: 30);
        AssertOnlyTheNewAreLeft();
    }

    [Test]
    public void With_no_days_everything_stays()
    {
        Fill();
        Keep(days: 0);
        Assert.That(Folders("completed"), Is.EqualTo(new[] { "1", "4" }));
        using var reader = JobLedger.OpenForReading(_ledgerPath);
        Assert.That(reader.List(), Has.Count.EqualTo(5));
    }

    [Test]
    public void Broken_off_at_any_change_of_the_disk_the_next_start_goes_on()
    {
        var moments = 0;
        while (!Survives(moments)) moments++;
        Assert.That(moments, Is.GreaterThan(2));
    }

    [Test]
    public void What_is_left_of_an_earlier_removal_goes_at_the_next_start_and_its_number_is_not_used_again()
    {
        _scratch.Write("spool/completed/.past-17/report.json", "{}");
        using (var spool = _scratch.OpenSpool())
            Assert.That(spool.List([]).HighestJob, Is.EqualTo(17));
        Keep(days: 0);
        Assert.That(_scratch.In("completed"), Is.Empty);
    }

    [Test]
    public void Workers_and_history_are_bounded_without_any_days()
    {
        using var spool = _scratch.OpenSpool();
        using var ledger = JobLedger.Open(_ledgerPath);
        for (var number = 1; number <= 50; number++)
        {
            Row started = new Row.WorkerStarts(new(1, number), Now);
            Row ended = new Row.WorkerEnded(new(1, number), Now, "exit 0", null);
            ledger.Commit(number == 3 ? [started] : [started, ended, new Row.JobIs(Scratch.NewJob(1), $"{number}")]);
        }

        for (var calls = 0; calls < 20; calls++) ledger.Trim(DateTimeOffset.MinValue, new(10, 7, AtOnce: 5));
        Assert.That(Count("worker"), Is.EqualTo(11), "the ten newest, and one that lives");
        Assert.That(ledger.Recall().Workers, Is.EqualTo(new[] { new Incarnation(1, 3) }));
        using var reader = JobLedger.OpenForReading(_ledgerPath);
        Assert.That(reader.History(1).Select(line => line.Why),
            Is.EqualTo(new[] { "44", "45", "46", "47", "48", "49", "50" }));
        Assert.That((ledger.Recall().LastJob, ledger.Recall().LastWorker), Is.EqualTo((1L, 50L)));
    }

    [Test]
    public void Many_old_jobs_leave_a_few_at_a_time()
    {
        const int jobs = 2_000;
        using var spool = _scratch.OpenSpool();
        using var ledger = JobLedger.Open(_ledgerPath);
        ledger.Commit([.. Enumerable.Range(1, jobs).Select(id => new Row.JobIs(Old(id), "ended"))]);
        for (var id = 1; id <= jobs; id++) _scratch.Write($"spool/completed/{id}/report.json", "{}");
        var (now, turns, longest) = (Now, 0, TimeSpan.Zero);
        using (var retention = new Retention(spool, ledger, () => now, Assert.Fail) { Days = 1 })
        {
            for (; ledger.EndedBefore(Now, 1).Count > 0; now = now.AddSeconds(1), turns++)
            {
                var since = Stopwatch.GetTimestamp();
                retention.Turn();
                var took = Stopwatch.GetElapsedTime(since);
                if (took > longest) longest = took;
            }

            AwaitSweeper(retention);
        }

        TestContext.Out.WriteLine($"{jobs} jobs in {turns} turns, the longest {longest.TotalMilliseconds:0.0} ms");
        Assert.That(turns, Is.EqualTo(jobs / Retention.JobsAtOnce));
        Assert.That(_scratch.In("completed"), Is.Empty);
    }

    static Job Old(long id) => Scratch.NewJob(id) with
    {
        State = JobState.Completed,
        Outcome = Outcome.Complete,
        Ended = Now.AddDays(-31),
    };

    bool Survives(int changes)
    {
        TearDown();
        SetUp();
        Fill();
        var whole = true;
        try
        {
            Keep(days: 30, changes);
        }
        catch (WorldEndedException)
        {
            whole = false;
        }

        Keep(days: 30);
        AssertOnlyTheNewAreLeft();
        return whole;
    }

    void Fill()
    {
        using var ledger = JobLedger.Open(_ledgerPath);
        var failed = Old(2) with { State = JobState.Failed, Outcome = Outcome.Failed, Code = "POISON" };
        var reopened = Old(5) with { State = JobState.Undecrypted, Outcome = null };
        Job[] jobs = [Old(1), failed, failed with { Id = 3, Ended = Now }, Old(4) with { Ended = Now }, reopened];
        ledger.Commit(
        [
            .. jobs.Select(job => new Row.JobIs(job, "it is so")),
            new Row.Quarantined(new(new('a', 64), 3, 2), Now.AddDays(-31)),
            new Row.Audit(Now.AddDays(-31), "ann", OperatorAct.Retry, 2, "done"),
            new Row.WorkerStarts(new(1, 1), Now.AddDays(-40)),
            new Row.WorkerEnded(new(1, 1), Now.AddDays(-31), "exit 0", null),
            new Row.WorkerStarts(new(1, 2), Now.AddDays(-40)),
        ]);
        foreach (var place in new[] { "completed/1", "failed/2", "failed/3", "completed/4" })
            _scratch.Write($"spool/{place}/deep/text.log", "text");
        _scratch.Write("spool/queue/5~~boot.xlog", "abc");
    }

    void Keep(double days, int changes = int.MaxValue)
    {
        using var spool = _scratch.OpenSpool(new()
        {
            BeforeChange = change =>
            {
                // What the thread of the sweeper does may be broken off too, but its end is not the world's.
                if (!change.StartsWith("remove", StringComparison.Ordinal) && changes-- <= 0)
                    throw new WorldEndedException();
            },
        });
        using var ledger = JobLedger.Open(_ledgerPath);
        spool.List(ledger.Recall().Open.Select(job => job.Id));
        using var retention = new Retention(spool, ledger, () => Now, Assert.Fail) { Days = days };
        retention.Turn();
        AwaitSweeper(retention);
    }

    static void AwaitSweeper(Retention retention) => Assert.That(
        SpinWait.SpinUntil(() => retention.Waiting == 0, TimeSpan.FromSeconds(30)), Is.True, "all is removed");

    void AssertOnlyTheNewAreLeft()
    {
        Assert.That((Folders("completed"), Folders("failed")), Is.EqualTo((new[] { "4" }, new[] { "3" })));
        using (var reader = JobLedger.OpenForReading(_ledgerPath))
        {
            Assert.That(reader.List().Select(job => job.Id), Is.EqualTo(new[] { 5L, 4, 3 }));
            Assert.That((reader.History(1).Count, reader.Audit(2).Count), Is.EqualTo((0, 0)));
        }

        Assert.That(Count("worker"), Is.EqualTo(1), "the one that lives");
        using var ledger = JobLedger.Open(_ledgerPath);
        Assert.That(ledger.Recall().Poison.Select(poison => poison.Sha256), Is.EqualTo(new[] { new string('a', 64) }));
        Assert.That((ledger.Recall().LastJob, ledger.Recall().LastWorker), Is.EqualTo((5L, 2L)));
    }

    string[] Folders(string room) => [.. Directory.GetDirectories($"{_scratch.SpoolPath}/{room}")
        .Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    long Count(string table)
    {
        using var connection = LedgerFile.Connect(_ledgerPath, Microsoft.Data.Sqlite.SqliteOpenMode.ReadOnly);
        return LedgerFile.Select(connection, $"SELECT count(*) FROM {table}", row => row.GetInt64(0))[0];
    }
}
