using System.Runtime.CompilerServices;
using Decryptor.Protocol;
using Decryptor.Supervisor.Observability;
using Decryptor.Supervisor.Scheduling;

namespace Decryptor.Supervisor.Tests.Simulation;

/// <summary>
/// Sees every step and every order, and holds them to the laws of supervision: nothing lost, nothing twice, nothing
/// stuck, nobody killed or charged who has done nothing.
/// </summary>
sealed class Witness(World world, Action<string>? tell)
{
    const int TwinEvery = 16;

    readonly Dictionary<long, long> _lastDeath = [];
    readonly Dictionary<long, long> _cancels = [];
    readonly HashSet<long> _cancelled = [];
    long _lastProof;
    int _idleWakes;
    SchedulerState _state = new();

    /// <summary>Deaths of workers that were charged to jobs.</summary>
    public long Charged { get; private set; }

    public ulong Trace { get; private set; } = 14695981039346656037;

    /// <summary>Within so much virtual time everything ends once the faults have stopped.</summary>
    public static TimeSpan BoundOfCalm(int jobs) => TimeSpan.FromMinutes(20) + TimeSpan.FromSeconds(120) * jobs;

    /// <summary>
    /// Whether this step is to be taken a second time, by a scheduler made of what the first one knew.
    /// </summary>
    public bool WantsTwin() => world.Steps % TwinEvery == 0;

    public void CompareTwin(SchedulerState before, IReadOnlyList<Event> events, Turn turn)
    {
        var twin = new Scheduler(before).Step(world.Now, events);
        var (mine, its) = (string.Join('\n', Notation.Lines(turn)), string.Join('\n', Notation.Lines(twin)));
        Demand(mine == its && turn.WakeAt == twin.WakeAt,
            $"a scheduler that was saved and begun again decides otherwise:\n{its}\n-- and not:\n{mine}");
    }

    public void AfterStep(Scheduler scheduler, IReadOnlyList<Event> events, Turn turn)
    {
        Mix(world.Now.Ticks);
        Mix((turn.Moves.Count * 1000 + turn.Rows.Count) * 1000 + turn.Orders.Count);
        var before = _state;
        _state = scheduler.Save();
        if (tell is not null) Tell(events, turn);
        var isIdleWake = events.Count == 0 && turn is { Moves.Count: 0, Orders.Count: 0 };
        _idleWakes = isIdleWake && turn.WakeAt <= world.Now ? _idleWakes + 1 : 0;
        Demand(_idleWakes < 3, "it wants to be woken at once, again and again, and does nothing");
        CheckAnswers(events, turn);
        CheckCancelled();
        CheckProof(events, turn);
        foreach (var row in turn.Rows)
            if (row is Row.WorkerEnded ended) CheckCharge(ended, events, before.Blame.WantsProbe);
        CheckStarved(turn);
    }

    /// <summary>After the turn was carried out, the ledger and the scheduler count alike.</summary>
    public void AfterCarrying()
    {
        var state = _state;
        Demand(state.Queue.Waiting.Count + state.Queue.Running.Count == world.Disk.Open.Count,
            $"{state.Queue.Waiting.Count} wait, {state.Queue.Running.Count} run, {world.Disk.Open.Count} are open");
        foreach (var job in state.Queue.Waiting)
            Demand(world.Disk.Ledger[job.Id].State == JobState.Undecrypted, $"job {job.Id} waits, not in its row");
        var suspects = 0;
        foreach (var job in state.Queue.Running)
        {
            Demand(state.Slots.Any(slot => slot.Holds?.Id == job.Id), $"job {job.Id} runs, and nobody holds it");
            Demand(world.Disk.Ledger[job.Id].State == JobState.Decrypting, $"job {job.Id} runs, not in its row");
            if (job.Deaths > 0) suspects++;
        }

        Demand(suspects <= 1, $"{suspects} suspects run at a time");
        foreach (var slot in state.Slots)
            Demand(world.Workers.ContainsKey(slot.Worker), $"{slot.Worker} has a slot, and there is no such process");
    }

    public void AfterStop()
    {
        Demand(world.Workers.Values.All(worker => !worker.Lives), "it has stopped, and a worker lives");
        Demand(world.Disk.Ledger.Values.All(job => job.State != JobState.Decrypting), "it has stopped in Decrypting");
    }

    /// <summary>An order is about to be given.</summary>
    public void Before(Order order)
    {
        switch (order)
        {
            case Order.Start start: Mix(start.Worker.Number); CheckCount(); break;
            case Order.Assign assign: Mix(assign.Job.Id); CheckAssign(assign); break;
            case Order.Reply { Result: ActResult.Done } reply: Believe(reply.Ticket); break;
            case Order.Kill kill: Mix(-kill.Worker.Number); CheckKill(kill); break;
        }
    }

    void CheckCount()
    {
        var lives = world.Workers.Values.Count(worker => worker.Lives);
        var target = _state.Target;
        Demand(lives < target + Policy.ReplacedAtOnce(target), $"{lives} workers live, {target} are wanted: one more");
    }

    void CheckAssign(Order.Assign assign)
    {
        var holder = world.Workers.Values.FirstOrDefault(worker => worker.Lives && worker.Job == assign.Job.Id);
        Demand(holder is null, $"job {assign.Job.Id} is given to {assign.Attempt.Worker}, and {holder?.Name} has it");
        var mine = world.Workers[assign.Attempt.Worker];
        Demand(!mine.Lives || mine.Job is null, $"{mine.Name} is given a second job");
        var row = world.Disk.Ledger[assign.Job.Id];
        Demand(row.State == JobState.Decrypting && row.Attempt == assign.Attempt, $"no row has {assign.Attempt}");
        var hash = world.Disk.ContentOf(assign.Job).Sha256;
        Demand(!world.Disk.Poison.Any(poison => poison.Sha256 == hash) || assign.Poison.Contains(hash),
            $"the bytes of job {assign.Job.Id} are in quarantine, and {mine.Name} is not told");
        CheckLarge(row);
        Demand(assign.HashFirst || !row.IsSuspect(_state.Policy), $"suspect {row.Id} runs, and is not hashed");
    }

    void CheckLarge(Job job)
    {
        if (job.Bytes < _state.Policy.LargeBytes) return;
        var large = _state.Queue.Running.Count(each => each.Bytes >= _state.Policy.LargeBytes);
        Demand(large <= Policy.LargeAtOnce(_state.Target), $"{large} large jobs run on {_state.Target} workers");
    }

    void CheckKill(Order.Kill kill)
    {
        var worker = world.Workers[kill.Worker];
        var isOurDoing = _state.DrainBy is not null || kill.Why is "fewer workers are wanted"
            || kill.Why.EndsWith("cancelled its job", StringComparison.Ordinal);
        Demand(isOurDoing || worker.Sin is not null, $"{kill.Worker} has done nothing, and is killed: {kill.Why}");
    }

    void CheckCharge(Row.WorkerEnded ended, IReadOnlyList<Event> events, bool wantedProbe)
    {
        var worker = world.Workers[ended.Worker];
        if (ended.Charged is { } job)
        {
            Charged++;
            Demand(worker.Sin?.Job == job, $"job {job} is charged with {ended.Worker}, that {worker.Sin}: {ended.How}");
        }
        else if (worker.CrashedHeard && ended.How.StartsWith("exit", StringComparison.Ordinal))
            Demand(wantedProbe || _state.Blame.WantsProbe || HasEndedSince(ended.Worker, events),
                $"{ended.Worker} {worker.Sin}, and nobody is charged");
    }

    // What ends well in the same step takes the doubt away that kept a death from being charged.
    static bool HasEndedSince(Incarnation death, IReadOnlyList<Event> events) => events
        .SkipWhile(happened => happened is not Event.WorkerGone gone || gone.Worker != death)
        .Any(happened => happened is Event.WorkerSaid { Message: Finished });

    // No job is quarantined unless something has ended well between its last death but one and its last.
    void CheckProof(IReadOnlyList<Event> events, Turn turn)
    {
        foreach (var row in turn.Rows)
        {
            if (row is not Row.WorkerEnded { Charged: { } job }) continue;
            var isLast = turn.Rows.Any(each => each is Row.JobIs { Job: { Code: "POISON" } end } && end.Id == job);
            Demand(!isLast || _lastProof >= _lastDeath.GetValueOrDefault(job),
                $"job {job} is condemned, and no worker was proved sound");
            _lastDeath[job] = world.Steps;
        }

        // In one step something may end well, and a worker die after it.
        var hasEnded = events.Any(happened => happened is Event.WorkerSaid { Message: Finished });
        if (hasEnded || _state.Blame is { BusyDeaths: 0, WantsProbe: false }) _lastProof = world.Steps;
    }

    void CheckStarved(Turn turn)
    {
        for (var i = 0; i < turn.Rows.Count; i++)
        {
            if (turn.Rows[i] is not Row.JobIs { Job: var job, Why: "the key ring has changed" }) continue;
            var before = turn.Rows.Take(i).OfType<Row.JobIs>().LastOrDefault(row => row.Job.Id == job.Id)?.Job
                ?? world.Disk.Ledger[job.Id];
            Demand(before is { IsOpen: false, WantsKey: true },
                $"job {job.Id} runs again for a key, and was {before.State} {before.Code}");
        }
    }

    void Believe(long ticket)
    {
        if (_cancels.TryGetValue(ticket, out var job)) _cancelled.Add(job);
    }

    // Who was told that a job is cancelled never finds another end of it, whoever dies meanwhile.
    void CheckCancelled()
    {
        foreach (var id in _cancelled)
        {
            var job = world.Disk.Ledger[id];
            Demand(job.Code == FailureCode.Cancelled.Name, $"job {id} was cancelled, and is {job.State} {job.Code}");
        }
    }

    void CheckAnswers(IReadOnlyList<Event> events, Turn turn)
    {
        var asked = 0;
        foreach (var happened in events)
        {
            if (happened is not Event.OperatorAsked question) continue;
            asked++;
            if (question.Act == OperatorAct.Cancel) _cancels[question.Ticket] = question.Job.Id;
            var reply = turn.Orders.OfType<Order.Reply>().SingleOrDefault(reply => reply.Ticket == question.Ticket);
            Demand(reply is not null, $"ticket {question.Ticket} is not answered once");
            if (reply!.Result == ActResult.Stale) asked--;
            if (question.Act != OperatorAct.Cancel && reply.Result == ActResult.Done)
                _cancelled.Remove(question.Job.Id);
        }

        Demand(turn.Rows.Count(row => row is Row.Audit) == asked, $"{asked} acts, and not as many rows of audit");
    }

    void Tell(IReadOnlyList<Event> events, Turn turn)
    {
        var lines = events.Select(happened => "  " + Notation.Of(happened)).Concat(Notation.Lines(turn));
        tell!($"{(world.Now - World.Begin).TotalSeconds:0.000}\n{string.Join('\n', lines)}");
    }

    void Mix(long value) => Trace = (Trace ^ (ulong)value) * 1099511628211;

    static void Demand(bool holds, [InterpolatedStringHandlerArgument(nameof(holds))] Complaint complaint)
    {
        if (!holds) throw new BrokenLawException(complaint.ToString());
    }

    static void Demand(bool holds, string complaint)
    {
        if (!holds) throw new BrokenLawException(complaint);
    }
}
