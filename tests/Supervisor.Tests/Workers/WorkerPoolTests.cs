using Decryptor.Protocol;
using Decryptor.Supervisor.Scheduling;
using Decryptor.Supervisor.Workers;

namespace Decryptor.Supervisor.Tests.Workers;

[CancelAfter(30_000)]
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
sealed class WorkerPoolTests
{
    [Test]
    public async Task A_worker_greets_works_and_leaves_when_it_is_dismissed()
    {
        await using var bench = new PoolBench();
        var worker = bench.Start();
        await bench.Heard<Hello>(worker);
        var attempt = bench.Assign(worker, "ok");
        var finished = await bench.Heard<Finished>(worker);
        bench.Pool.Dismiss(worker);

        Assert.That(await bench.Gone(worker), Is.EqualTo("exit 0"));
        Assert.That(finished.HasReport, Is.True);
        Assert.That(((Finished)finished.Message).Attempt, Is.EqualTo(attempt));
        Assert.That(bench.Of(worker), Has.None.InstanceOf<Event.WorkerBroken>());
    }

    [Test]
    public async Task The_last_event_of_a_worker_is_its_end_and_there_is_one()
    {
        await using var bench = new PoolBench();
        var worker = bench.Start();
        await bench.Heard<Hello>(worker);
        bench.Pool.Kill(worker);
        bench.Pool.Kill(worker);
        await bench.Pool.AllGone();

        Assert.That(bench.Of(worker).OfType<Event.WorkerGone>().Count(), Is.EqualTo(1));
        Assert.That(bench.Of(worker)[^1], Is.EqualTo(new Event.WorkerGone(worker, "SIGKILL")));
    }

    [Test]
    public async Task A_worker_killed_before_it_has_a_process_is_killed_all_the_same()
    {
        await using var bench = new PoolBench();
        var worker = bench.Start();
        bench.Pool.Kill(worker);

        Assert.That(await bench.Gone(worker), Is.EqualTo("SIGKILL"));
    }

    [Test]
    public async Task A_worker_dismissed_before_it_has_greeted_leaves()
    {
        await using var bench = new PoolBench();
        var worker = bench.Start();
        bench.Pool.Dismiss(worker);

        Assert.That(await bench.Gone(worker), Is.EqualTo("exit 0"));
    }

    [Test]
    public async Task A_program_that_is_not_there_ends_in_the_event_and_says_so()
    {
        await using var bench = new PoolBench(WorkerProgram.At("/nowhere/decryptor-worker"));
        var worker = bench.Start();

        var how = await bench.Gone(worker);
        Assert.That(how, Does.StartWith("could not be started:").And.Contain("/nowhere/decryptor-worker"));
        Assert.That(how, Does.Contain("No such file or directory"));
        Assert.That(bench.Of(worker), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_program_that_may_not_be_executed_ends_in_the_event_and_says_so()
    {
        var file = Path.GetTempFileName();
        await using var bench = new PoolBench(WorkerProgram.At(file));
        var worker = bench.Start();

        Assert.That(await bench.Gone(worker), Does.StartWith("could not be started:").And.Contain("Permission denied"));
        File.Delete(file);
    }

    [Test]
    public async Task A_file_that_is_no_program_ends_in_the_event_and_says_so()
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, "neither ELF nor script");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        await using var bench = new PoolBench(WorkerProgram.At(file));
        var worker = bench.Start();

        Assert.That(await bench.Gone(worker), Does.StartWith("could not be started:"));
        File.Delete(file);
    }

    [Test]
    public async Task A_worker_without_a_folder_ends_in_the_event_and_says_so()
    {
        await using var bench = new PoolBench();
        var worker = new Incarnation(5, 5);
        bench.Pool.Start(worker);

        Assert.That(await bench.Gone(worker), Does.StartWith("could not be started:").And.Contain("w5.5"));
    }

    [Test]
    public async Task Orders_to_a_worker_that_is_gone_or_never_was_do_nothing()
    {
        await using var bench = new PoolBench();
        var worker = bench.Start();
        bench.Pool.Kill(worker);
        await bench.Pool.AllGone();

        bench.Assign(worker, "ok");
        bench.Pool.Dismiss(worker);
        bench.Pool.Kill(worker);
        bench.Pool.Kill(new(8, 88));
        Assert.That(bench.Of(worker), Has.Count.EqualTo(1));
        Assert.That(bench.Pool.Look(new(8, 88)), Is.Null);
    }

    [Test]
    public async Task A_name_is_used_once()
    {
        await using var bench = new PoolBench();
        bench.Start();

        Assert.That(() => bench.Start(), Throws.InvalidOperationException);
    }

    [Test]
    public async Task A_worker_is_called_by_its_name_and_folder_and_sees_nothing_of_our_environment()
    {
        await using var bench = new PoolBench();
        var worker = bench.Start();
        await bench.Heard<Hello>(worker);
        var pid = bench.Pool.Look(worker)!.Pid!.Value;

        var folder = Path.Combine(bench.WorkFolder, worker.ToString());
        var arguments = File.ReadAllText($"/proc/{pid}/cmdline").TrimEnd('\0').Split('\0');
        Assert.That(arguments[^2..], Is.EqualTo(new[] { worker.ToString(), folder }));
        Assert.That(new FileInfo($"/proc/{pid}/cwd").LinkTarget, Is.EqualTo(folder));
        var variables = File.ReadAllText($"/proc/{pid}/environ").Split('\0', StringSplitOptions.RemoveEmptyEntries);
        Assert.That(variables, Has.All.StartsWith("DOTNET_"));
    }

    [Test]
    public async Task A_worker_can_be_looked_at_while_it_lives_and_its_last_words_after()
    {
        await using var bench = new PoolBench();
        var worker = bench.Start(behaviour: "idle failfast");
        await bench.Gone(worker);

        var view = bench.Pool.Look(worker)!;
        Assert.That(view.Pid, Is.Null);
        Assert.That(view.ResidentBytes, Is.Null);
        Assert.That(view.Stderr, Does.Contain("told to"));

        var other = bench.Start(2);
        await bench.Heard<Hello>(other);
        Assert.That(bench.Pool.Look(other)!.ResidentBytes, Is.GreaterThan(1 << 20));
    }

    [Test]
    public async Task A_flood_on_stderr_delays_nothing_and_its_end_is_kept()
    {
        await using var bench = new PoolBench();
        var worker = bench.Start();
        bench.Assign(worker, "stderr-flood");
        await bench.Heard<Finished>(worker);
        bench.Pool.Dismiss(worker);
        await bench.Gone(worker);

        var view = bench.Pool.Look(worker)!;
        Assert.That(view.Stderr, Does.EndWith("the last word\n"));
        Assert.That(view.Stderr, Has.Length.EqualTo(StderrTail.Capacity));
        Assert.That(view.StderrDropped, Is.GreaterThan(15 << 20));
    }

    [Test]
    public async Task A_thousand_questions_are_answered_one_by_one()
    {
        await using var bench = new PoolBench();
        var worker = bench.Start();
        bench.Assign(worker, "ask-many");
        for (var question = 1; question <= 1000; question++)
        {
            var said = await bench.Next<Event.WorkerSaid>(
                worker, each => each.Message is KeyRequest asked && asked.Question == question);
            var attempt = ((KeyRequest)said.Message).Attempt;
            bench.Pool.Send(worker, new Protocol.Keys(attempt, question, 1, [new("main", new byte[16])]));
        }

        Assert.That((await bench.Heard<Finished>(worker)).HasReport, Is.True);
    }

    [Test]
    public async Task A_worker_that_reads_nothing_is_broken_once_its_orders_pile_up()
    {
        await using var bench = new PoolBench();
        var worker = bench.Start(behaviour: "starting unread");
        var large = new Protocol.Keys(new(1, 1, worker), 1, 1,
            [.. Enumerable.Repeat(new KeyCandidate("k", new byte[4000]), 15)]);
        while (!bench.Of(worker).OfType<Event.WorkerBroken>().Any())
        {
            bench.Pool.Send(worker, large);
            await Task.Yield();
        }

        Assert.That((await bench.Next<Event.WorkerBroken>(worker)).Why, Does.StartWith("does not read"));
        bench.Pool.Kill(worker);
        Assert.That(await bench.Gone(worker), Is.EqualTo("SIGKILL"));
    }

    [Test]
    public async Task An_order_that_comes_after_the_exit_is_no_trouble()
    {
        await using var bench = new PoolBench();
        var worker = bench.Start(behaviour: "idle fork-holder");
        await bench.Heard<Hello>(worker);

        // For a moment the worker is dead and its pipe is not, so that its end is not told yet.
        while (!bench.Of(worker).OfType<Event.WorkerGone>().Any())
        {
            bench.Assign(worker, "ok");
            await Task.Delay(25);
        }

        Assert.That(bench.Of(worker), Has.None.InstanceOf<Event.WorkerBroken>());
    }

    [Test]
    public async Task A_process_left_behind_with_our_pipes_does_not_hide_the_exit()
    {
        await using var bench = new PoolBench();
        var worker = bench.Start(behaviour: "idle fork-holder");
        await bench.Heard<Hello>(worker);

        // The one left behind lives for four seconds and the workers' own patience ends after a quarter of one.
        var how = await bench.Gone(worker).WaitAsync(TimeSpan.FromSeconds(3));
        Assert.That(how, Does.StartWith("exit 0, and left a process behind"));
    }
}
