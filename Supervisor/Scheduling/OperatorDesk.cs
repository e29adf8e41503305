using Decryptor.Protocol;

namespace Decryptor.Supervisor.Scheduling;

/// <summary>
/// What operators ask for. Each act is answered, and each leaves an audit row, whether it was done or refused; one that
/// was asked with old news is neither, and is to be asked again.
/// </summary>
sealed class OperatorDesk(TurnDraft turn, JobQueue queue, JobDesk jobs)
{
    /// <summary>
    /// Does it, or says why not. <paramref name="holder"/> is the worker that holds the job; what is to be killed is
    /// returned.
    /// </summary>
    public WorkerSlot? Hear(Event.OperatorAsked asked, WorkerSlot? holder)
    {
        if (IsStale(asked, holder))
        {
            var again = $"job {asked.Job.Id} changes at this moment: ask again";
            turn.Tell(new Order.Reply(asked.Ticket, ActResult.Stale, again));
            return null;
        }

        var refusal = WhyNot(asked, holder);
        var result = refusal ?? Do(asked, holder);
        turn.Remember(new Row.Audit(turn.Now, asked.Who, asked.Act, asked.Job.Id, result));
        turn.Tell(new Order.Reply(asked.Ticket, refusal is null ? ActResult.Done : ActResult.Refused, result));
        return refusal is null && asked.Act == OperatorAct.Cancel ? holder : null;
    }

    // The ledger was read before this turn, so it may say less than has happened; never more.
    bool IsStale(Event.OperatorAsked asked, WorkerSlot? holder) =>
        asked.Act != OperatorAct.Cancel && holder is null && !queue.Holds(asked.Job.Id)
        && (asked.Job.IsOpen || jobs.IsStale(asked.Job));

    string? WhyNot(Event.OperatorAsked asked, WorkerSlot? holder)
    {
        var job = asked.Job;
        var isOpen = holder is not null || queue.Holds(job.Id);
        if (asked.Act == OperatorAct.Cancel)
            return isOpen ? null : $"job {job.Id} has ended: there is nothing to cancel";
        if (isOpen) return $"job {job.Id} has not ended yet: {(holder is null ? "it waits" : "it runs")}";
        var isPoison = job.Code == FailureCode.Poison.Name;
        if (asked.Act == OperatorAct.Release && !isPoison)
            return $"job {job.Id} is not in quarantine: retry runs it again";
        if (asked.Act == OperatorAct.Retry && isPoison)
            return $"job {job.Id} is in quarantine: release lets it out";
        return asked.HasInput ? null : $"the input of job {job.Id} is no longer kept: upload it again";
    }

    string Do(Event.OperatorAsked asked, WorkerSlot? holder)
    {
        var job = asked.Job;
        switch (asked.Act)
        {
            case OperatorAct.Cancel when holder is not null:
                jobs.Condemn(holder.Holds!, asked.Who);
                return $"job {job.Id} is cancelled: {holder.Worker} is killed";
            case OperatorAct.Cancel:
                queue.Remove(job.Id, out var waiting);
                jobs.Cancel(waiting!, null, asked.Who);
                return $"job {job.Id} is cancelled";
            case OperatorAct.Release:
                jobs.Release(job);
                jobs.Reopen(job with { Deaths = 0, Outages = 0 }, $"{asked.Who} released it");
                return $"job {job.Id} is released and waits";
            case OperatorAct.Retry:
                jobs.Reopen(job, $"{asked.Who} asked for another try");
                return $"job {job.Id} waits for another try";
            default: throw new UnknownCaseException(asked);
        }
    }
}
