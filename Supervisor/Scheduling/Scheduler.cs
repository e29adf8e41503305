using Decryptor.Protocol;

namespace Decryptor.Supervisor.Scheduling;

/// <summary>
/// The only mind: events and the time go in, a <see cref="Turn"/> comes out. A step first takes in the news, then looks
/// at how things stand and corrects them: overdue → out, empty place → start, due for relief → start another, idle
/// worker → job. Nothing here touches the world, so the same events always give the same turns.
/// </summary>
sealed class Scheduler
{
    readonly TurnDraft _turn;
    readonly BlameJudge _judge;
    readonly JobQueue _queue;
    readonly Quarantine _quarantine;
    readonly Starving _starving;
    readonly LatestEnds _ends;
    readonly Roster _roster;
    readonly JobDesk _jobs;
    readonly WorkerDesk _workers;
    readonly OperatorDesk _operators;
    readonly Law _law;
    DateTimeOffset? _promised;
    DateTimeOffset? _drainBy;

    public Scheduler(Policy policy, Recovered recovered) : this(SchedulerState.Of(policy, recovered))
    {
    }

    public Scheduler(SchedulerState state)
    {
        _turn = new(state.Policy);
        _turn.Begin(state.Now);
        _judge = new(_turn, state.Blame);
        _queue = new(_turn, state.Queue);
        _quarantine = new(state.Poison);
        _starving = new(state.Starving, state.KeysChangedAt);
        _roster = new(_turn, state.Slots) { Target = state.Target, RollThrough = state.RollThrough };
        _ends = new(state.Ends);
        _jobs = new(_turn, _queue, _quarantine, _starving, _ends) { LastJob = state.LastJob, Tally = state.Tally };
        _workers = new(_turn, _roster, _judge) { LastWorker = state.LastWorker };
        _operators = new(_turn, _queue, _jobs);
        _law = new(_roster, _queue, state.LawHeld);
        (_promised, _drainBy) = (state.Promised, state.DrainBy);
    }

    /// <summary>True once a stop was asked for.</summary>
    public bool Stopping => _drainBy is not null;

    /// <summary>
    /// Takes in what happened and says what to do. Call it again at <see cref="Turn.WakeAt"/> at the latest.
    /// </summary>
    public Turn Step(DateTimeOffset now, IReadOnlyList<Event> events)
    {
        _turn.Begin(now);
        ForgiveLateness(events);
        foreach (var happened in events) TakeIn(happened);
        Settle();
        _law.Check(_jobs.Tally);
        _promised = WakeAt();
        return _turn.Done(_promised, Stopping && _roster.IsEmpty);
    }

    /// <summary>All that this scheduler knows.</summary>
    public SchedulerState Save() => new()
    {
        Policy = _turn.Policy,
        Now = _turn.Now,
        Promised = _promised,
        DrainBy = _drainBy,
        LastJob = _jobs.LastJob,
        LastWorker = _workers.LastWorker,
        Target = _roster.Target,
        RollThrough = _roster.RollThrough,
        Slots = _roster.All,
        Queue = _queue.Record,
        Blame = _judge.Record,
        Poison = _quarantine.All,
        Starving = _starving.Latest,
        KeysChangedAt = _starving.ChangedAt,
        Ends = _ends.All,
        Tally = _jobs.Tally,
        LawHeld = _law.Held,
    };

    /// <summary>How things stand, for people to look at.</summary>
    public Snapshot Snapshot() => new()
    {
        At = _turn.Now,
        Workers = SlotView.Of(_roster, _turn.Policy, _judge.Record.StartsFrom),
        Target = _roster.Target,
        Waiting = _queue.Count,
        Running = _queue.Running,
        Suspects = _queue.Suspects,
        Tenants = _queue.Views,
        WaitingOf = _queue.WaitingOf,
        Large = (_queue.LargeRunning, Policy.LargeAtOnce(_roster.Target)),
        Poison = _quarantine.Count,
        LawHeld = _law.Held,
        Tally = _jobs.Tally,
        WorkerFailures = _judge.Record.WorkerFailures,
        StartsFrom = _judge.Record.StartsFrom,
        DrainBy = _drainBy,
    };

    // We overslept: every deadline has passed while the news that would have moved it waited unread, here or in a pipe.
    void ForgiveLateness(IReadOnlyList<Event> events)
    {
        var late = _turn.Now - (_promised ?? _turn.Now);
        foreach (var happened in events)
            if (happened is Event.Overslept { By: var by } && by > late) late = by;
        if (late > _turn.Policy.LatenessMax) _roster.Later(late + _turn.Policy.ReadingTime);
    }

    void TakeIn(Event happened)
    {
        switch (happened)
        {
            case Event.JobArrived arrived when Stopping: _jobs.TurnAway(arrived); break;
            case Event.JobArrived arrived: _jobs.Arrive(arrived); break;
            case Event.InputGone gone: _jobs.LoseInput(gone.Job); break;
            case Event.WorkerSaid said: Hear(said); break;
            case Event.KeysAnswered answered: AfterAnswer(answered.Attempt); break;
            case Event.WorkerBroken broken: AfterBreak(broken.Worker, broken.Why); break;
            case Event.WorkerGone gone: AfterExit(gone.Worker, gone.How); break;
            case Event.Measured measured: foreach (var size in measured.Sizes) _workers.Measure(size); break;
            case Event.Overslept: break;
            case Event.StopAsked stop: AfterStopAsked(stop.AtOnce); break;
            case Event.ResizeAsked resize: Resize(_roster.Target + resize.By); break;
            case Event.RollAsked: _roster.RollThrough = _workers.LastWorker; break;
            case Event.PolicyChanged changed: Adopt(changed.Policy); break;
            case Event.OperatorAsked asked: Hear(asked); break;
            case Event.KeysChanged keys: ReopenAll(_starving.Again(keys, _turn.Now)); break;
            default: throw new UnknownCaseException(happened);
        }
    }

    void Hear(Event.WorkerSaid said)
    {
        var (worker, message, hasReport) = said;
        switch (_roster.Find(worker), message)
        {
            case (WorkerSlot.Starting starting, Hello hello): _workers.Greet(starting, hello); break;
            case (WorkerSlot.Busy busy, Progress progress) when progress.Attempt == busy.Job.Attempt:
                _roster.Put(busy.After(progress, _turn.Now, _turn.Policy));
                break;
            case (WorkerSlot.Busy busy, Fingerprint print) when print.Attempt == busy.Job.Attempt:
                _roster.Put(busy.Knowing(Convert.ToHexStringLower(print.Sha256.Span), _turn.Now));
                break;
            case (WorkerSlot.Busy busy, KeyRequest request) when request.Attempt == busy.Job.Attempt:
                Ask(busy, request);
                break;
            case (WorkerSlot.Busy busy, Finished { Outcome: not Outcome.Failed } finished)
                when finished.Attempt == busy.Job.Attempt && !hasReport:
                _workers.Kill(busy, $"{worker} said that it had finished, and left no report", Blame.Job);
                break;
            case (WorkerSlot.Busy busy, Finished finished) when finished.Attempt == busy.Job.Attempt:
                Finish(busy.Job, finished, hasReport);
                _roster.Put(busy.Rest(_turn.Now) with { JobsDone = busy.JobsDone + 1 });
                break;
            case (WorkerSlot.Leaving { Job: { } job, CancelledBy: null } leaving, Finished finished)
                when finished.Attempt == job.Attempt && hasReport:
                // It had finished before our verdict reached it: the work counts, and the exit to come is charged to
                // nobody.
                Finish(job, finished, hasReport);
                _roster.Put(leaving with { Job = null, Blame = Blame.Nobody });
                break;
            case (WorkerSlot.Probing probing, Progress progress) when progress.Attempt == probing.Attempt: break;
            case (WorkerSlot.Probing probing, Finished finished) when finished.Attempt == probing.Attempt:
                _workers.AfterProbe(probing, finished);
                break;
            case (WorkerSlot.Leaving, _): break;
            case (null, _) or (_, Progress or Finished or KeyRequest or Fingerprint): CountStaleWord(); break;
            case ({ } slot, _): _workers.Kill(slot, $"it sent {message.GetType().Name} out of turn"); break;
        }
    }

    void CountStaleWord() => _jobs.Tally = _jobs.Tally with { StaleWords = _jobs.Tally.StaleWords + 1 };

    void Ask(WorkerSlot.Busy busy, KeyRequest request)
    {
        if (busy.AskedAt is not null)
            _workers.Kill(busy, "it asked for a key while a question was open", Blame.Job);
        else if (busy.Questions >= _turn.Policy.Limits.Questions)
            _workers.Kill(busy, $"it asked for more than {_turn.Policy.Limits.Questions} keys", Blame.Job);
        else
        {
            _roster.Put(busy with { AskedAt = _turn.Now, Questions = busy.Questions + 1, LastFrame = _turn.Now });
            _turn.Tell(new Order.Answer(request));
        }
    }

    void AfterAnswer(Attempt attempt)
    {
        if (_roster.Find(attempt.Worker) is WorkerSlot.Busy busy && busy.Job.Attempt == attempt)
            _roster.Put(busy.Answered(_turn.Now));
    }

    void Finish(Job job, Finished finished, bool hasReport)
    {
        _jobs.Finish(job, finished, hasReport);
        _judge.AfterFinished();
    }

    void AfterBreak(Incarnation worker, string why)
    {
        if (_roster.Find(worker) is { } slot and not WorkerSlot.Leaving) _workers.Kill(slot, why);
    }

    void AfterExit(Incarnation worker, string how)
    {
        if (_roster.Find(worker) is not { } slot)
        {
            CountStaleWord();
            return;
        }

        var charged = slot switch
        {
            WorkerSlot.Busy busy => GiveBack(busy.Job, WorkerDesk.BlameFor(busy), worker, busy.DeathBy(how)),
            WorkerSlot.Leaving { Job: { } job, CancelledBy: { } who } => Cancel(job, worker, who),
            WorkerSlot.Leaving { Job: { } job } leaving =>
                GiveBack(job, leaving.Blame, worker, $"{leaving.Why} ({how})"),
            _ => null,
        };
        if (slot is WorkerSlot.Starting or WorkerSlot.Idle or WorkerSlot.Probing
            or WorkerSlot.Leaving { Job: null, Blame: Blame.Worker })
            _judge.AfterWorkerFailure();
        _jobs.Tally = _jobs.Tally with { Exits = _jobs.Tally.Exits + 1 };
        var why = slot is WorkerSlot.Leaving told ? $"{told.Why} ({how})" : how;
        _turn.Remember(new Row.WorkerEnded(worker, _turn.Now, why, charged));
        _turn.Do(new Move.Discard(worker));
        _roster.Remove(slot);
    }

    /// <summary>A job's worker is proved dead. Returns the job's number if the death is charged to it.</summary>
    long? GiveBack(Job job, Blame blame, Incarnation worker, string why)
    {
        if (blame == Blame.Job) blame = _judge.AfterBusyDeath(job);
        else if (blame == Blame.Worker) _judge.AfterWorkerFailure();
        _jobs.GiveBack(job, worker, blame == Blame.Job, why);
        return blame == Blame.Job ? job.Id : null;
    }

    long? Cancel(Job job, Incarnation worker, string who)
    {
        _jobs.Cancel(job, worker, who);
        return null;
    }

    void AfterStopAsked(bool atOnce) =>
        _drainBy = atOnce || Stopping ? _turn.Now : _turn.Now + _turn.Policy.DrainWithin;

    void Resize(int workers) => _roster.Target = Math.Clamp(workers, 1, _turn.Policy.WorkersMax);

    void Adopt(Policy policy)
    {
        _turn.Policy = policy;
        _queue.Resort();
        Resize(policy.Workers);
    }

    void Hear(Event.OperatorAsked asked)
    {
        var holder = _roster.All.FirstOrDefault(slot => slot.Holds?.Id == asked.Job.Id);
        if (_operators.Hear(asked, holder) is { } condemned) _workers.Cancel(condemned, asked.Who);
    }

    void ReopenAll(IReadOnlyList<Job> starved)
    {
        if (Stopping) return;
        foreach (var job in starved) _jobs.Reopen(job, "the key ring has changed");
    }

    void Settle()
    {
        _jobs.Tally = _jobs.Tally with { Starts = _jobs.Tally.Starts + _workers.Settle(_drainBy) };
        if (Stopping) return;
        _queue.Forgive();
        ReopenAll(_starving.Late());
        if (_judge.Record.WantsProbe) _workers.Probe();
        else GiveOut();
    }

    void GiveOut()
    {
        foreach (var idle in _roster.All.OfType<WorkerSlot.Idle>())
        {
            if (_jobs.Take(idle.Worker, _roster.Target) is not { } job) break;
            _roster.Put(idle.Work(job, _turn.Now, _turn.Policy));
        }
    }

    DateTimeOffset? WakeAt()
    {
        var deadlines = _roster.All.Select(slot => slot.Deadline(_turn.Policy));
        if (!Stopping) deadlines = deadlines.Append(_workers.NextStart);
        if (_roster.All.Any(slot => slot is WorkerSlot.Busy)) deadlines = deadlines.Append(_drainBy);
        return deadlines.Min();
    }
}
