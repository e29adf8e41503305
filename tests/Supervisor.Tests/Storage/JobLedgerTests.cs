using Decryptor.Protocol;
using Decryptor.Supervisor.Scheduling;
using Decryptor.Supervisor.Storage;
using Microsoft.Data.Sqlite;

namespace Decryptor.Supervisor.Tests.Storage;

sealed class JobLedgerTests
{
    static readonly DateTimeOffset Noon = new(2026, 11, 23, 12, 0, 0, TimeSpan.FromHours(8));

    static readonly Job Full = new()
    {
        Id = 17,
        Source = "启动\\x5C.xlog",
        Tenant = "acme",
        Outside = "/srv/boot.xlog",
        Bytes = long.MaxValue,
        State = JobState.Failed,
        Attempts = 3,
        Deaths = 2,
        Outages = 1,
        Worker = new(3, 7),
        Arrived = Noon,
        Started = Noon.AddTicks(1),
        Ended = Noon.AddDays(1),
        Outcome = Outcome.Failed,
        Code = "POISON",
        Text = "it's \"quoted\"",
        Hint = "hint",
        BytesOut = 5,
        Blocks = new(9, 7, 2),
        Sha256 = new string('a', 64),
    };

    Scratch _scratch;
    string _path;
    JobLedger _ledger;

    [SetUp]
    public void SetUp()
    {
        _scratch = new();
        _path = $"{_scratch.Path}/ledger.db";
        _ledger = JobLedger.Open(_path);
    }

    [TearDown]
    public void TearDown()
    {
        _ledger.Dispose();
        _scratch.Dispose();
    }

    [Test]
    public void Every_field_of_a_job_comes_back()
    {
        _ledger.Commit([new Row.JobIs(Full, "it died")]);
        using var reader = JobLedger.OpenForReading(_path);
        Assert.That(reader.Find(17), Is.EqualTo(Full));
        foreach (var property in typeof(Job).GetProperties().Where(p => p.CanWrite))
            Assert.That(property.GetValue(Full), Is.Not.Null.And.Not.EqualTo(0L).And.Not.EqualTo(""), property.Name);
    }

    [Test]
    public void A_job_with_nothing_but_what_it_must_have_comes_back()
    {
        var job = Scratch.NewJob(1);
        _ledger.Commit([new Row.JobIs(job, "it arrived")]);
        Assert.That(_ledger.Recall().Open, Is.EqualTo(new[] { job }));
    }

    [Test]
    public void A_new_ledger_remembers_nothing_and_a_clean_stop()
    {
        var memory = _ledger.Recall();
        Assert.That((memory.Open.Count, memory.Workers.Count, memory.LastJob, memory.LastWorker, memory.CleanStop),
            Is.EqualTo((0, 0, 0L, 0L, true)));
    }

    [Test]
    public void Only_open_jobs_and_living_workers_are_recalled_and_numbers_are_never_forgotten()
    {
        var (first, second) = (new Incarnation(1, 4), new Incarnation(2, 5));
        _ledger.Commit(
        [
            new Row.JobIs(Full, "over"), new Row.JobIs(Scratch.NewJob(3), "it arrived"),
            new Row.JobIs(Scratch.NewJob(4) with { State = JobState.Decrypting, Worker = first }, "taken"),
            new Row.WorkerStarts(first, Noon), new Row.WorkerStarts(second, Noon),
            new Row.WorkerEnded(second, Noon, "exit 0", null),
        ]);
        var memory = _ledger.Recall();
        Assert.That(memory.Open.Select(job => job.Id), Is.EqualTo(new[] { 3L, 4L }));
        Assert.That(memory.Workers, Is.EqualTo(new[] { first }));
        Assert.That((memory.LastJob, memory.LastWorker), Is.EqualTo((17L, 5L)));
    }

    [Test]
    public void A_worker_may_end_that_was_never_seen_to_start()
    {
        _ledger.Commit([new Row.WorkerEnded(new(1, 9), Noon, "the supervisor had ended", 17)]);
        Assert.That(_ledger.Recall().Workers, Is.Empty);
    }

    [Test]
    public void A_stop_is_clean_only_if_it_was_marked()
    {
        _ledger.MarkRunning();
        Assert.That(_ledger.Recall().CleanStop, Is.False);
        _ledger.MarkStopped();
        Assert.That(_ledger.Recall().CleanStop, Is.True);
    }

    [Test]
    public void A_turn_is_written_whole_or_not_at_all()
    {
        var wrong = Scratch.NewJob(2) with { State = JobState.Failed };
        Assert.Throws<LedgerException>(() =>
            _ledger.Commit([new Row.JobIs(Scratch.NewJob(1), "it arrived"),
                new Row.JobIs(wrong, "failed without a code")]));
        Assert.That(_ledger.Recall().Open, Is.Empty);
        Assert.DoesNotThrow(() => _ledger.Commit([new Row.JobIs(Scratch.NewJob(1), "it arrived")]));
    }

    [Test]
    public void History_keeps_every_change_and_why()
    {
        var job = Scratch.NewJob(1);
        _ledger.Commit([new Row.JobIs(job, "it arrived")]);
        var taken = job with { State = JobState.Decrypting, Attempts = 1, Worker = new(1, 2) };
        _ledger.Commit([new Row.JobIs(taken, "w1.2 has it")]);
        using var reader = JobLedger.OpenForReading(_path);
        var lines = reader.History(1).Select(line => (line.Attempt, line.Worker, line.State, line.Why));
        Assert.That(lines, Is.EqualTo(new[]
        {
            (0, (string?)null, JobState.Undecrypted, "it arrived"), (1, "w1.2", JobState.Decrypting, "w1.2 has it"),
        }));
    }

    [Test]
    public void A_reader_lists_the_newest_first_and_by_state_and_code()
    {
        for (var id = 1; id <= 5; id++) _ledger.Commit([new Row.JobIs(Scratch.NewJob(id), "it arrived")]);
        _ledger.Commit([new Row.JobIs(Full with { Id = 3 }, "it died")]);
        using var reader = JobLedger.OpenForReading(_path);
        Assert.Multiple(() =>
        {
            Assert.That(Ids(reader.List()), Is.EqualTo(new[] { 5L, 4, 3, 2, 1 }));
            Assert.That(Ids(reader.List(limit: 2)), Is.EqualTo(new[] { 5L, 4 }));
            Assert.That(Ids(reader.List(JobState.Failed)), Is.EqualTo(new[] { 3L }));
            Assert.That(Ids(reader.List(code: "POISON")), Is.EqualTo(new[] { 3L }));
            Assert.That(Ids(reader.List(JobState.Completed)), Is.Empty);
            Assert.That(Ids(reader.List(new JobFilter(Tenant: "acme"), 9)), Is.EqualTo(new[] { 3L }));
            Assert.That(Ids(reader.List(new JobFilter(Source: "启*.xlog"), 9)), Is.EqualTo(new[] { 3L }));
            Assert.That(Ids(reader.List(new JobFilter(Before: 4), 2)), Is.EqualTo(new[] { 3L, 2 }));
            Assert.That(Ids(reader.List(new JobFilter(JobState.Failed, "POISON", "acme", "*", 4), 9)),
                Is.EqualTo(new[] { 3L }));
            Assert.That(Ids(reader.List(new JobFilter(JobState.Failed, "POISON", "acme", "*", 3), 9)), Is.Empty);
            Assert.That(reader.Counts()[JobState.Undecrypted], Is.EqualTo(4));
            Assert.That(reader.Counts()[JobState.Completed], Is.Zero);
            Assert.That(reader.Find(99), Is.Null);
        });
    }

    [Test]
    public void A_reader_sees_what_is_committed_while_it_looks()
    {
        using var reader = JobLedger.OpenForReading(_path);
        _ledger.Commit([new Row.JobIs(Scratch.NewJob(1), "it arrived")]);
        Assert.That(reader.List(), Has.Count.EqualTo(1));
    }

    [Test]
    public void A_reader_works_after_a_stop_and_after_a_crash()
    {
        _ledger.Commit([new Row.JobIs(Scratch.NewJob(1), "it arrived")]);
        var crashed = Directory.CreateDirectory($"{_scratch.Path}/crashed").FullName;
        foreach (var file in new[] { "ledger.db", "ledger.db-wal" })
            File.Copy($"{_scratch.Path}/{file}", $"{crashed}/{file}");
        using (var reader = JobLedger.OpenForReading($"{crashed}/ledger.db"))
            Assert.That(reader.List(), Has.Count.EqualTo(1));
        _ledger.Dispose();
        using (var reader = JobLedger.OpenForReading(_path)) Assert.That(reader.List(), Has.Count.EqualTo(1));
        using var writer = JobLedger.Open($"{crashed}/ledger.db");
        Assert.That(writer.Recall().Open, Has.Count.EqualTo(1));
    }

    [Test]
    public void The_ledger_and_its_companions_are_the_owners_alone()
    {
        _ledger.Commit([new Row.JobIs(Scratch.NewJob(1), "it arrived")]);
        foreach (var file in new[] { "ledger.db", "ledger.db-wal", "ledger.db-shm" })
            Assert.That(Scratch.ModeOf($"{_scratch.Path}/{file}"), Is.EqualTo("600"), file);
    }

    [Test]
    public void A_ledger_that_is_none_is_named()
    {
        var path = _scratch.Write("other.db", new string('x', 5000));
        Assert.That(Assert.Throws<LedgerException>(() => JobLedger.Open(path))!.Message,
            Does.Contain(path).And.Contain("damaged"));
        Assert.That(Assert.Throws<LedgerException>(() => JobLedger.OpenForReading(path))!.Message,
            Does.Contain("damaged"));
    }

    [Test]
    public void A_ledger_that_is_not_there_is_named()
    {
        var refusal = Assert.Throws<LedgerException>(() => JobLedger.OpenForReading($"{_scratch.Path}/none.db"));
        Assert.That(refusal!.Message, Does.Contain("there is no ledger"));
    }

    [Test]
    public void A_newer_ledger_is_refused_by_writer_and_reader()
    {
        _ledger.Dispose();
        using (var connection = new SqliteConnection($"Data Source={_path};Pooling=false"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA user_version = 99";
            command.ExecuteNonQuery();
        }

        Assert.That(Assert.Throws<LedgerException>(() => JobLedger.Open(_path))!.Message, Does.Contain("version 99"));
        Assert.That(Assert.Throws<LedgerException>(() => JobLedger.OpenForReading(_path))!.Message,
            Does.Contain("version 99"));
    }

    [Test]
    public void A_full_disk_is_called_one()
    {
        if (Environment.UserName != "root") Assert.Ignore("only root can make a small disk");
        var disk = Directory.CreateDirectory($"{_scratch.Path}/disk").FullName;
        Scratch.Shell($"mount -t tmpfs -o size=256k none {disk}");
        try
        {
            using var ledger = JobLedger.Open($"{disk}/ledger.db");
            var refusal = Assert.Throws<LedgerException>(() =>
            {
                for (var id = 1; id < 10_000; id++)
                    ledger.Commit([new Row.JobIs(Scratch.NewJob(id), new string('y', 500))]);
            });
            Assert.That(refusal!.Message, Does.Contain("the disk is full"));
            Assert.That(refusal.Hint, Does.Contain("make room"));
        }
        finally
        {
            Scratch.Shell($"umount -l {disk}");
        }
    }

    static IEnumerable<long> Ids(IReadOnlyList<Job> jobs) => jobs.Select(job => job.Id);
}
