using Decryptor.Protocol;
using Decryptor.Supervisor.Scheduling;

namespace Decryptor.Supervisor.Storage;

/// <summary>
/// Carries out single moves. Each looks for what is still to be done, so that it may be begun again wherever it was
/// broken off. A worker can remove or replace anything in its directory; what is missing there is then simply not
/// moved, and the next worker that is given the job says NO_INPUT.
/// </summary>
sealed class Carrier(SpoolRooms rooms, TurnFolders folders, bool keepInputs)
{
    /// <summary>Carries out one move; false when an upload to be accepted is gone.</summary>
    public bool Carry(Move move)
    {
        switch (move)
        {
            case Move.Accept accept: return Accept(accept.Job, accept.Place);
            case Move.Prepare prepare: Prepare(prepare.Worker); break;
            case Move.Probe probe: PutProbe(probe.Worker); break;
            case Move.Take take: Take(take.Job, take.Worker); break;
            case Move.GiveBack back: GiveBack(back.Job, back.Worker); break;
            case Move.Publish publish: Publish(publish.Job, publish.Attempt); break;
            case Move.Refuse refuse: Refuse(refuse.Job, refuse.Worker); break;
            case Move.Reopen reopen: Reopen(reopen.Job); break;
            case Move.Discard discard: Discard(discard.Worker); break;
            default: throw new UnknownCaseException(move);
        }

        return true;
    }

    bool Accept(Job job, string place)
    {
        var (tenant, file) = Split(place);
        var name = InputName.Of(job);
        if (rooms.Queue.Look(name) is null)
        {
            if (folders.Incoming(tenant) is not { } source) return false;
            if (source.TryMove(file, rooms.Queue, name) is { } error) return Gone(error, place);
            folders.Touch(rooms.Queue);
            folders.Touch(source, after: rooms.Queue);
        }

        if (rooms.Queue.Look(name) is { Kind: EntryKind.File }) return true;

        // Whoever may write to incoming/ can exchange a file for a link after we had looked at it.
        rooms.Queue.Remove(name);
        return false;
    }

    // The queue is ours and was found writable: these errors speak of the sender's side, and a sender must not be able
    // to end the supervisor.
    static bool Gone(int error, string place) =>
        error is Posix.NotThere or Posix.NotAFolder or Posix.Denied or Posix.NoPermission or Posix.OtherFileSystem
            ? false : throw Posix.Failure($"accepting {place}");

    static (string Tenant, string File) Split(string place)
    {
        var parts = place.Split('/');
        var fits = parts.Length is 1 or 2 && Array.TrueForAll(parts, part => part is not ("" or "." or ".."));
        if (!fits) throw new ArgumentException($"{place} is no place in incoming/", nameof(place));
        return parts.Length == 1 ? ("", parts[0]) : (parts[0], parts[1]);
    }

    void Prepare(Incarnation worker)
    {
        var folder = folders.Keep(rooms.Work.Ensure(worker.ToString(), FolderMode.Owner));
        folder.Ensure("in", FolderMode.Owner).Dispose();
        folder.Ensure("out", rooms.ForWorkers).Dispose();
        // Each names the next: an input that is moved in must not hang from a name that the power takes.
        if (folders.In(worker) is { } input) folders.Touch(folder, after: Touched(input));
        folders.Touch(rooms.Work, after: Touched(folder));
    }

    void PutProbe(Incarnation worker)
    {
        if (folders.In(worker) is { } input && input.Look(Probe.Name) is null)
            input.Write(Probe.Name, Probe.Bytes, 0x180u);
    }

    void Take(Job job, Incarnation worker)
    {
        var name = InputName.Of(job);
        if (folders.In(worker) is null) Prepare(worker);
        MoveFile(rooms.Queue, folders.In(worker)!, name, name);
    }

    void GiveBack(Job job, Incarnation worker)
    {
        var name = InputName.Of(job);
        if (folders.In(worker) is { } input) MoveFile(input, rooms.Queue, name, name);
    }

    void Publish(Job job, Attempt attempt)
    {
        var room = job.State == JobState.Completed ? rooms.Completed : rooms.Failed;
        var output = folders.Out(attempt.Worker);
        if (output is not null && Open(output, attempt.Folder) is { } made && Spool.HoldsReport(made))
        {
            DropPretendedCards(made);
            made.Give(rooms.ForReaders);
            PutInPlace(output, attempt.Folder, room, job);
        }
        else if (room.Look(Spool.Id(job.Id)) is not { Kind: EntryKind.Folder })
        {
            if (output is not null) RemoveOutput(output, attempt);
            PutReport(job, room);
        }

        if (room == rooms.Failed || keepInputs || job.WantsKey) KeepInput(job, attempt.Worker, room);
        else RemoveInput(job, attempt.Worker, room);
        KeepCards(job, room);
    }

    // The attempt's output goes first: where it is what has filled the disk, there is no room for a report before.
    void Refuse(Job job, Incarnation? worker)
    {
        if (worker is { } holder && folders.Out(holder) is { } output) RemoveOutput(output, job.Attempt);
        PutReport(job, rooms.Failed);
        KeepInput(job, worker, rooms.Failed);
        KeepCards(job, rooms.Failed);
    }

    void RemoveOutput(Folder output, Attempt attempt)
    {
        output.Remove(attempt.Folder);
        folders.Touch(output);
    }

    void PutReport(Job job, Folder room)
    {
        var name = $".new-{Spool.Id(job.Id)}";
        room.Remove(name);
        var folder = folders.Keep(room.Ensure(name, rooms.ForReaders));
        folder.Write(Report.FileName, JobReport.Of(job).ToJson(), rooms.ForReaders.Group is null ? 0x180u : 0x1a0);
        folders.Touch(room, after: Touched(folder));
        PutInPlace(room, name, room, job);
    }

    // An older folder of that job goes out of the way, but never with the only copy of the input, or a card, in it.
    void PutInPlace(Folder from, string name, Folder room, Job job)
    {
        var (id, aside) = (Spool.Id(job.Id), $".gone-{Spool.Id(job.Id)}");
        if (Open(room, id) is { } old)
        {
            if (job.Outside is null && rooms.Queue.Look(InputName.Of(job)) is null
                && MoveFile(old, rooms.Queue, Spool.Input, InputName.Of(job)))
                folders.Touch(room, after: rooms.Queue);
            foreach (var (lying, kept) in Cards(job)) MoveFile(old, rooms.Crashes, kept, lying);
        }

        room.Remove(aside);
        room.Move(id, room, aside);
        from.Move(name, room, id);
        folders.Touch(from, after: Touched(room));
        room.Remove(aside);
    }

    // What tells of a death is ours to say, and no worker's.
    static void DropPretendedCards(Folder made)
    {
        foreach (var name in made.Names().Where(OutputNames.IsCrash)) made.Remove(name);
    }

    void KeepCards(Job job, Folder room)
    {
        Folder? folder = null;
        foreach (var (lying, kept) in Cards(job))
        {
            if (rooms.Crashes.Look(lying) is null) continue;
            folder ??= Open(room, Spool.Id(job.Id));
            if (folder is not null && MoveFile(rooms.Crashes, folder, lying, kept))
                folders.Touch(rooms.Crashes, after: room);
        }
    }

    // Each look costs a system call, and an attempt without end is conceivable: the latest will do.
    static IEnumerable<(string Lying, string Kept)> Cards(Job job)
    {
        const int cardsMax = 100;
        for (var attempt = Math.Max(1, job.Attempts - cardsMax + 1); attempt <= job.Attempts; attempt++)
            yield return (Spool.CrashName(job.Id, attempt), OutputNames.CrashOf(attempt));
    }

    void KeepInput(Job job, Incarnation? worker, Folder room)
    {
        if (job.Outside is not null) return;
        if (Open(room, Spool.Id(job.Id)) is not { } folder) return;
        foreach (var source in Sources(worker))
        {
            if (!MoveFile(source, folder, InputName.Of(job), Spool.Input)) continue;
            folders.Touch(source, after: room);
            break;
        }

        RemoveInput(job, worker, room);
    }

    // Not before what came of it is where it belongs.
    void RemoveInput(Job job, Incarnation? worker, Folder room)
    {
        if (job.Outside is not null) return;
        foreach (var source in Sources(worker))
        {
            if (source.Look(InputName.Of(job)) is null) continue;
            source.Remove(InputName.Of(job));
            folders.Touch(source, after: room);
        }
    }

    IEnumerable<Folder> Sources(Incarnation? worker)
    {
        if (worker is { } holder && folders.In(holder) is { } input) yield return input;
        yield return rooms.Queue;
    }

    // Only a regular file is moved: a worker can put a link or a device in its place, or a directory in ours.
    bool MoveFile(Folder from, Folder to, string name, string newName)
    {
        if (from.Look(name) is not { Kind: EntryKind.File }) return false;
        if (to.Look(newName) is { Kind: not EntryKind.File }) to.Remove(newName);
        from.Move(name, to, newName);
        folders.Touch(from, after: Touched(to));
        return true;
    }

    Folder Touched(Folder folder)
    {
        folders.Touch(folder);
        return folder;
    }

    void Reopen(Job job)
    {
        foreach (var room in new[] { rooms.Failed, rooms.Completed }) ReopenIn(room, job);
    }

    // With the input in it, the folder is what it was before; without, the job waits in the queue.
    void ReopenIn(Folder room, Job job)
    {
        var (id, old) = (Spool.Id(job.Id), $".old-{Spool.Id(job.Id)}");
        if (HasInput(room, id))
        {
            room.Remove(old);
            room.Move(id, room, old);
        }

        if (Open(room, old) is not { } folder) return;
        MoveFile(folder, rooms.Queue, Spool.Input, InputName.Of(job));
        room.Remove(old);
        folders.Touch(room, after: rooms.Queue);
    }

    bool HasInput(Folder room, string name) => Open(room, name)?.Look(Spool.Input) is { Kind: EntryKind.File };

    // Kept until the turn's end, since it is synced then.
    Folder? Open(Folder room, string name) => room.TryOpenOurs(name) is { } folder ? folders.Keep(folder) : null;

    void Discard(Incarnation worker)
    {
        folders.Forget(worker);
        rooms.Work.Remove(worker.ToString());
        folders.TouchLast(rooms.Work);
    }
}
