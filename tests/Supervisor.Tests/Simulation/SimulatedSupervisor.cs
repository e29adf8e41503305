using Decryptor.Protocol;
using Decryptor.Supervisor.Scheduling;

namespace Decryptor.Supervisor.Tests.Simulation;

/// <summary>
/// The process around the scheduler: inbox, loop and beat, and whoever carries its turns out. It may sleep while its
/// pipes fill, be killed between any two changes on disk, rows and orders, and again while it recovers.
/// </summary>
sealed class SimulatedSupervisor(World world)
{
    static readonly TimeSpan _beat = TimeSpan.FromSeconds(1);

    readonly List<Event> _inbox = [];
    readonly HashSet<string> _announced = [];
    Scheduler? _scheduler;
    DateTimeOffset _awakeAt;
    DateTimeOffset _expected;
    long _stepNumber;
    int _life;

    public long Steps { get; private set; }

    public int Outages { get; private set; }

    /// <summary>Whether anybody is there to hear.</summary>
    public bool Runs => _scheduler is not null;

    public Scheduler Scheduler => _scheduler ?? throw new BrokenLawException("there is no supervisor");

    /// <summary>Recovers, perhaps killed within, and begins.</summary>
    public void Start(bool cleanStop)
    {
        for (var deep = world.Random.Next(6); deep > 0 && world.Weather.Happens(0.5); deep--)
        {
            Outages++;
            var half = world.Disk.Recover(cleanStop, world.Now).Mending;
            cleanStop &= !Carry(half, world.Random.Next(half.Moves.Count * 2 + 2));
        }

        var recovered = world.Disk.Recover(cleanStop, world.Now);
        Carry(recovered.Mending, int.MaxValue);
        _scheduler = new(world.Policy, recovered);
        (_awakeAt, _expected) = (world.Now, world.Now);
        foreach (var (place, upload) in world.Disk.Incoming.ToList()) Announce(place, upload);
        WakeAt(world.Now);
    }

    /// <summary>
    /// When something that could be read at that moment is read: not while we sleep, and not at once after.
    /// </summary>
    public DateTimeOffset ReadAt(DateTimeOffset when) =>
        when >= _awakeAt ? when : _awakeAt + world.Policy.ReadingTime * (0.9 * world.Random.NextDouble());

    /// <summary>Something is in the inbox from that moment on, unless this life has ended by then.</summary>
    public void Post(DateTimeOffset when, Event happened)
    {
        var life = _life;
        world.At(when, () =>
        {
            if (life != _life || _scheduler is null) return;
            _inbox.Add(happened);
            WakeAt(world.Now + TimeSpan.FromMilliseconds(world.Random.Next(20)));
        });
    }

    public void Announce(string place, Upload upload)
    {
        if (_scheduler is null || !_announced.Add(place)) return;
        var arrived = new Event.JobArrived(place, upload.Source, upload.Tenant, upload.Content.Bytes, false);
        Post(ReadAt(world.Now + TimeSpan.FromMilliseconds(world.Random.Next(300))), arrived);
    }

    /// <summary>
    /// It is stopped, its disk is slow, or its machine was suspended: nothing of it runs for a while.
    /// </summary>
    public void Sleep()
    {
        var seconds = world.Random.Next(3) switch
        {
            0 => 2 * world.Random.NextDouble(),
            1 => 30 * world.Random.NextDouble(),
            _ => 600 * world.Random.NextDouble(),
        };
        world.Faults++;
        var until = world.Now + TimeSpan.FromSeconds(seconds);
        if (until > _awakeAt) _awakeAt = until;
    }

    /// <summary>How much memory workers hold, looked at from outside.</summary>
    public void Measure()
    {
        if (_scheduler is null || world.Now < _awakeAt) return;
        var sizes = world.Workers.Values.Where(worker => worker.Lives)
            .Select(worker => new WorkerSize(worker.Name, worker.Resident)).ToList();
        Post(world.Now, new Event.Measured(sizes));
    }

    void WakeAt(DateTimeOffset when)
    {
        if (when < _awakeAt) when = _awakeAt;
        var number = ++_stepNumber;
        world.At(when, () =>
        {
            if (number != _stepNumber || _scheduler is null) return;
            if (world.Now < _awakeAt) WakeAt(_awakeAt);
            else Step();
        });
    }

    void Step()
    {
        Steps++;
        var late = world.Now - _expected;
        if (late > world.Policy.LatenessMax) _inbox.Insert(0, new Event.Overslept(late));
        var events = _inbox.ToArray();
        _inbox.Clear();
        var before = world.Witness.WantsTwin() ? Scheduler.Save() : null;
        var turn = Scheduler.Step(world.Now, events);
        world.Witness.AfterStep(Scheduler, events, turn);
        if (before is not null) world.Witness.CompareTwin(before, events, turn);
        if (!world.Weather.IsCalm && world.Random.NextDouble() < ChanceOfDeath(turn)) Die(turn);
        else
        {
            Carry(turn, int.MaxValue);
            world.Witness.AfterCarrying();
            if (turn.Stopped) Restart(cleanStop: true);
            else
            {
                _expected = turn.WakeAt < world.Now + _beat ? turn.WakeAt.Value : world.Now + _beat;
                WakeAt(_expected + TimeSpan.FromMilliseconds(world.Random.Next(20)));
            }
        }
    }

    // A reply is a promise to somebody: to die just behind it is what may break one.
    double ChanceOfDeath(Turn turn) =>
        world.Weather.Outages * (turn.Orders.Any(order => order is Order.Reply) ? 20 : 1);

    // Killed in the middle of a turn; all its workers go with it. A power cut may take the rows along that were
    // written last.
    void Die(Turn turn)
    {
        Outages++;
        world.Faults++;
        var changes = turn.Moves.Sum(move => world.Disk.Steps(move).Count()) + turn.Orders.Count + 2;
        Carry(turn, world.Random.Next(changes), losesRows: world.Random.Next(4) == 0);
        Restart(cleanStop: false);
    }

    void Restart(bool cleanStop)
    {
        if (cleanStop) world.Witness.AfterStop();
        foreach (var worker in world.Workers.Values) worker.Orphan();
        world.Workers.Clear();
        _life++;
        _scheduler = null;
        _inbox.Clear();
        _announced.Clear();
        world.After(20, () => Start(cleanStop));
    }

    /// <summary>Carries a turn out up to so many changes; false if its rows were not committed.</summary>
    bool Carry(Turn turn, int changes, bool losesRows = false)
    {
        var gone = new List<long>();
        foreach (var move in turn.Moves)
        {
            if (move.JobId is { } job && gone.Contains(job)) continue;
            foreach (var change in world.Disk.Steps(move))
            {
                if (changes-- <= 0) return false;
                if (!change()) gone.Add(move.JobId!.Value);
            }
        }

        if (changes-- <= 0) return false;
        if (losesRows) return false;
        world.Disk.Commit(turn.Rows, turn.Moves);
        foreach (var order in turn.Orders)
        {
            if (changes-- <= 0) return true;
            Give(order);
        }

        foreach (var job in gone) Post(world.Now, new Event.InputGone(job));
        return true;
    }

    void Give(Order order)
    {
        world.Witness.Before(order);
        switch (order)
        {
            case Order.Start start:
                world.Disk.UseName(start.Worker);
                var worker = world.Workers[start.Worker] = new(world, start.Worker);
                worker.Start(world.Weather.StartFate(start.Worker));
                break;
            case Order.Assign assign: Find(assign.Attempt.Worker)?.Assign(assign); break;
            case Order.Probe probe: Find(probe.Attempt.Worker)?.Probe(probe.Attempt); break;
            case Order.Dismiss dismiss: Find(dismiss.Worker)?.Dismiss(); break;
            case Order.Kill kill: Find(kill.Worker)?.Kill(); break;
            case Order.Answer { Request.Attempt: var attempt }:
                var at = ReadAt(world.Now + TimeSpan.FromSeconds(world.Weather.RingTime * world.Random.NextDouble()));
                Post(at, new Event.KeysAnswered(attempt));
                world.At(at, () => Find(attempt.Worker)?.Answer(attempt));
                break;
        }
    }

    SimulatedWorker? Find(Incarnation worker) => world.Workers.GetValueOrDefault(worker);
}
