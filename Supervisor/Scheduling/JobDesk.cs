using Decryptor.Protocol;

namespace Decryptor.Supervisor.Scheduling;

/// <summary>
/// What becomes of jobs: each method is one change of one job, with the move and the row that belong to it.
/// </summary>
sealed class JobDesk(
    TurnDraft turn, JobQueue queue, Quarantine quarantine, Starving starving, LatestEnds ends)
{
    /// <summary>The highest number that a job was ever given.</summary>
    public long LastJob { get; set; }

    public Tally Tally { get; set; } = new();

    public void Arrive(Event.JobArrived arrived)
    {
        var job = new Job
        {
            Id = ++LastJob,
            Source = arrived.Source,
            Tenant = arrived.Tenant,
            Bytes = arrived.Bytes,
            Arrived = turn.Now,
            Outside = arrived.Outside ? arrived.Place : null,
        };
        if (!arrived.Outside) turn.Do(new Move.Accept(job, arrived.Place));
        Accept(job, "it arrived");
        if (arrived.Ticket is { } ticket)
            turn.Tell(new Order.Reply(ticket, ActResult.Done, $"job {job.Id} is taken in", job.Id));
    }

    /// <summary>Who leaves accepts nothing more: it stays in <c>incoming/</c> for the next supervisor.</summary>
    public void TurnAway(Event.JobArrived arrived)
    {
        if (arrived.Ticket is { } ticket)
            turn.Tell(new Order.Reply(ticket, ActResult.Refused, "the service is about to stop"));
    }

    /// <summary>An upload had left before it could be moved.</summary>
    public void LoseInput(long id)
    {
        if (!queue.Remove(id, out var job)) return;
        Refuse(job, null, FailureCode.NoInput, "the file had left incoming/ before it could be taken",
            "upload it again");
    }

    /// <summary>Whether an ended job has ended again since somebody has read that it is so.</summary>
    public bool IsStale(Job job) => ends.IsStale(job);

    /// <summary>An ended job is run again. False if it waits or runs already, or is no longer what it was.</summary>
    public bool Reopen(Job job, string why)
    {
        // Two reloads in a row name the same jobs twice.
        if (queue.Holds(job.Id) || queue.Runs(job.Id) || IsStale(job)) return false;
        turn.Do(new Move.Reopen(job));
        Accept(job with { Code = "", Text = "", Hint = "", Outcome = null, Ended = null }, why);
        return true;
    }

    /// <summary>The job that the next free worker gets; null for none.</summary>
    public Job? Take(Incarnation worker, int workers)
    {
        if (queue.Take(workers) is not { } job) return null;
        var taken = job with
        {
            State = JobState.Decrypting,
            Attempts = job.Attempts + 1,
            Worker = worker,
            Started = turn.Now,
        };
        if (job.Outside is null) turn.Do(new Move.Take(taken, worker));
        turn.Remember(new Row.JobIs(taken, $"{worker} has it"));
        var poison = quarantine.HashesOf(job.Bytes);
        turn.Tell(new Order.Assign(taken, taken.Attempt, poison.Count > 0 || job.IsSuspect(turn.Policy), poison));
        return taken;
    }

    /// <summary>Its worker has ended it.</summary>
    public void Finish(Job job, Finished finished, bool hasReport)
    {
        queue.Ended(job.Id);
        var ended = job.After(finished, turn.Now);
        if (ended.Code == FailureCode.Poison.Name) ended = AfterRecognition(ended);
        turn.Do(hasReport ? new Move.Publish(ended, ended.Attempt) : new Move.Refuse(ended, ended.Worker));
        Conclude(ended);
    }

    /// <summary>
    /// Its worker is proved dead. A job that has not had its share of deaths goes back into its line; one that has is
    /// quarantined, and its bytes with it.
    /// </summary>
    public void GiveBack(Job job, Incarnation worker, bool charged, string why)
    {
        queue.Ended(job.Id);
        var back = charged ? job with { Deaths = job.Deaths + 1 } : job;
        if (charged) queue.Punish(job.Tenant);
        if (charged && back.Deaths >= turn.Policy.DeathsMax)
        {
            Isolate(back, worker, why);
            return;
        }

        if (job.Outside is null) turn.Do(new Move.GiveBack(back, worker));
        Requeue(back, why);
    }

    /// <summary>
    /// An operator ends it, and its worker has to die first. What was promised holds even if we die before that.
    /// </summary>
    public void Condemn(Job job, string who)
    {
        var condemned = job with { Code = FailureCode.Cancelled.Name, Text = $"{who} cancelled it" };
        turn.Remember(new Row.JobIs(condemned, condemned.Text));
    }

    /// <summary>An operator ends it.</summary>
    public void Cancel(Job job, Incarnation? holder, string who)
    {
        queue.Remove(job.Id, out _);
        queue.Ended(job.Id);
        Refuse(job, holder, FailureCode.Cancelled, $"{who} cancelled it", Job.HintToRetry(job.Id));
    }

    /// <summary>The bytes of a quarantined job may run again, under whatever name.</summary>
    public void Release(Job job)
    {
        if (quarantine.Find(job.Sha256) is not { } poison) return;
        quarantine.Remove(poison);
        turn.Remember(new Row.Released(poison));
    }

    void Accept(Job job, string why)
    {
        Tally = Tally with { Accepted = Tally.Accepted + 1 };
        Requeue(job, why);
    }

    void Requeue(Job job, string why)
    {
        var waiting = job with { State = JobState.Undecrypted };
        turn.Remember(new Row.JobIs(waiting, why));
        queue.Add(waiting);
    }

    void Isolate(Job job, Incarnation worker, string why)
    {
        Refuse(job, worker, FailureCode.Poison, $"{job.Deaths} workers died over it; the last: {why}",
            "its input is kept beside this report: please send it to the makers of Decryptor");
        if (job.Sha256.Length == 0) return;
        var poison = new Poison(job.Sha256, job.Bytes, job.Id);
        quarantine.Add(poison);
        turn.Remember(new Row.Quarantined(poison, turn.Now));
    }

    // The worker has only compared hashes; what that means is for us to say.
    Job AfterRecognition(Job job) => quarantine.Find(job.Sha256) is { } poison
        ? job with
        {
            Text = $"the same bytes are in quarantine since job {poison.Job}, over which workers died",
            Hint = $"decryptor jobs release {poison.Job} lets them run again",
        }
        : job with
        {
            Code = FailureCode.Internal.Name,
            Text = $"{job.Worker} took it for poison, and nothing of its bytes is in quarantine",
            Hint = Job.HintToRetry(job.Id),
        };

    void Refuse(Job job, Incarnation? holder, FailureCode code, string text, string hint)
    {
        var refused = job with
        {
            State = JobState.Failed,
            Outcome = Outcome.Failed,
            Code = code.Name,
            Text = text,
            Hint = hint,
            Ended = turn.Now,
        };
        turn.Do(new Move.Refuse(refused, holder));
        Conclude(refused);
    }

    void Conclude(Job job)
    {
        turn.Remember(new Row.JobIs(job, job.Text.Length > 0 ? job.Text : $"{job.Worker} finished it"));
        Tally = Tally.With(job);
        starving.Ended(job);
        ends.Add(job);
    }
}
