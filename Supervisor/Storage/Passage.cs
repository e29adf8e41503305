using Decryptor.Supervisor.Scheduling;

namespace Decryptor.Supervisor.Storage;

/// <summary>
/// The moves of one turn on their way. What the disk refuses is an <see cref="IOException"/>, after which it may go on
/// where it was: moves that are done are not done again, since later ones of the same turn stand on them.
/// </summary>
sealed class Passage(SpoolRooms rooms, SpoolOptions options, IReadOnlyList<Move> moves) : IDisposable
{
    readonly TurnFolders _folders = new(rooms);
    readonly List<long> _gone = [];
    int _done;
    bool _queued;

    /// <summary>Carries the moves out in order, from the first that is not done, and sees them onto the disk.</summary>
    /// <returns>What turned out otherwise; the later moves of such a job were left out.</returns>
    public IReadOnlyList<Event> Go()
    {
        var carrier = new Carrier(rooms, _folders, options.KeepInputs);
        for (; _done < moves.Count; _done++) Carry(carrier, moves[_done]);
        if (options.Durable) _folders.Sync();
        return [.. _gone.Select(job => new Event.InputGone(job))];
    }

    public void Dispose() => _folders.Dispose();

    void Carry(Carrier carrier, Move move)
    {
        FailPoint.Reached("carry");
        if (JobOf(move) is { } job && _gone.Contains(job)) return;
        if (move is Move.Take) SettleQueue();
        _queued |= move is Move.Accept or Move.GiveBack or Move.Reopen;
        if (!carrier.Carry(move)) _gone.Add(JobOf(move)!.Value);
    }

    // What has come into queue/ in this turn and goes on at once would have a queue/ synced that never knew it: if the
    // power went just then, a disk that keeps no order over directories would have it nowhere.
    void SettleQueue()
    {
        if (_queued && options.Durable) _folders.Sync();
        _queued = false;
    }

    static long? JobOf(Move move) => move switch
    {
        Move.Accept accept => accept.Job.Id,
        Move.Take take => take.Job.Id,
        Move.GiveBack back => back.Job.Id,
        Move.Publish publish => publish.Job.Id,
        Move.Refuse refuse => refuse.Job.Id,
        Move.Reopen reopen => reopen.Job.Id,
        Move.Prepare or Move.Probe or Move.Discard => null,
        _ => throw new UnknownCaseException(move),
    };
}
