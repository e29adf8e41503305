using Decryptor.Protocol;
using Decryptor.Supervisor.Scheduling;
using Decryptor.Supervisor.Storage;

namespace Decryptor.Supervisor.Tests.Storage;

/// <summary>What is known of a death goes with the job, and nothing that a worker makes can pass for it.</summary>
sealed class CrashCardTests : OnSpool
{
    static readonly Incarnation Worker = new(1, 7);

    [Test]
    public void Cards_are_for_the_owner_alone_until_their_job_ends() =>
        Assert.That(Scratch.ModeOf(Spool.Crashes), Is.EqualTo("700"));

    [Test]
    public void The_cards_of_a_refused_job_go_into_its_folder_and_those_of_others_stay()
    {
        var job = Ended(attempts: 3, JobState.Failed);
        foreach (var name in new[] { "1-1", "1-3", "11-1", "1-4" }) Card(name);
        Home.Write("spool/queue/1~~boot.xlog", "abc");
        Twice(new Move.Refuse(job, null));
        Assert.That(Home.In("failed"),
            Is.EqualTo(new[] { "1", "1/crash-1.json", "1/crash-3.json", "1/input", "1/report.json" }));
        Assert.That(Text("failed/1/crash-3.json"), Is.EqualTo("card 1-3"));
        Assert.That(Home.In("run/crashes"), Is.EqualTo(new[] { "1-4.json", "11-1.json" }));
    }

    [Test]
    public void A_job_that_completes_after_a_death_keeps_the_card()
    {
        var job = Ended(attempts: 2, JobState.Completed);
        Card("1-1");
        Deliver(job, "text.log");
        Twice(new Move.Publish(job, job.Attempt));
        Assert.That(Home.In("completed"),
            Is.EqualTo(new[] { "1", "1/crash-1.json", "1/report.json", "1/text.log" }));
    }

    [Test]
    public void A_card_that_a_worker_has_made_is_removed_and_ours_is_the_one_that_counts()
    {
        var job = Ended(attempts: 2, JobState.Completed);
        Card("1-2");
        Deliver(job, "crash-1.json", "crash-2.json", "CRASH-9.JSON");
        Directory.CreateDirectory($"{Spool.OutputOf(job.Attempt)}/crash-3.json/deep");
        Spool.Carry([new Move.Publish(job, job.Attempt)]);
        Assert.That(Home.In("completed"), Is.EqualTo(new[] { "1", "1/crash-2.json", "1/report.json" }));
        Assert.That(Text("completed/1/crash-2.json"), Is.EqualTo("card 1-2"));
    }

    [Test]
    public void An_older_folder_that_is_replaced_does_not_take_the_cards_with_it()
    {
        var job = Ended(attempts: 1, JobState.Failed);
        Card("1-1");
        Spool.Carry([new Move.Refuse(job, null)]);
        Card("1-2");
        Twice(new Move.Refuse(job with { Attempts = 2 }, null));
        Assert.That(Home.In("failed"),
            Is.EqualTo(new[] { "1", "1/crash-1.json", "1/crash-2.json", "1/report.json" }));
    }

    static Job Ended(int attempts, JobState state) => Scratch.NewJob(1) with
    {
        State = state,
        Attempts = attempts,
        Worker = Worker,
        Outcome = state == JobState.Failed ? Outcome.Failed : Outcome.Complete,
        Code = state == JobState.Failed ? FailureCode.Poison.Name : "",
        Ended = DateTimeOffset.UnixEpoch,
    };

    void Card(string name) => Home.Write($"spool/run/crashes/{name}.json", $"card {name}");

    string Text(string name) => File.ReadAllText($"{Home.SpoolPath}/{name}");

    void Deliver(Job job, params string[] names)
    {
        Spool.Carry([new Move.Prepare(Worker)]);
        var output = Directory.CreateDirectory(Spool.OutputOf(job.Attempt)).FullName;
        foreach (var name in names) File.WriteAllText($"{output}/{name}", "the worker's");
        File.WriteAllBytes($"{output}/report.json", JobReport.Of(job).ToJson());
    }

    void Twice(Move move)
    {
        Spool.Carry([move]);
        Spool.Carry([move]);
    }
}
