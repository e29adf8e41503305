using Decryptor.Protocol;

namespace Decryptor.Supervisor.Scheduling;

/// <summary>
/// What becomes of workers: each method is one change of one worker's slot, with the orders that belong to it. A word
/// to a worker is an order; that it is gone is known by its exit alone.
/// </summary>
sealed class WorkerDesk(TurnDraft turn, Roster roster, BlameJudge judge)
{
    const string TooMany = "fewer workers are wanted";

    /// <summary>The highest number that a worker was ever given.</summary>
    public long LastWorker { get; set; }

    /// <summary>When the next worker is started that is wanted and may not be started yet; null for none.</summary>
    public DateTimeOffset? NextStart =>
        !judge.MayStart && (roster.Missing > 0 || roster.FirstDue is not null) ? judge.Record.StartsFrom : null;

    bool MayStart => judge.MayStart && roster.HasRoom;

    /// <summary>A death in this state is the job's fault, or the worker's.</summary>
    public static Blame BlameFor(WorkerSlot slot) =>
        slot is WorkerSlot.Busy { HasBegun: true } ? Blame.Job : Blame.Worker;

    /// <summary>It has started, and says who it is.</summary>
    public void Greet(WorkerSlot.Starting slot, Hello hello)
    {
        if (hello.ProtocolVersion != Message.Version)
            Kill(slot, $"it speaks protocol {hello.ProtocolVersion}, and we speak {Message.Version}", Blame.Worker);
        else if (hello.Worker != slot.Worker)
            Kill(slot, $"it calls itself {hello.Worker}", Blame.Worker);
        else
        {
            roster.Put(slot.Rest(turn.Now));
            // Its relief is here: now the old one may go, at once or after its job.
            if (slot.Relieves is { } relieved && roster.Find(relieved) is { } old) roster.Put(old.Retire());
        }
    }

    /// <summary>Lets a worker that has nothing to do show whether workers are broken.</summary>
    public void Probe()
    {
        if (roster.All.Any(slot => slot is WorkerSlot.Probing)) return;
        if (roster.All.OfType<WorkerSlot.Idle>().FirstOrDefault() is not { } idle) return;
        var probing = idle.Try(turn.Now + turn.Policy.HelloWithin);
        turn.Do(new Move.Probe(idle.Worker));
        turn.Tell(new Order.Probe(probing.Attempt));
        roster.Put(probing);
    }

    /// <summary>It has read the probe, or could not.</summary>
    public void AfterProbe(WorkerSlot.Probing slot, Finished finished)
    {
        if (finished.Outcome == Outcome.Complete)
        {
            judge.AfterFinished();
            roster.Put(slot.Rest(turn.Now));
        }
        else Kill(slot, $"it could not read the probe: {finished.Code} {finished.Text}", Blame.Worker);
    }

    /// <summary>It was looked at from outside: one that holds too much is killed in the middle of its job.</summary>
    public void Measure(WorkerSize size)
    {
        if (roster.Find(size.Worker) is not { } slot) return;
        slot = slot.Holding(size.ResidentBytes);
        roster.Put(slot);
        var most = turn.Policy.MemoryMax;
        if (slot is WorkerSlot.Busy && slot.Resident >= most)
            Kill(slot, $"{slot.Worker} held {slot.Resident >> 20} MiB over it, and {most >> 20} MiB are the limit");
    }

    /// <summary>Corrects every slot, and fills and relieves places; returns how many workers are started.</summary>
    public int Settle(DateTimeOffset? drainBy)
    {
        foreach (var slot in roster.All) Correct(slot, drainBy);
        if (drainBy is not null) return 0;
        var before = LastWorker;
        Shrink();
        Recall();
        while (roster.Missing > 0 && MayStart) Start(null);
        while (roster.Missing == 0 && MayStart && roster.MayReplace && roster.FirstDue is { } due) Start(due);
        return (int)(LastWorker - before);
    }

    /// <summary>SIGKILL. Whose fault it is follows from what the worker was at, unless that is known better.</summary>
    public void Kill(WorkerSlot slot, string why, Blame? blame = null)
    {
        turn.Tell(new Order.Kill(slot.Worker, slot.Holds?.Attempt, why));
        roster.Put(slot.Leave(blame ?? BlameFor(slot), why, null));
    }

    /// <summary>The job that it holds ends with it, at an operator's word.</summary>
    public void Cancel(WorkerSlot slot, string who)
    {
        if (slot is not WorkerSlot.Leaving) Kill(slot, $"{who} cancelled its job", Blame.Nobody);
        if (roster.Find(slot.Worker) is WorkerSlot.Leaving leaving) roster.Put(leaving with { CancelledBy = who });
    }

    void Correct(WorkerSlot slot, DateTimeOffset? drainBy)
    {
        const string stopping = "we are stopping";
        var isStopping = drainBy is not null;
        switch (slot)
        {
            case WorkerSlot.Starting when isStopping: Kill(slot, stopping, Blame.Nobody); break;
            case WorkerSlot.Starting starting when turn.Now >= starting.HelloBy:
                Kill(slot, $"it did not greet within {turn.Policy.HelloWithin.TotalSeconds:0} s", Blame.Worker);
                break;
            case WorkerSlot.Probing when isStopping: Kill(slot, stopping, Blame.Nobody); break;
            case WorkerSlot.Probing probing when turn.Now >= probing.Until:
                Kill(slot, "it froze over the probe", Blame.Worker);
                break;
            case WorkerSlot.Idle idle when isStopping: Dismiss(idle, stopping); break;
            case WorkerSlot.Idle { Outgoing: true } idle: Dismiss(idle, roster.DueBecause(idle) ?? TooMany); break;
            case WorkerSlot.Busy when turn.Now >= drainBy: Kill(slot, stopping, Blame.Nobody); break;
            case WorkerSlot.Busy busy when busy.Verdict(turn.Now, turn.Policy) is { } verdict:
                Kill(slot, verdict);
                break;
            case WorkerSlot.Leaving { KillAt: { } at } leaving when turn.Now >= at || turn.Now >= drainBy:
                turn.Tell(new Order.Kill(slot.Worker, null, isStopping ? stopping : "it did not leave"));
                roster.Put(leaving with { KillAt = null });
                break;
        }
    }

    // Those go first who have nothing to do; one that works is let finish.
    void Shrink()
    {
        var serving = roster.All.Where(slot => !slot.Outgoing)
            .OrderBy(RankToGo).ThenByDescending(slot => slot.Worker.Slot);
        foreach (var slot in serving.ToList())
        {
            if (roster.Surplus == 0) break;
            if (slot is WorkerSlot.Idle idle) Dismiss(idle, TooMany);
            else if (slot is WorkerSlot.Starting { Relieves: null }) Kill(slot, TooMany, Blame.Nobody);
            else if (slot is WorkerSlot.Busy or WorkerSlot.Probing) roster.Put(slot.Retire());
        }
    }

    // One that was to go and works still has its place again before anybody new is started for it.
    void Recall()
    {
        foreach (var slot in roster.All)
        {
            if (roster.Missing == 0) break;
            if (slot is { Outgoing: true } and (WorkerSlot.Busy or WorkerSlot.Probing)) roster.Put(slot.Recall());
        }
    }

    static int RankToGo(WorkerSlot slot) => slot switch
    {
        WorkerSlot.Starting => 0,
        WorkerSlot.Idle => 1,
        _ => 2,
    };

    void Start(WorkerSlot? relieved)
    {
        var worker = new Incarnation(roster.FreeNumber, ++LastWorker);
        turn.Do(new Move.Prepare(worker));
        turn.Remember(new Row.WorkerStarts(worker, turn.Now));
        turn.Tell(new Order.Start(worker));
        judge.AfterStart();
        roster.Put(new WorkerSlot.Starting(worker, turn.Now, turn.Now + turn.Policy.HelloWithin)
        {
            Relieves = relieved?.Worker,
        });
    }

    void Dismiss(WorkerSlot.Idle idle, string why)
    {
        turn.Tell(new Order.Dismiss(idle.Worker));
        roster.Put(idle.Leave(Blame.Nobody, why, turn.Now + turn.Policy.LeaveWithin));
    }
}
