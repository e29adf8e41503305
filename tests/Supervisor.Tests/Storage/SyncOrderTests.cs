using Decryptor.Supervisor.Storage;

namespace Decryptor.Supervisor.Tests.Storage;

sealed class SyncOrderTests
{
    readonly SyncOrder<string> _order = new();

    [Test]
    public void Those_that_wait_for_nobody_are_synced_together()
    {
        foreach (var folder in new[] { "completed", "failed", "crashes" }) _order.Touch(folder);
        Assert.That(Rounds(), Is.EqualTo(new[] { "completed failed crashes" }));
    }

    [Test]
    public void Jobs_of_many_workers_that_end_in_one_turn_take_three_rounds()
    {
        foreach (var worker in Enumerable.Range(1, 16))
        {
            _order.Touch("completed");
            _order.Touch($"out{worker}", after: "completed");
            _order.Touch($"in{worker}", after: "completed");
        }

        foreach (var worker in Enumerable.Range(1, 16)) _order.Touch("queue", after: $"in{worker}");
        var rounds = Rounds();
        Assert.That(rounds, Has.Length.EqualTo(3));
        Assert.That((rounds[0], rounds[2]), Is.EqualTo(("completed", "queue")));
    }

    [Test]
    public void A_source_waits_also_for_a_destination_that_was_touched_after_it()
    {
        _order.Touch("in1");
        _order.Touch("queue", after: "in1");
        _order.Touch("in2");
        _order.Touch("queue", after: "in2");
        Assert.That(Rounds(), Is.EqualTo(new[] { "in1 in2", "queue" }));
    }

    [Test]
    public void What_must_be_last_waits_for_all_before_it_and_for_none_after()
    {
        _order.Touch("queue");
        _order.Touch("in1", after: "queue");
        _order.TouchLast("work");
        _order.Touch("completed");
        Assert.That(Rounds(), Is.EqualTo(new[] { "queue completed", "in1", "work" }));
    }

    [Test]
    public void A_directory_that_is_gone_is_neither_synced_nor_waited_for()
    {
        _order.Touch("in1");
        _order.Touch("queue", after: "in1");
        _order.Forget("in1");
        Assert.That(Rounds(), Is.EqualTo(new[] { "queue" }));
    }

    [Test]
    public void A_circle_begins_with_the_first_that_was_touched()
    {
        _order.Touch("queue", after: "in1");
        _order.Touch("in1", after: "queue");
        Assert.That(Rounds(), Is.EqualTo(new[] { "queue", "in1" }));
    }

    [Test]
    public void A_second_turn_knows_nothing_of_the_first()
    {
        _order.Touch("queue");
        _order.Touch("in1", after: "queue");
        Assert.That(Rounds(), Has.Length.EqualTo(2));
        _order.Touch("in1");
        _order.Touch("queue");
        Assert.That(Rounds(), Is.EqualTo(new[] { "in1 queue" }));
    }

    string[] Rounds()
    {
        var rounds = new List<string>();
        while (_order.Next() is { } round) rounds.Add(string.Join(' ', round));
        return [.. rounds];
    }
}
