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
    bool _published;

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
        if (move.JobId is { } job && _gone.Contains(job)) return;
        if (move is Move.Take && _queued || move is Move.Reopen && _published) Settle();
        _queued |= move is Move.Accept or Move.GiveBack or Move.Reopen;
        _published |= move is Move.Publish or Move.Refuse;
        if (!carrier.Carry(move)) _gone.Add(move.JobId!.Value);
    }

    // A file that goes on in the turn in which it came would leave a room that was never synced with it, and a folder
    // that is published and reopened in one turn would be gone from a room that is synced before the other knows its
    // input: if the power went just then, a disk that keeps no order over directories would have it nowhere.
    void Settle()
    {
        if (options.Durable) _folders.Sync();
        (_queued, _published) = (false, false);
    }
}
