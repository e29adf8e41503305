using Decryptor.Protocol;
using Decryptor.Supervisor.Scheduling;

namespace Decryptor.Supervisor.Tests.Scheduling;

/// <summary>
/// A world for the scheduler to live in: a spool and a ledger that are only dictionaries, workers that crash, freeze,
/// lie and speak after death, and a supervisor that may be killed between any two moves, rows and orders. Everything is
/// drawn from one seed. It asserts, after each step, that nothing is lost, held twice or stuck.
/// </summary>
sealed class World
{
    enum Place
    {
        Queue,
        Work,
        Completed,
        Failed,
    }

    readonly Random _random;
    readonly Policy _policy;
    readonly Dictionary<string, Event.JobArrived> _incoming = [];
    readonly Dictionary<long, (Place Place, Incarnation? Worker)> _inputs = [];
    readonly Dictionary<long, Job> _ledger = [];
    readonly Dictionary<long, string> _sources = [];
    readonly HashSet<Incarnation> _ledgerWorkers = [];
    readonly Dictionary<long, Report> _published = [];
    readonly Dictionary<Incarnation, SimulatedWorker> _workers = [];
    readonly HashSet<Incarnation> _everStarted = [];
    readonly HashSet<Incarnation> _folders = [];
    readonly Dictionary<long, int> _killedByPoison = [];
    readonly List<Event> _inbox = [];
    Scheduler _scheduler;
    DateTimeOffset _now = new(2026, 11, 23, 9, 0, 0, TimeSpan.Zero);
    DateTimeOffset? _wakeAt;
    long _lastJob;
    long _lastWorker;
    int _uncharged;

    public World(int seed)
    {
        _random = new(seed);
        _policy = new() { Workers = _random.Next(1, 5) };
        _scheduler = new(_policy, new());
    }

    public bool Calm { get; set; }

    public int Arrived { get; private set; }

    public int Outages { get; private set; }

    public IEnumerable<Job> Jobs => _ledger.Values;

    public void Arrive()
    {
        Arrived++;
        var source = _random.Next(8) == 0 ? "poison" : "good";
        var arrived = new Event.JobArrived($"{Arrived}", source, "", _random.Next(1, 100_000), false);
        _incoming.Add(arrived.Place, arrived);
        _inbox.Add(arrived);
    }

    /// <summary>
    /// A little time, some news, one step, carried out; perhaps a death of the supervisor in the middle.
    /// </summary>
    public void Turn()
    {
        _now += TimeSpan.FromMilliseconds(_random.Next(1, 700));
        if (_random.Next(50) == 0 && _wakeAt is { } at && at > _now) _now = at;
        foreach (var worker in _workers.Values.ToArray()) Live(worker);
        var events = _inbox.ToArray();
        _inbox.Clear();
        var turn = _scheduler.Step(_now, events);
        _wakeAt = turn.WakeAt;
        if (!Calm && _random.Next(200) == 0) Outage(turn);
        else Carry(turn, int.MaxValue);
        Check();
    }

    void Carry(Turn turn, int steps)
    {
        foreach (var move in turn.Moves)
        {
            if (steps-- <= 0) return;
            Do(move);
        }

        // The rows are one transaction.
        if (steps-- <= 0) return;
        foreach (var row in turn.Rows) Do(row);
        foreach (var order in turn.Orders)
        {
            if (steps-- <= 0) return;
            Do(order);
        }
    }

    // Killed between two steps of the turn; all workers die with it; the next supervisor recovers, perhaps killed
    // again.
    void Outage(Turn turn)
    {
        Outages++;
        Carry(turn, _random.Next(turn.Moves.Count + turn.Orders.Count + 2));
        _workers.Clear();
        _inbox.Clear();
        _inbox.AddRange(_incoming.Values);
        for (var again = _random.Next(3); again > 0; again--) Carry(Recover().Mending, _random.Next(4));
        var recovered = Recover();
        Carry(recovered.Mending, int.MaxValue);
        _scheduler = new(_policy, recovered);
        _wakeAt = null;
    }

    Recovered Recover()
    {
        var open = _ledger.Values.Where(job => job.IsOpen).ToDictionary(job => job.Id);
        var memory = new LedgerMemory([.. open.Values], [.. _ledgerWorkers], _lastJob, _lastWorker, false);
        var work = _folders.ToDictionary(
            folder => folder,
            folder => (IReadOnlyList<FoundInput>)[.. InputsIn(Place.Work, folder)]);
        return Recovery.Recover(memory, new()
        {
            Queued = [.. InputsIn(Place.Queue, null)],
            Work = work,
            Published = _published.Where(report => open.ContainsKey(report.Key)).ToDictionary(),
            HighestJob = _inputs.Keys.DefaultIfEmpty().Max(),
        }, _now);
    }

    IEnumerable<FoundInput> InputsIn(Place place, Incarnation? worker) =>
        from input in _inputs
        where input.Value == (place, worker)
        select new FoundInput(input.Key, _sources[input.Key], "", 1);

    void Do(Move move)
    {
        switch (move)
        {
            case Move.Accept accept:
                Assert.That(_incoming.Remove(accept.Place), "accepted once");
                _inputs[accept.Job.Id] = (Place.Queue, null);
                _sources[accept.Job.Id] = accept.Job.Source;
                break;
            case Move.Prepare prepare: _folders.Add(prepare.Worker); break;
            case Move.Take take:
                AssertPlace(take.Job, Place.Queue, null);
                _inputs[take.Job.Id] = (Place.Work, take.Worker);
                break;
            case Move.GiveBack back: _inputs[back.Job.Id] = (Place.Queue, null); break;
            case Move.Publish publish: Publish(publish.Job); break;
            case Move.Refuse refuse: Publish(refuse.Job); break;
            case Move.Reopen reopen: _inputs[reopen.Job.Id] = (Place.Queue, null); break;
            case Move.Discard discard:
                Assert.That(InputsIn(Place.Work, discard.Worker), Is.Empty, "a discarded folder holds no input");
                _folders.Remove(discard.Worker);
                break;
        }
    }

    void AssertPlace(Job job, Place place, Incarnation? worker) =>
        Assert.That(_inputs[job.Id], Is.EqualTo((place, worker)), $"the input of job {job.Id} is where it must be");

    void Publish(Job job)
    {
        if (_published.TryGetValue(job.Id, out var before))
            Assert.That(before.State, Is.EqualTo(job.State.ToString()), $"job {job.Id} ends once");
        _published[job.Id] = new()
        {
            Id = $"{job.Id}",
            Source = job.Source,
            State = $"{job.State}",
            Outcome = Report.Word(job.Outcome!.Value),
            Code = job.Code,
        };
        _inputs[job.Id] = (job.State == JobState.Failed ? Place.Failed : Place.Completed, null);
    }

    void Do(Row row)
    {
        switch (row)
        {
            case Row.JobIs { Job: var job }:
                if (_ledger.TryGetValue(job.Id, out var before))
                    Assert.That(before.IsOpen, $"job {job.Id} had ended as {before.State} and became {job.State}");
                _ledger[job.Id] = job;
                _lastJob = Math.Max(_lastJob, job.Id);
                break;
            case Row.WorkerStarts starts:
                _ledgerWorkers.Add(starts.Worker);
                _lastWorker = Math.Max(_lastWorker, starts.Worker.Number);
                break;
            case Row.WorkerEnded ended:
                _ledgerWorkers.Remove(ended.Worker);
                if (ended.Charged is null) _uncharged++;
                break;
        }
    }

    void Do(Order order)
    {
        switch (order)
        {
            case Order.Start start:
                Assert.That(_everStarted.Add(start.Worker), $"{start.Worker} is used once");
                _workers[start.Worker] = new(start.Worker, Calm ? 0 : _random.Next(12));
                break;
            case Order.Assign assign when _workers.TryGetValue(assign.Attempt.Worker, out var worker):
                Assert.That(worker.Job, Is.Null, "one job at a time");
                AssertPlace(assign.Job, Place.Work, worker.Name);
                var holders = _workers.Values.Where(other => other.Job?.Id == assign.Job.Id);
                Assert.That(holders, Is.Empty, "no job is held twice");
                worker.Job = assign.Job;
                worker.Begun = false;
                break;
            case Order.Probe probe when _workers.ContainsKey(probe.Attempt.Worker):
                var read = new Finished(probe.Attempt, Outcome.Complete, "", "", "", 1, 1, default);
                _inbox.Add(new Event.WorkerSaid(probe.Attempt.Worker, read, true));
                break;
            case Order.Dismiss dismiss: End(dismiss.Worker, "exit 0"); break;
            case Order.Kill kill: End(kill.Worker, "SIGKILL"); break;
            case Order.Answer answer: _inbox.Add(new Event.KeysAnswered(answer.Request.Attempt)); break;
        }
    }

    void End(Incarnation worker, string how)
    {
        if (_workers.Remove(worker)) _inbox.Add(new Event.WorkerGone(worker, how));
    }

    void Live(SimulatedWorker worker)
    {
        if (worker.Mood == 1 && !Calm) return;
        if (!worker.Greeted)
        {
            worker.Greeted = true;
            _inbox.Add(new Event.WorkerSaid(worker.Name, new Hello(Message.Version, worker.Name, "", "", "")));
            return;
        }

        if (worker.Job is not { } job) return;
        if (!worker.Begun)
        {
            worker.Begun = true;
            _inbox.Add(new Event.WorkerSaid(worker.Name, new Progress(job.Attempt, 0, 0, 0)));
            return;
        }

        if (job.Source == "poison")
        {
            _killedByPoison[job.Id] = _killedByPoison.GetValueOrDefault(job.Id) + 1;
            End(worker.Name, "exit 139 (SIGSEGV)");
        }
        else if (!Calm && _random.Next(30) == 0) End(worker.Name, "SIGKILL");
        else if (!Calm && worker.Mood == 2 && _random.Next(4) == 0) Misbehave(worker, job);
        else if (_random.Next(4) == 0) Finish(worker, job);
        else _inbox.Add(new Event.WorkerSaid(worker.Name, new Progress(job.Attempt, ++worker.Bytes, 0, 0)));
    }

    void Finish(SimulatedWorker worker, Job job)
    {
        worker.Job = null;
        var (outcome, code) = _random.Next(5) == 0 ? (Outcome.Failed, "DAMAGED") : (Outcome.Complete, "");
        var finished = new Finished(job.Attempt, outcome, code, "", "", 1, 1, default);
        _inbox.Add(new Event.WorkerSaid(worker.Name, finished, true));
    }

    void Misbehave(SimulatedWorker worker, Job job)
    {
        Message message = _random.Next(4) switch
        {
            0 => new Hello(Message.Version, worker.Name, "", "", ""),
            1 => new Finished(job.Attempt with { Job = job.Id + 1 }, Outcome.Complete, "", "", "", 0, 0, default),
            2 => new Finished(job.Attempt, Outcome.Complete, "", "", "", 0, 0, default),
            _ => new KeyRequest(job.Attempt, 1, "xlog", new byte[64]),
        };
        _inbox.Add(new Event.WorkerSaid(worker.Name, message));
    }

    void Check()
    {
        // Beyond three only what was not held against it: an outage, or the verdict that the workers themselves are
        // broken.
        var deathsMax = _policy.DeathsMax + Outages + _uncharged;
        Assert.That(_killedByPoison.Values, Has.All.LessThanOrEqualTo(deathsMax), "a poison job kills three");
        var condemned = _ledger.Values.Where(job => job.Deaths >= _policy.DeathsMax);
        Assert.That(condemned.Select(job => job.Code), Has.All.EqualTo("POISON"));
        foreach (var job in _ledger.Values.Where(job => job.State == JobState.Decrypting && Outages == 0))
            Assert.That(IsHeld(job), $"job {job.Id} is in Decrypting and nobody has it");
        Assert.That(_workers, Has.Count.LessThanOrEqualTo(_policy.Workers));
    }

    bool IsHeld(Job job) =>
        _workers.ContainsKey(job.Worker!.Value)
        || _inbox.OfType<Event.WorkerGone>().Any(gone => gone.Worker == job.Worker);

    /// <summary>All that has arrived has ended, and each where its row says.</summary>
    public void CheckTheEnd()
    {
        Assert.That(_ledger.Values.Where(job => job.IsOpen), Is.Empty, "nothing is stuck");
        Assert.That(_ledger, Has.Count.EqualTo(Arrived), "nothing is lost");
        foreach (var job in _ledger.Values) Assert.That(_published[job.Id].State, Is.EqualTo($"{job.State}"));
        Assert.That(_ledger.Values.Where(job => job.Source == "poison" && job.State == JobState.Completed), Is.Empty);
    }

    sealed class SimulatedWorker(Incarnation name, int mood)
    {
        public Incarnation Name { get; } = name;

        /// <summary>1 never speaks, 2 lies now and then, all others are honest.</summary>
        public int Mood { get; } = mood;

        public bool Greeted { get; set; }

        public Job? Job { get; set; }

        /// <summary>Whether it has said its first word about the job.</summary>
        public bool Begun { get; set; }

        public long Bytes { get; set; }
    }
}
