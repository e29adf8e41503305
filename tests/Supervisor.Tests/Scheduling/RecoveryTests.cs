using Decryptor.Protocol;
using Decryptor.Supervisor.Observability;
using Decryptor.Supervisor.Scheduling;

namespace Decryptor.Supervisor.Tests.Scheduling;

/// <summary>
/// What the ledger remembers, what lies in the spool, and what must follow: a row for each place of a death.
/// </summary>
sealed class RecoveryTests
{
    static readonly DateTimeOffset _now = new(2026, 11, 23, 9, 0, 0, TimeSpan.Zero);
    static readonly Incarnation _worker = new(1, 7);
    static readonly FoundInput _input = new(5, "boot.xlog", "acme", 10);

    static Job Open(JobState state) => new()
    {
        Id = 5,
        Source = "boot.xlog",
        State = state,
        Attempts = state == JobState.Decrypting ? 1 : 0,
        Worker = state == JobState.Decrypting ? _worker : null,
    };

    static LedgerMemory Memory(bool cleanStop, params Job[] open) => new(open, [_worker], 5, 7, cleanStop);

    static string Lines(Recovered recovered) => string.Join('\n', Notation.Lines(recovered.Mending));

    static SpoolListing InWork() => new()
    {
        Work = new Dictionary<Incarnation, IReadOnlyList<FoundInput>> { [_worker] = [_input] },
        HighestJob = 5,
    };

    [Test]
    public void A_job_that_ran_is_given_back_uncharged_and_its_workers_folder_goes()
    {
        var recovered = Recovery.Recover(Memory(false, Open(JobState.Decrypting)), InWork(), _now);
        Assert.That(Lines(recovered), Is.EqualTo(
            "move   give back 5 from w1.7\nmove   discard w1.7\n" +
            "row    5 Undecrypted attempt 1: the supervisor had ended\nrow    w1.7 ended: the supervisor had ended"));
        Assert.That(recovered.Waiting.Single().Deaths, Is.Zero);
        Assert.That(recovered.Waiting.Single().Outages, Is.EqualTo(1));
    }

    [Test]
    public void After_a_stop_in_order_no_outage_is_remembered()
    {
        var recovered = Recovery.Recover(Memory(true, Open(JobState.Decrypting) with { Outages = 2 }), InWork(), _now);
        Assert.That(recovered.Waiting.Single().Outages, Is.Zero);
    }

    [Test]
    public void A_job_that_only_waited_is_no_part_of_an_outage()
    {
        var listing = new SpoolListing { Queued = [_input], HighestJob = 5 };
        var recovered = Recovery.Recover(Memory(false, Open(JobState.Undecrypted)), listing, _now);
        Assert.That(recovered.Waiting.Single().Outages, Is.Zero);
    }

    [Test]
    public void A_job_that_was_cancelled_while_it_ran_ends_so_whoever_dies_before_its_worker()
    {
        var job = Open(JobState.Decrypting) with { Code = "CANCELLED", Text = "eve cancelled it" };
        var recovered = Recovery.Recover(Memory(false, job), InWork(), _now);
        Assert.That(Lines(recovered), Is.EqualTo(
            "move   refuse 5 CANCELLED from w1.7\nmove   discard w1.7\n" +
            "row    5 Failed attempt 1 CANCELLED: eve cancelled it\nrow    w1.7 ended: the supervisor had ended"));
        Assert.That(recovered.Waiting, Is.Empty);
        Assert.That(recovered.Mending.Rows.OfType<Row.JobIs>().Single().Job.Hint, Is.EqualTo(Job.HintToRetry(5)));
    }

    [Test]
    public void A_job_open_in_three_outages_in_a_row_is_a_suspect()
    {
        var job = Open(JobState.Decrypting);
        for (var outage = 1; outage <= 3; outage++)
        {
            Assert.That(job.IsSuspect(new()), Is.False);
            var mended = Recovery.Recover(Memory(false, job), InWork(), _now).Waiting.Single();
            job = mended with { State = JobState.Decrypting };
        }

        Assert.That(job.IsSuspect(new()));
    }

    [Test]
    public void A_file_that_was_accepted_and_not_remembered_is_adopted_by_its_name()
    {
        var listing = new SpoolListing { Queued = [_input], HighestJob = 5 };
        var recovered = Recovery.Recover(new([], [], 4, 0, false), listing, _now);
        var adopted = new Job { Id = 5, Source = "boot.xlog", Tenant = "acme", Bytes = 10, Arrived = _now };
        Assert.That(recovered.Waiting.Single(), Is.EqualTo(adopted));
        Assert.That(recovered.LastJob, Is.EqualTo(5));
    }

    [TestCase(JobState.Completed, Outcome.Complete, null)]
    [TestCase(JobState.Completed, Outcome.Partial, "DAMAGED")]
    [TestCase(JobState.Failed, Outcome.Failed, "KEY_MISSING")]
    public void What_was_published_and_not_remembered_has_ended(JobState state, Outcome outcome, string? code)
    {
        var report = new Report
        {
            Id = "5",
            Source = "boot.xlog",
            State = $"{state}",
            Outcome = Report.Word(outcome),
            Code = code,
            Message = code is null ? null : "what was wrong",
            Hint = code is null ? null : "what to do",
            BytesOut = 12,
        };
        var listing = InWork() with { Published = new Dictionary<long, Report> { [5] = report } };
        var recovered = Recovery.Recover(Memory(false, Open(JobState.Decrypting)), listing, _now);
        Assert.That(recovered.Waiting, Is.Empty);
        Assert.That(recovered.Mending.Moves.OfType<Move.Publish>().Count(), Is.EqualTo(1), "its input must still go");
        var row = recovered.Mending.Rows.OfType<Row.JobIs>().Single();
        Assert.That(row.Why, Is.EqualTo("it had been published when the supervisor ended"));
        Assert.That(row.Job, Is.EqualTo(Open(JobState.Decrypting) with
        {
            State = state,
            Outcome = outcome,
            Code = code ?? "",
            Text = report.Message ?? "",
            Hint = report.Hint ?? "",
            BytesOut = 12,
            Ended = _now,
        }));
    }

    [Test]
    public void A_file_that_a_worker_held_and_nobody_remembers_is_adopted_and_taken_from_it()
    {
        var recovered = Recovery.Recover(new([], [], 4, 0, false), InWork(), _now);
        Assert.That(Lines(recovered), Is.EqualTo(
            "move   give back 5 from w1.7\nmove   discard w1.7\nrow    5 Undecrypted: it was found in the spool"));
        var adopted = new Job { Id = 5, Source = "boot.xlog", Tenant = "acme", Bytes = 10, Arrived = _now };
        Assert.That(recovered.Waiting.Single(), Is.EqualTo(adopted));
    }

    [Test]
    public void A_job_whose_input_is_nowhere_fails_with_a_reason()
    {
        var recovered = Recovery.Recover(Memory(false, Open(JobState.Undecrypted)), new(), _now);
        Assert.That(Lines(recovered), Does.StartWith(
            "move   refuse 5 NO_INPUT\nrow    5 Failed NO_INPUT: its input is no longer in the spool"));
        var lost = recovered.Mending.Rows.OfType<Row.JobIs>().Single().Job;
        Assert.That((lost.Outcome, lost.Hint, lost.Ended), Is.EqualTo((Outcome.Failed, "upload it again", _now)));
    }

    [Test]
    public void A_file_outside_of_the_spool_needs_no_moving()
    {
        var outside = Open(JobState.Undecrypted) with { Outside = "/tmp/boot.xlog" };
        var recovered = Recovery.Recover(Memory(false, outside), new(), _now);
        Assert.That(recovered.Waiting, Has.Count.EqualTo(1));
        Assert.That(recovered.Mending.Moves, Is.Empty);
    }

    [Test]
    public void Numbers_go_on_behind_the_highest_that_ledger_or_spool_know()
    {
        var listing = new SpoolListing
        {
            Work = new Dictionary<Incarnation, IReadOnlyList<FoundInput>> { [new(2, 90)] = [] },
            HighestJob = 80,
        };
        var recovered = Recovery.Recover(new([], [], 5, 7, true), listing, _now);
        Assert.That((recovered.LastJob, recovered.LastWorker), Is.EqualTo((80L, 90L)));
        recovered = Recovery.Recover(new([], [], 85, 97, true), listing, _now);
        Assert.That((recovered.LastJob, recovered.LastWorker), Is.EqualTo((85L, 97L)));
    }

    [Test]
    public void Jobs_wait_in_the_order_in_which_they_came()
    {
        var open = new[] { 9, 3, 6 }.Select(id => Open(JobState.Undecrypted) with { Id = id }).ToArray();
        var queued = open.Select(job => new FoundInput(job.Id, "", "", 0));
        var recovered = Recovery.Recover(Memory(true, open), new() { Queued = [.. queued], HighestJob = 9 }, _now);
        Assert.That(recovered.Waiting.Select(job => job.Id), Is.EqualTo(new[] { 3, 6, 9 }));
    }
}
