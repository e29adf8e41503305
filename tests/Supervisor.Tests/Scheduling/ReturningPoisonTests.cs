using Decryptor.Protocol;
using Decryptor.Supervisor.Scheduling;

namespace Decryptor.Supervisor.Tests.Scheduling;

/// <summary>Quarantine holds bytes, not names: the same upload under another name kills nobody.</summary>
sealed class ReturningPoisonTests
{
    const int Bytes = 7;

    readonly List<Event> _news = [];
    readonly byte[] _hash = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
    Scheduler _scheduler = new(new() { Workers = 1 }, new());
    DateTimeOffset _now = new(2026, 11, 23, 9, 0, 0, TimeSpan.Zero);

    [Test]
    public void Bytes_that_have_killed_their_share_are_known_again_under_another_name()
    {
        _scheduler = new(new() { Workers = 1 }, new());
        _news.Add(new Event.JobArrived("a", "a", "", Bytes, Outside: false));
        var isolated = Until(turn => turn.Rows.OfType<Row.Quarantined>().Any(), Die);
        _news.Add(new Event.JobArrived("b", "b", "", Bytes, Outside: false));
        var assigned = Until(turn => turn.Orders.OfType<Order.Assign>().Any(), _ => { });

        var assign = assigned.Orders.OfType<Order.Assign>().Single();
        Assert.That(isolated.Rows.OfType<Row.JobIs>().Last().Job.Code, Is.EqualTo("POISON"));
        Assert.That(assign.HashFirst, "it must say what its bytes are before it opens them");
        Assert.That(assign.Poison, Is.EqualTo(new[] { Convert.ToHexStringLower(_hash) }));
        Recognise(assign.Attempt);
    }

    void Recognise(Attempt attempt)
    {
        _news.Add(new Event.WorkerSaid(attempt.Worker, new Fingerprint(attempt, _hash)));
        _news.Add(new Event.WorkerSaid(attempt.Worker,
            new Finished(attempt, Outcome.Failed, FailureCode.Poison.Name, "", "", 0, 0, default), HasReport: true));
        var job = Step().Rows.OfType<Row.JobIs>().Single().Job;
        Assert.That((job.State, job.Code), Is.EqualTo((JobState.Failed, "POISON")));
        Assert.That(job.Text, Does.Contain("in quarantine since job 1"));
    }

    // Each worker says what the bytes are, and dies over them.
    void Die(Order.Assign assign)
    {
        _news.Add(new Event.WorkerSaid(assign.Attempt.Worker, new Progress(assign.Attempt, 0, 0, 0)));
        _news.Add(new Event.WorkerSaid(assign.Attempt.Worker, new Fingerprint(assign.Attempt, _hash)));
        _news.Add(new Event.WorkerGone(assign.Attempt.Worker, "SIGSEGV"));
    }

    Turn Until(Func<Turn, bool> holds, Action<Order.Assign> work)
    {
        for (var turns = 0; turns < 50; turns++)
        {
            var turn = Step();
            if (holds(turn)) return turn;
            foreach (var assign in turn.Orders.OfType<Order.Assign>()) work(assign);
        }

        throw new AssertionException("it did not come to that in fifty turns");
    }

    Turn Step()
    {
        var turn = _scheduler.Step(_now += TimeSpan.FromMilliseconds(500), [.. _news]);
        _news.Clear();
        foreach (var start in turn.Orders.OfType<Order.Start>())
            _news.Add(new Event.WorkerSaid(start.Worker, new Hello(Message.Version, start.Worker, "", "", "")));
        return turn;
    }
}
