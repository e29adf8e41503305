using Decryptor.Protocol;

namespace Decryptor.Supervisor.Scheduling;

/// <summary>
/// The only mind: events and the time go in, a <see cref="Turn"/> comes out. A step first takes in the news, then looks
/// at how things stand and corrects them: overdue → out, empty slot → start, idle worker → job. Nothing here touches
/// the world, so the same events always give the same turns.
/// </summary>
sealed class Scheduler
{
    readonly Policy _policy;
    readonly BlameJudge _judge;
    readonly JobQueue _queue;
    readonly Tally _tally = new();
    readonly Starving _starving = new();
    readonly List<WorkerSlot> _slots = [];
    TurnDraft _turn = new();
    DateTimeOffset _now;
    DateTimeOffset? _promised;
    DateTimeOffset? _drainBy;
    long _lastJob;
    long _lastWorker;
    long _rollThrough;
    int _target;

    public Scheduler(Policy policy, Recovered recovered)
    {
        _policy = policy;
        _judge = new(policy);
        _queue = new(policy);
        _target = policy.Workers;
        _lastJob = recovered.LastJob;
        _lastWorker = recovered.LastWorker;
        foreach (var job in recovered.Waiting) _queue.Add(job);
    }

    /// <summary>True once a stop was asked for.</summary>
    public bool Stopping => _drainBy is not null;

    /// <summary>
    /// Takes in what happened and says what to do. Call it again at <see cref="Turn.WakeAt"/> at the latest.
    /// </summary>
    public Turn Step(DateTimeOffset now, IReadOnlyList<Event> events)
    {
        _turn = new();
        _now = now;
        ForgiveLateness();
        foreach (var happened in events) TakeIn(happened);
        Settle();
        _promised = WakeAt();
        return _turn.Done(_promised, Stopping && _slots.TrueForAll(slot => slot is WorkerSlot.Vacant));
    }

    /// <summary>How things stand, for people to look at.</summary>
    public Snapshot Snapshot() => new()
    {
        At = _now,
        Workers = [.. _slots.Select(slot => SlotView.Of(slot, _policy))],
        Target = _target,
        Waiting = _queue.Count,
        Suspects = _queue.Suspects,
        Oldest = _queue.Oldest,
        Tally = _tally.Copy(),
        WorkerFailures = _judge.WorkerFailures,
        StartsFrom = _judge.StartsFrom,
        DrainBy = _drainBy,
    };

    // We overslept: every deadline has passed while the news that would have moved it waited unread, here or in a pipe.
    void ForgiveLateness()
    {
        if (_promised is not { } promised || _now - promised <= _policy.LatenessMax) return;
        var slept = _now - promised + _policy.ReadingTime;
        for (var i = 0; i < _slots.Count; i++) _slots[i] = _slots[i].Later(slept);
    }

    void TakeIn(Event happened)
    {
        switch (happened)
        {
            case Event.JobArrived arrived: Arrive(arrived); break;
            case Event.InputGone gone: LoseInput(gone.Job); break;
            case Event.WorkerSaid said: Hear(said); break;
            case Event.KeysAnswered answered: AfterAnswer(answered.Attempt); break;
            case Event.WorkerBroken broken: AfterBreak(broken.Worker, broken.Why); break;
            case Event.WorkerGone gone: AfterExit(gone.Worker, gone.How); break;
            case Event.StopAsked stop: AfterStopAsked(stop.AtOnce); break;
            case Event.ResizeAsked resize: _target = Math.Clamp(_target + resize.By, 1, _policy.WorkersMax); break;
            case Event.RollAsked: _rollThrough = _lastWorker; break;
            case Event.KeysChanged keys: foreach (var job in _starving.Again(keys.Starved, _now)) Reopen(job); break;
            case Event.Measured or Event.OperatorAsked or Event.PolicyChanged: break;
            default: throw new UnknownCaseException(happened);
        }
    }

    void Arrive(Event.JobArrived arrived)
    {
        // Who leaves accepts nothing more: the upload stays in incoming/ for the next supervisor.
        if (Stopping) return;
        var job = new Job
        {
            Id = ++_lastJob,
            Source = arrived.Source,
            Tenant = arrived.Tenant,
            Bytes = arrived.Bytes,
            Arrived = _now,
            Outside = arrived.Outside ? arrived.Place : null,
        };
        if (!arrived.Outside) _turn.Do(new Move.Accept(job, arrived.Place));
        Requeue(job, "it arrived");
    }

    void LoseInput(long id)
    {
        if (!_queue.Remove(id, out var job)) return;
        Refuse(job, null, FailureCode.NoInput, "the file had left incoming/ before it could be taken",
            "upload it again");
    }

    void Reopen(Job job)
    {
        // Two reloads in a row name the same jobs twice.
        if (Stopping || _queue.Holds(job.Id) || _slots.Any(slot => slot is WorkerSlot.Busy at && at.Job.Id == job.Id))
            return;
        _turn.Do(new Move.Reopen(job));
        Requeue(job with { Code = "", Text = "", Hint = "", Outcome = null, Ended = null }, "the key ring has changed");
    }

    void Requeue(Job job, string why)
    {
        _turn.Remember(new Row.JobIs(job with { State = JobState.Undecrypted }, why));
        _queue.Add(job with { State = JobState.Undecrypted });
    }

    void Refuse(Job job, Incarnation? holder, FailureCode code, string text, string hint)
    {
        var refused = job with
        {
            State = JobState.Failed,
            Outcome = Outcome.Failed,
            Code = code.Name,
            Text = text,
            Hint = hint,
            Ended = _now,
        };
        _turn.Do(new Move.Refuse(refused, holder));
        Conclude(refused);
    }

    void Conclude(Job job)
    {
        _turn.Remember(new Row.JobIs(job, job.Text.Length > 0 ? job.Text : $"{job.Worker} finished it"));
        _tally.Add(job);
        _starving.Ended(job);
    }

    void Hear(Event.WorkerSaid said)
    {
        var (worker, message, hasReport) = said;
        if (Find(worker) is not { } slot)
        {
            _tally.StaleWords++;
            return;
        }

        switch (slot, message)
        {
            case (WorkerSlot.Starting starting, Hello hello): Greet(starting, hello); break;
            case (WorkerSlot.Busy busy, Progress progress) when progress.Attempt == busy.Job.Attempt:
                Put(busy.After(progress, _now, _policy));
                break;
            case (WorkerSlot.Busy busy, KeyRequest request) when request.Attempt == busy.Job.Attempt:
                Ask(busy, request);
                break;
            case (WorkerSlot.Busy busy, Finished { Outcome: not Outcome.Failed } finished)
                when finished.Attempt == busy.Job.Attempt && !hasReport:
                Kill(busy, Blame.Job, $"{worker} said that it had finished, and left no report");
                break;
            case (WorkerSlot.Busy busy, Finished finished) when finished.Attempt == busy.Job.Attempt:
                Finish(busy.Job, finished, hasReport);
                Put(new WorkerSlot.Idle(busy.Number, worker, _now, busy.JobsDone + 1));
                break;
            case (WorkerSlot.Leaving { Job: { } job } leaving, Finished finished)
                when finished.Attempt == job.Attempt && hasReport:
                // It had finished before our verdict reached it: the work counts, and the exit to come is charged to
                // nobody.
                Finish(job, finished, hasReport);
                Put(leaving with { Job = null, Blame = Blame.Nobody });
                break;
            case (WorkerSlot.Leaving, _): break;
            case (_, Progress or Finished or KeyRequest): _tally.StaleWords++; break;
            default: Kill(slot, BlameFor(slot), $"it sent {message.GetType().Name} out of turn"); break;
        }
    }

    void Greet(WorkerSlot.Starting slot, Hello hello)
    {
        if (hello.ProtocolVersion != Message.Version)
            Kill(slot, Blame.Worker, $"it speaks protocol {hello.ProtocolVersion}, and we speak {Message.Version}");
        else if (hello.Worker != slot.Worker)
            Kill(slot, Blame.Worker, $"it calls itself {hello.Worker}");
        else
            Put(new WorkerSlot.Idle(slot.Number, slot.Worker, _now, 0));
    }

    void Ask(WorkerSlot.Busy busy, KeyRequest request)
    {
        if (busy.AskedAt is not null)
            Kill(busy, Blame.Job, "it asked for a key while a question was open");
        else if (busy.Questions >= _policy.Limits.Questions)
            Kill(busy, Blame.Job, $"it asked for more than {_policy.Limits.Questions} keys");
        else
        {
            Put(busy with { AskedAt = _now, Questions = busy.Questions + 1, LastFrame = _now });
            _turn.Tell(new Order.Answer(request));
        }
    }

    void AfterAnswer(Attempt attempt)
    {
        if (Find(attempt.Worker) is WorkerSlot.Busy busy && busy.Job.Attempt == attempt) Put(busy.Answered(_now));
    }

    void Finish(Job job, Finished finished, bool hasReport)
    {
        var ended = job.After(finished, _now);
        _turn.Do(hasReport ? new Move.Publish(ended, ended.Attempt) : new Move.Refuse(ended, ended.Worker));
        Conclude(ended);
        _queue.Ended(job.Id);
        _judge.AfterFinished();
    }

    void AfterBreak(Incarnation worker, string why)
    {
        if (Find(worker) is { } slot and not WorkerSlot.Leaving) Kill(slot, BlameFor(slot), why);
    }

    void AfterExit(Incarnation worker, string how)
    {
        if (Find(worker) is not { } slot)
        {
            _tally.StaleWords++;
            return;
        }

        var charged = slot switch
        {
            WorkerSlot.Busy busy => GiveBack(busy.Job, BlameFor(busy), worker, busy.DeathBy(how)),
            WorkerSlot.Leaving { Job: { } job } leaving =>
                GiveBack(job, leaving.Blame, worker, $"{leaving.Why} ({how})"),
            _ => null,
        };
        if (slot is WorkerSlot.Starting or WorkerSlot.Idle or WorkerSlot.Leaving { Job: null, Blame: Blame.Worker })
            _judge.AfterWorkerFailure(_now);
        _tally.Exits++;
        var why = slot is WorkerSlot.Leaving told ? $"{told.Why} ({how})" : how;
        _turn.Remember(new Row.WorkerEnded(worker, _now, why, charged));
        _turn.Do(new Move.Discard(worker));
        Put(new WorkerSlot.Vacant(slot.Number));
    }

    /// <summary>A job's worker is proved dead. Returns the job's number if the death is charged to it.</summary>
    long? GiveBack(Job job, Blame blame, Incarnation worker, string why)
    {
        _queue.Ended(job.Id);
        if (blame == Blame.Job) blame = _judge.AfterBusyDeath(job.Id, _now);
        else if (blame == Blame.Worker) _judge.AfterWorkerFailure(_now);
        var back = blame == Blame.Job ? job with { Deaths = job.Deaths + 1 } : job;
        if (back.Deaths >= _policy.DeathsMax && blame == Blame.Job)
        {
            Refuse(back, worker, FailureCode.Poison, $"{back.Deaths} workers died over it; the last: {why}",
                "its input is kept beside this report: please send it to the makers of Decryptor");
            return back.Id;
        }

        if (job.Outside is null) _turn.Do(new Move.GiveBack(back, worker));
        Requeue(back, why);
        return blame == Blame.Job ? back.Id : null;
    }

    void AfterStopAsked(bool atOnce)
    {
        _drainBy = atOnce || Stopping ? _now : _now + _policy.DrainWithin;
    }

    void Settle()
    {
        MakeSlots();
        foreach (var slot in _slots.ToArray()) Correct(slot);
        DropSlots();
        if (Stopping) return;
        foreach (var job in _starving.Late()) Reopen(job);
        foreach (var idle in _slots.OfType<WorkerSlot.Idle>().ToArray())
        {
            if (_queue.Take() is not { } job) break;
            Assign(idle, job);
        }
    }

    void MakeSlots()
    {
        while (_slots.Count < _target) _slots.Add(new WorkerSlot.Vacant(_slots.Count + 1));
    }

    void DropSlots()
    {
        while (_slots.Count > _target && _slots[^1] is WorkerSlot.Vacant) _slots.RemoveAt(_slots.Count - 1);
    }

    void Correct(WorkerSlot slot)
    {
        switch (slot)
        {
            case WorkerSlot.Vacant when !Stopping && slot.Number <= _target && _now >= _judge.StartsFrom:
                Start(slot);
                break;
            case WorkerSlot.Starting starting when Stopping: Kill(starting, Blame.Nobody, "we are stopping"); break;
            case WorkerSlot.Starting starting when _now >= starting.HelloBy:
                Kill(starting, Blame.Worker, $"it did not greet within {_policy.HelloWithin.TotalSeconds:0} s");
                break;
            case WorkerSlot.Idle idle when Stopping: Dismiss(idle, "we are stopping"); break;
            case WorkerSlot.Idle idle when idle.Number > _target: Dismiss(idle, "fewer workers are wanted"); break;
            case WorkerSlot.Idle idle when idle.Worker.Number <= _rollThrough && MayRoll():
                Dismiss(idle, "it is replaced");
                break;
            case WorkerSlot.Busy busy when _now >= _drainBy: Kill(busy, Blame.Nobody, "we are stopping"); break;
            case WorkerSlot.Busy busy when busy.Verdict(_now, _policy) is { } verdict:
                Kill(busy, BlameFor(busy), verdict);
                break;
            case WorkerSlot.Leaving { KillAt: { } at } leaving when _now >= at || _now >= _drainBy:
                _turn.Tell(new Order.Kill(leaving.Worker, null, Stopping ? "we are stopping" : "it did not leave"));
                Put(leaving with { KillAt = null });
                break;
        }
    }

    /// <summary>At most a quarter of the workers is replaced at once, and at least one.</summary>
    bool MayRoll() =>
        _slots.Count(slot => slot is WorkerSlot.Leaving or WorkerSlot.Starting) < Math.Max(1, _target / 4);

    void Start(WorkerSlot slot)
    {
        var worker = new Incarnation(slot.Number, ++_lastWorker);
        _turn.Do(new Move.Prepare(worker));
        _turn.Remember(new Row.WorkerStarts(worker, _now));
        _turn.Tell(new Order.Start(worker));
        _tally.Starts++;
        _judge.AfterStart(_now);
        Put(new WorkerSlot.Starting(slot.Number, worker, _now, _now + _policy.HelloWithin));
    }

    void Assign(WorkerSlot.Idle idle, Job job)
    {
        var taken = job with
        {
            State = JobState.Decrypting,
            Attempts = job.Attempts + 1,
            Worker = idle.Worker,
            Started = _now,
        };
        if (job.Outside is null) _turn.Do(new Move.Take(taken, idle.Worker));
        _turn.Remember(new Row.JobIs(taken, $"{idle.Worker} has it"));
        _turn.Tell(new Order.Assign(taken, taken.Attempt, false, []));
        Put(new WorkerSlot.Busy(idle.Number, idle.Worker, taken, idle.JobsDone, _now)
        {
            LastFrame = _now,
            LastWork = _now,
            OverrunAt = _now + _policy.JobTime(job.Bytes),
        });
    }

    void Dismiss(WorkerSlot.Idle idle, string why)
    {
        _turn.Tell(new Order.Dismiss(idle.Worker));
        Put(new WorkerSlot.Leaving(idle.Number, idle.Worker, null, Blame.Nobody, why, _now + _policy.LeaveWithin));
    }

    void Kill(WorkerSlot slot, Blame blame, string why)
    {
        var worker = slot.Occupant!.Value;
        _turn.Tell(new Order.Kill(worker, (slot as WorkerSlot.Busy)?.Job.Attempt, why));
        Put(new WorkerSlot.Leaving(slot.Number, worker, (slot as WorkerSlot.Busy)?.Job, blame, why, null));
    }

    static Blame BlameFor(WorkerSlot slot) =>
        slot is WorkerSlot.Busy { HasBegun: true } ? Blame.Job : Blame.Worker;

    WorkerSlot? Find(Incarnation worker) => _slots.Find(slot => slot.Occupant == worker);

    void Put(WorkerSlot slot) => _slots[slot.Number - 1] = slot;

    DateTimeOffset? WakeAt()
    {
        var deadlines = _slots.Select(slot => slot.Deadline(_policy));
        if (!Stopping && _slots.Exists(slot => slot is WorkerSlot.Vacant))
            deadlines = deadlines.Append(_judge.StartsFrom);
        if (_slots.Exists(slot => slot is WorkerSlot.Busy)) deadlines = deadlines.Append(_drainBy);
        return deadlines.Min();
    }
}
