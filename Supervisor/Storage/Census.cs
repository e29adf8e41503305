using Decryptor.Protocol;
using Decryptor.Supervisor.Scheduling;

namespace Decryptor.Supervisor.Storage;

/// <summary>
/// Looks through the whole spool once, at the start. What a crash left half done under a dot name is mended first;
/// what nobody here has put there is named in a warning and left alone.
/// </summary>
sealed class Census(SpoolRooms rooms)
{
    readonly List<string> _warnings = [];
    readonly HashSet<long> _inputs = [];
    readonly List<(Folder Room, string Name)> _past = [];
    long _highest;

    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>Folders of jobs that nobody knows any more, still to be removed.</summary>
    public IReadOnlyList<(Folder Room, string Name)> Past => _past;

    public SpoolListing Take(IEnumerable<long> openJobs)
    {
        foreach (var room in new[] { rooms.Completed, rooms.Failed }) Mend(room);
        // Ten thousand open jobs must not cost a look each: next to none of them has a folder.
        var (completed, failed) = (Ended(rooms.Completed), Ended(rooms.Failed));
        var published = new Dictionary<long, Report>();
        foreach (var job in openJobs)
        {
            if (completed.Contains(job) && Read(job, rooms.Completed, JobState.Completed) is { } whole)
                published[job] = whole;
            else if (failed.Contains(job) && Read(job, rooms.Failed, JobState.Failed) is { } broken)
                published[job] = broken;
        }

        return new()
        {
            Published = published,
            Queued = Inputs(rooms.Queue),
            Work = Work(),
            HighestJob = _highest,
        };
    }

    void Mend(Folder room)
    {
        foreach (var name in room.Names())
        {
            if (!name.StartsWith('.')) continue;
            Count(name[(name.IndexOf('-', StringComparison.Ordinal) + 1)..]);
            if (Retention.IsPast(name))
            {
                _past.Add((room, name));
                continue;
            }

            if (name.StartsWith(".old-", StringComparison.Ordinal)) PutBack(room, name, name[5..]);
            else if (name.StartsWith(".new-", StringComparison.Ordinal)
                || name.StartsWith(".gone-", StringComparison.Ordinal))
                room.Remove(name);
            else Warn(room, name);
        }

        room.Sync();
    }

    // A reopening was broken off: with its input still in it, the folder is what it was before.
    static void PutBack(Folder room, string old, string id)
    {
        bool whole;
        using (var folder = room.TryOpenOurs(old)) whole = folder?.Look(Spool.Input) is { Kind: EntryKind.File };
        if (whole && room.Look(id) is null) room.Move(old, room, id);
        else room.Remove(old);
    }

    List<FoundInput> Inputs(Folder folder)
    {
        var found = new List<FoundInput>();
        foreach (var name in folder.Names())
        {
            if (name == Probe.Name) continue;
            if (!InputName.TryParse(name, out var input)) Count(name.Split('~')[0]);
            else Count(Spool.Id(input.Job));
            if (input.Job > 0 && folder.Look(name) is { Kind: EntryKind.File } entry && _inputs.Add(input.Job))
                found.Add(new(input.Job, input.Source, input.Tenant, entry.Bytes));
            else Warn(folder, name);
        }

        return found;
    }

    Dictionary<Incarnation, IReadOnlyList<FoundInput>> Work()
    {
        var work = new Dictionary<Incarnation, IReadOnlyList<FoundInput>>();
        foreach (var name in rooms.Work.Names())
        {
            using var folder = rooms.Work.TryOpenOurs(name);
            if (folder is null || !Incarnation.TryParse(name, out var worker) || worker.ToString() != name)
            {
                Warn(rooms.Work, name);
                continue;
            }

            using var input = folder.TryOpenOurs("in");
            work[worker] = input is null ? [] : Inputs(input);
        }

        return work;
    }

    Report? Read(long job, Folder room, JobState state) => PublishedReport.TryRead(
        room, job, state, warning => _warnings.Add($"{warning}; the job is tried again"));

    HashSet<long> Ended(Folder room)
    {
        var ended = new HashSet<long>();
        foreach (var name in room.Names())
        {
            if (InputName.TryParseJob(name, out var job)) ended.Add(job);
            else if (!Retention.IsPast(name)) Warn(room, name);
        }

        _highest = Math.Max(_highest, ended.DefaultIfEmpty().Max());
        return ended;
    }

    void Count(string id)
    {
        if (InputName.TryParseJob(id, out var job)) _highest = Math.Max(_highest, job);
    }

    void Warn(Folder folder, string name)
    {
        const int warningsMax = 100;
        if (_warnings.Count < warningsMax)
            _warnings.Add($"{folder.Path}/{name} was not put there by a supervisor; it is left alone");
    }
}
