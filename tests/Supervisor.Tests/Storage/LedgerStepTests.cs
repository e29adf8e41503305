using Decryptor.Protocol;
using Decryptor.Supervisor.Scheduling;
using Decryptor.Supervisor.Storage;
using Microsoft.Data.Sqlite;

namespace Decryptor.Supervisor.Tests.Storage;

/// <summary>What the ledger has learnt since its first version, and that one of that version learns it too.</summary>
sealed class LedgerStepTests
{
    static readonly DateTimeOffset Noon = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    // As it was released; never to be changed.
    const string VersionOne =
        """
        CREATE TABLE job (
            id INTEGER PRIMARY KEY CHECK (id > 0),
            source TEXT NOT NULL,
            tenant TEXT NOT NULL,
            outside TEXT,
            bytes INTEGER NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('Undecrypted', 'Decrypting', 'Completed', 'Failed')),
            attempts INTEGER NOT NULL,
            deaths INTEGER NOT NULL,
            outages INTEGER NOT NULL,
            worker TEXT,
            arrived INTEGER NOT NULL,
            started INTEGER,
            ended INTEGER,
            outcome TEXT CHECK (outcome IN ('complete', 'partial', 'failed')),
            code TEXT NOT NULL,
            text TEXT NOT NULL,
            hint TEXT NOT NULL,
            bytes_out INTEGER NOT NULL,
            blocks_total INTEGER NOT NULL,
            blocks_ok INTEGER NOT NULL,
            blocks_bad INTEGER NOT NULL,
            CHECK (state <> 'Completed' OR outcome IN ('complete', 'partial')),
            CHECK (state <> 'Failed' OR (outcome = 'failed' AND code <> ''))
        ) STRICT;
        CREATE INDEX job_by_state ON job (state, id);
        CREATE INDEX job_by_code ON job (code, id) WHERE code <> '';
        CREATE TABLE history (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            at INTEGER NOT NULL,
            job INTEGER NOT NULL,
            attempt INTEGER NOT NULL,
            worker TEXT,
            state TEXT NOT NULL CHECK (state IN ('Undecrypted', 'Decrypting', 'Completed', 'Failed')),
            why TEXT NOT NULL
        ) STRICT;
        CREATE INDEX history_by_job ON history (job, number);
        CREATE TABLE worker (
            number INTEGER PRIMARY KEY CHECK (number > 0),
            slot INTEGER NOT NULL CHECK (slot > 0),
            started INTEGER,
            ended INTEGER,
            how TEXT,
            charged INTEGER
        ) STRICT;
        CREATE INDEX worker_alive ON worker (number) WHERE ended IS NULL;
        CREATE TABLE spool (
            only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
            last_job INTEGER NOT NULL,
            last_worker INTEGER NOT NULL,
            clean_stop INTEGER NOT NULL CHECK (clean_stop IN (0, 1))
        ) STRICT;
        INSERT INTO spool VALUES (1, 0, 0, 1);
        INSERT INTO job VALUES (7, 'boot.xlog', 'acme', NULL, 3, 'Failed', 1, 0, 0, 'w1.2', 1, 2, 3, 'failed',
            'KEY_MISSING', 'text', 'hint', 0, 0, 0, 0);
        INSERT INTO job VALUES (8, 'open.xlog', '', NULL, 3, 'Undecrypted', 0, 0, 0, NULL, 1, NULL, NULL, NULL,
            '', '', '', 0, 0, 0, 0);
        UPDATE spool SET last_job = 9, last_worker = 4;
        PRAGMA user_version = 1;
        """;

    Scratch _scratch;
    string _path;

    [SetUp]
    public void SetUp()
    {
        _scratch = new();
        _path = $"{_scratch.Path}/ledger.db";
    }

    [TearDown]
    public void TearDown() => _scratch.Dispose();

    [Test]
    public void A_ledger_of_the_first_version_is_brought_up_to_date_and_loses_nothing()
    {
        Execute(VersionOne);
        Assert.That(
            Assert.Throws<LedgerException>(() => JobLedger.OpenForReading(_path))!.Message, Does.Contain("older"));
        using var ledger = JobLedger.Open(_path);
        var memory = ledger.Recall();
        Assert.That(memory.Open.Select(job => (job.Id, job.Sha256)), Is.EqualTo(new[] { (8L, "") }));
        Assert.That((memory.LastJob, memory.LastWorker, memory.Poison.Count), Is.EqualTo((9L, 4L, 0)));
        ledger.Commit([new Row.JobIs(memory.Open[0] with { Sha256 = Hash(1) }, "hashed"), Quarantine(1, Noon)]);
        using var reader = JobLedger.OpenForReading(_path);
        Assert.That(reader.Find(8)!.Sha256, Is.EqualTo(Hash(1)));
        Assert.That(reader.Starved().Select(job => (job.Id, job.Tenant)), Is.EqualTo(new[] { (7L, "acme") }));
    }

    [Test]
    public void Quarantined_bytes_are_recalled_the_newest_last_until_they_are_released()
    {
        using var ledger = JobLedger.Open(_path);
        ledger.Commit([Quarantine(1, Noon), Quarantine(2, Noon), Quarantine(3, Noon.AddHours(-1))]);
        Assert.That(ledger.Recall().Poison.Select(poison => poison.Job), Is.EqualTo(new[] { 3L, 1, 2 }));
        ledger.Commit([Quarantine(3, Noon.AddHours(1)), new Row.Released(new(Hash(1), 1, 1))]);
        Assert.That(ledger.Recall().Poison, Is.EqualTo(new Poison[] { new(Hash(2), 2, 2), new(Hash(3), 3, 3) }));
    }

    [Test]
    public void No_more_than_the_newest_10000_are_recalled()
    {
        using var ledger = JobLedger.Open(_path);
        ledger.Commit([.. Enumerable.Range(1, 10_005).Select(i => Quarantine(i, Noon.AddSeconds(i)))]);
        var poison = ledger.Recall().Poison;
        Assert.That((poison.Count, poison[0].Job, poison[^1].Job), Is.EqualTo((10_000, 6L, 10_005L)));
    }

    [Test]
    public void What_operators_do_is_kept_with_who_and_when()
    {
        using var ledger = JobLedger.Open(_path);
        ledger.Commit(
        [
            new Row.Audit(Noon, "ann (uid 7)", OperatorAct.Cancel, 5, "refused: it has ended"),
            new Row.Audit(Noon.AddHours(1), "bob\0 (uid 8)", OperatorAct.Release, 5, "done"),
            new Row.Audit(Noon, "ann (uid 7)", OperatorAct.Retry, 6, "done"),
        ]);
        using var reader = JobLedger.OpenForReading(_path);
        Assert.That(reader.Audit(5), Is.EqualTo(new AuditLine[]
        {
            new(Noon, "ann (uid 7)", OperatorAct.Cancel, 5, "refused: it has ended"),
            new(Noon.AddHours(1), "bob\uFFFD (uid 8)", OperatorAct.Release, 5, "done"),
        }));
    }

    [Test]
    public void A_turn_that_fails_leaves_nothing_in_quarantine()
    {
        using var ledger = JobLedger.Open(_path);
        var wrong = Scratch.NewJob(2) with { State = JobState.Failed };
        Assert.Throws<LedgerException>(() => ledger.Commit([Quarantine(1, Noon), new Row.JobIs(wrong, "no code")]));
        Assert.That(ledger.Recall().Poison, Is.Empty);
    }

    [Test]
    public void Jobs_that_wait_for_a_key_are_found_also_where_only_a_part_does_and_by_pages()
    {
        using var ledger = JobLedger.Open(_path);
        var failed = Scratch.NewJob(1) with
        {
            State = JobState.Failed,
            Outcome = Outcome.Failed,
            Code = FailureCode.KeyMissing.Name,
        };
        var partial = failed with { State = JobState.Completed, Outcome = Outcome.Partial };
        Job[] jobs =
        [
            failed, failed with { Id = 2, Code = FailureCode.KeyNoMatch.Name }, partial with { Id = 3 },
            failed with { Id = 4, Code = FailureCode.Damaged.Name }, failed with { Id = 5, Outside = "/srv/x" },
            failed with { Id = 6, State = JobState.Undecrypted }, partial with { Id = 7, Code = "" },
            partial with { Id = 8 },
        ];
        ledger.Commit([.. jobs.Select(job => new Row.JobIs(job, ""))]);
        using var reader = JobLedger.OpenForReading(_path);
        Assert.That(Ids(reader.Starved()), Is.EqualTo(new[] { 1L, 2, 3, 8 }));
        Assert.That(Ids(reader.Starved(after: 0, limit: 3)), Is.EqualTo(new[] { 1L, 2, 3 }));
        Assert.That(Ids(reader.Starved(after: 3, limit: 3)), Is.EqualTo(new[] { 8L }));
    }

    [Test]
    public void What_jobs_and_status_ask_is_answered_by_an_index()
    {
        JobLedger.Open(_path).Dispose();
        Assert.Multiple(() =>
        {
            Assert.That(PlanOf(LedgerReader.StarvedSql), Does.Contain("job_that_starves"));
            Assert.That(PlanOf(Sql(true, false)), Does.Contain("job_by_state"));
            Assert.That(PlanOf(Sql(false, true)), Does.Contain("job_by_code "));
            Assert.That(PlanOf(Sql(true, true)), Does.Contain("job_by_code_and_state"));
            foreach (var (state, code) in new[] { (true, false), (false, true), (true, true), (false, false) })
                Assert.That(PlanOf(Sql(state, code)), Does.Not.Contain("TEMP"));
        });
    }

    static IEnumerable<long> Ids(IReadOnlyList<Job> jobs) => jobs.Select(job => job.Id);

    static string Hash(int number) => number.ToString("x64", System.Globalization.CultureInfo.InvariantCulture);

    static Row.Quarantined Quarantine(int number, DateTimeOffset at) => new(new(Hash(number), number, number), at);

    void Execute(string sql)
    {
        using var connection = LedgerFile.Connect(_path, SqliteOpenMode.ReadWriteCreate);
        LedgerFile.Run(connection, sql);
    }

    static string Sql(bool byState, bool byCode) =>
        new JobFilter(byState ? JobState.Failed : null, byCode ? "POISON" : null).Newest(JobRow.Columns).Sql;

    string PlanOf(string sql)
    {
        using var connection = LedgerFile.Connect(_path, SqliteOpenMode.ReadOnly);
        return string.Join('\n', LedgerFile.Select(
            connection, $"EXPLAIN QUERY PLAN {sql}", row => row.GetString(3), 1, "Failed", "POISON"));
    }
}
