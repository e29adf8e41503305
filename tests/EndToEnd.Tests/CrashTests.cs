using Decryptor.Protocol;
using Decryptor.Supervisor.Workers;

namespace Decryptor.EndToEnd.Tests;

/// <summary>What the service keeps of its workers' deaths, and what it lets them leave behind.</summary>
sealed class CrashTests
{
    [Test, CancelAfter(120_000)]
    public void A_death_is_explained_beside_the_job_and_an_end_in_order_is_not()
    {
        using var scratch = new Scratch();
        using var service = new Serving(
            scratch, ["--worker-program", Programs.FakeWorker], config: new { workers = 2 });
        Serving.Drop(scratch, "failfast~1.txt", "text\n"u8.ToArray());
        var (folder, _) = service.AwaitEnded(1).Values.Single();

        var card = CrashCard.Read(Path.Combine(folder, OutputNames.CrashOf(1)))!;
        Assert.That((card.Job, card.Attempt, card.Exit), Is.EqualTo((1L, 1, "exit 134 (SIGABRT)")));
        Assert.That(card.Source, Is.EqualTo("failfast~1.txt"));
        Assert.That(card.Stderr, Does.Contain("told to"));
        Assert.That(card.Frames.Select(frame => frame.Words), Does.Contain("assign 1-1"));
    }

    [Test, CancelAfter(120_000)]
    public void Lore_03_a_process_that_a_worker_left_behind_is_ended_and_taken()
    {
        using var scratch = new Scratch();
        using var service = new Serving(
            scratch, ["--worker-program", Programs.FakeWorker], config: new { workers = 2 });
        service.AwaitServing(workers: 2);
        Serving.Drop(scratch, "fork-sleeper~1.txt", "text\n"u8.ToArray());
        var ended = service.AwaitEnded(1);

        Assert.That(ended.Values.Single().Report.Outcome, Is.EqualTo("complete"));
        var card = CrashCard.Read(Path.Combine(ended.Values.Single().Folder, OutputNames.CrashOf(1)))!;
        Assert.That(card.Exit, Does.StartWith("exit 0"));
        service.Until(
            () => !Sleepers().Contains($"60.{card.Pid}") && Proc.ChildrenOf(service.Pid).Count == 2,
            "the one left behind is gone, and the workers are all that there is");
    }

    static List<string> Sleepers() =>
    [
        .. from pid in ProcFolder.Pids()
           let arguments = ProcFolder.Arguments(pid)
           where arguments is ["/bin/sleep", _]
           select arguments[1],
    ];
}
