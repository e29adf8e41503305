using Decryptor.Protocol;
using Decryptor.Supervisor.Scheduling;

namespace Decryptor.Supervisor.Tests.Simulation;

/// <summary>The bytes of an upload, as far as supervision is concerned: two uploads may be of the same.</summary>
sealed record Content(string Sha256, long Bytes, bool IsPoison);

/// <summary>An upload as its sender sees it. Its source is its own, so that it is known again in the spool.</summary>
sealed record Upload(string Source, string Tenant, Content Content);

/// <summary>A law of supervision was broken: the message says which, and the seed reproduces it.</summary>
sealed class BrokenLawException(string message) : Exception(message);

/// <summary>
/// Spool and ledger, as they are when the supervisor is killed between any two changes. It refuses what no disk may be
/// asked for: an input that is taken from where it is not, a second end of a job, a result that nobody made.
/// </summary>
sealed class SimulatedDisk
{
    enum Place
    {
        Queue,
        Work,
        Kept,
        Away,
    }

    readonly Dictionary<string, Upload> _incoming = [];
    readonly Dictionary<long, (Place Place, Incarnation? Worker)> _inputs = [];
    readonly Dictionary<long, Report> _published = [];
    readonly Dictionary<Incarnation, bool> _folders = [];
    readonly HashSet<Attempt> _outputs = [];
    readonly HashSet<Incarnation> _namesUsed = [];
    readonly Dictionary<string, Upload> _uploads = [];
    readonly List<Incarnation> _ledgerWorkers = [];
    readonly List<Poison> _poison = [];
    readonly Dictionary<long, int> _charged = [];
    readonly Dictionary<long, Upload> _sources = [];
    readonly HashSet<long> _accepted = [];
    readonly SortedSet<long> _open = [];
    long _lastJob;
    long _lastWorker;

    /// <summary>The ledger's rows of jobs.</summary>
    public Dictionary<long, Job> Ledger { get; } = [];

    public IReadOnlyCollection<long> Open => _open;

    public IReadOnlyList<Poison> Poison => _poison;

    public IEnumerable<KeyValuePair<string, Upload>> Incoming => _incoming;

    public bool AnyIncoming => _incoming.Count > 0;

    public void Put(Upload upload)
    {
        _incoming.Add(upload.Source, upload);
        _uploads.Add(upload.Source, upload);
    }

    /// <summary>Its sender takes an upload back before we have moved it.</summary>
    public void Withdraw(string place) => _incoming.Remove(place);

    public Content ContentOf(Job job) => _uploads[job.Source].Content;

    /// <summary>Whether the worker finds the input where it was told that it is.</summary>
    public bool HasInput(Job job, Incarnation worker) =>
        _inputs.TryGetValue(job.Id, out var input) && input == (Place.Work, worker);

    public bool KeepsInput(Job job) => _inputs.TryGetValue(job.Id, out var input) && input.Place == Place.Kept;

    public void WriteOutput(Attempt attempt) => _outputs.Add(attempt);

    public bool HasOutput(Attempt attempt) => _outputs.Contains(attempt);

    /// <summary>The changes on disk that a move is made of; each gives false where an upload is gone.</summary>
    public IEnumerable<Func<bool>> Steps(Move move)
    {
        switch (move)
        {
            case Move.Accept accept:
                yield return () => Accept(accept.Job, accept.Place);
                break;
            case Move.Prepare prepare:
                yield return () => _folders[prepare.Worker] = true;
                break;
            case Move.Probe: break;
            case Move.Take take:
                yield return () => Bring(take.Job, (Place.Queue, null), (Place.Work, take.Worker));
                break;
            case Move.GiveBack back:
                yield return () => GiveBack(back.Job, back.Worker);
                break;
            case Move.Publish publish:
                yield return () => Publish(publish.Job, publish.Attempt);
                yield return () => PutAway(publish.Job);
                break;
            case Move.Refuse refuse:
                yield return () => Report(refuse.Job);
                yield return () => PutAway(refuse.Job);
                break;
            case Move.Reopen reopen:
                yield return () => Reopen(reopen.Job);
                break;
            case Move.Discard discard:
                yield return () => Discard(discard.Worker);
                break;
            default: throw new BrokenLawException($"{move} is no move known here");
        }
    }

    /// <summary>One transaction: all rows or none.</summary>
    public void Commit(IReadOnlyList<Row> rows, IReadOnlyList<Move> moves)
    {
        foreach (var row in rows)
        {
            switch (row)
            {
                case Row.JobIs { Job: var job }: Remember(job, moves); break;
                case Row.WorkerStarts starts:
                    _ledgerWorkers.Add(starts.Worker);
                    _lastWorker = Math.Max(_lastWorker, starts.Worker.Number);
                    break;
                case Row.WorkerEnded ended:
                    _ledgerWorkers.Remove(ended.Worker);
                    if (ended.Charged is { } guilty) _charged[guilty] = _charged.GetValueOrDefault(guilty) + 1;
                    break;
                case Row.Quarantined quarantined: _poison.Add(quarantined.Poison); break;
                case Row.Released released: _poison.RemoveAll(each => each.Sha256 == released.Poison.Sha256); break;
            }
        }

        foreach (var row in rows)
            if (row is Row.JobIs { Job: var job }) CheckDeaths(job);
    }

    /// <summary>What the next supervisor finds.</summary>
    public Recovered Recover(bool cleanStop, DateTimeOffset now)
    {
        var memory = new LedgerMemory(
            [.. _open.Select(id => Ledger[id])], [.. _ledgerWorkers], _lastJob, _lastWorker, cleanStop)
        {
            Poison = [.. _poison],
        };
        var work = _folders.Keys.ToDictionary(folder => folder, _ => (IReadOnlyList<FoundInput>)[]);
        foreach (var (id, input) in _inputs)
            if (input is (Place.Work, { } worker)) work[worker] = [.. work[worker], Found(id)];
        return Recovery.Recover(memory, new()
        {
            Queued = [.. _inputs.Where(input => input.Value.Place == Place.Queue).Select(input => Found(input.Key))],
            Work = work,
            Published = _published.Where(report => _open.Contains(report.Key)).ToDictionary(),
            HighestJob = _inputs.Keys.DefaultIfEmpty().Max(),
        }, now);
    }

    /// <summary>At the end each job is what its report says.</summary>
    public void CheckTheEnd()
    {
        foreach (var job in Ledger.Values)
        {
            if (job.IsOpen) throw new BrokenLawException($"job {job.Id} is stuck in {job.State}");
            if (!_published.TryGetValue(job.Id, out var report) || report.State != job.State.ToString())
                throw new BrokenLawException($"job {job.Id} is {job.State}, and its report says {report?.State}");
        }

        foreach (var id in _accepted)
            if (!Ledger.ContainsKey(id)) throw new BrokenLawException($"job {id} was accepted, and is lost");
    }

    FoundInput Found(long id) => new(id, _sources[id].Source, _sources[id].Tenant, _sources[id].Content.Bytes);

    bool Accept(Job job, string place)
    {
        if (_inputs.ContainsKey(job.Id)) throw new BrokenLawException($"job number {job.Id} is used twice");
        if (!_incoming.Remove(place, out var upload)) return false;
        _accepted.Add(job.Id);
        _inputs[job.Id] = (Place.Queue, null);
        _sources[job.Id] = upload;
        return true;
    }

    bool Bring(Job job, (Place, Incarnation?) from, (Place, Incarnation?) to)
    {
        // Its sender may have taken it away before we had it.
        if (!_inputs.TryGetValue(job.Id, out var input)) return true;
        if (input != from) throw new BrokenLawException($"the input of job {job.Id} is in {input}, not in {from}");
        _inputs[job.Id] = to;
        return true;
    }

    // The worker may have found no input, if its sender had taken it away.
    bool GiveBack(Job job, Incarnation worker)
    {
        if (_inputs.TryGetValue(job.Id, out var input) && input == (Place.Work, worker))
            _inputs[job.Id] = (Place.Queue, null);
        return true;
    }

    bool Publish(Job job, Attempt attempt)
    {
        if (job.State == JobState.Completed && !_outputs.Contains(attempt) && !_published.ContainsKey(job.Id))
            throw new BrokenLawException($"{attempt} is published as Completed and has left no report");
        return Report(job);
    }

    bool Report(Job job)
    {
        if (_published.TryGetValue(job.Id, out var before) && before.State != job.State.ToString())
            throw new BrokenLawException($"job {job.Id} ended as {before.State}, and ends again as {job.State}");
        _published[job.Id] = new()
        {
            Id = $"{job.Id}",
            Source = job.Source,
            State = job.State.ToString(),
            Outcome = Protocol.Report.Word(job.Outcome!.Value),
            Code = job.Code,
        };
        return true;
    }

    bool PutAway(Job job)
    {
        if (!_inputs.ContainsKey(job.Id)) return true;
        var isKept = job.State == JobState.Failed || job.WantsKey;
        _inputs[job.Id] = (isKept ? Place.Kept : Place.Away, null);
        return true;
    }

    bool Reopen(Job job)
    {
        if (!KeepsInput(job)) throw new BrokenLawException($"job {job.Id} is opened again, and its input is gone");
        _inputs[job.Id] = (Place.Queue, null);
        _published.Remove(job.Id);
        return true;
    }

    bool Discard(Incarnation worker)
    {
        foreach (var (id, input) in _inputs)
        {
            if (input == (Place.Work, worker))
                throw new BrokenLawException($"{worker}'s folder goes with the input of job {id} in it");
        }

        return _folders.Remove(worker) || true;
    }

    void Remember(Job job, IReadOnlyList<Move> moves)
    {
        if (Ledger.TryGetValue(job.Id, out var before) && !before.IsOpen && !IsReopened(job, moves))
            throw new BrokenLawException($"job {job.Id} had ended as {before.State} {before.Code}: {job.State}");
        Ledger[job.Id] = job;
        _lastJob = Math.Max(_lastJob, job.Id);
        if (job.IsOpen) _open.Add(job.Id);
        else _open.Remove(job.Id);
    }

    // By a move of this turn, or, found in the queue by recovery, by one of a turn whose rows were lost.
    bool IsReopened(Job job, IReadOnlyList<Move> moves) =>
        moves.Any(move => move is Move.Reopen reopen && reopen.Job.Id == job.Id)
        || _inputs.TryGetValue(job.Id, out var input) && input.Place is Place.Queue or Place.Work;

    // A job's deaths are the workers that were charged to it: since it was released, or was found without its row.
    void CheckDeaths(Job job)
    {
        var charged = _charged.GetValueOrDefault(job.Id);
        if (job.Deaths == 0 && job.State == JobState.Undecrypted) charged = _charged[job.Id] = 0;
        if (job.Deaths != charged)
            throw new BrokenLawException($"job {job.Id} has {job.Deaths} deaths, and {charged} were charged to it");
    }

    /// <summary>A worker's name is used once.</summary>
    public void UseName(Incarnation worker)
    {
        if (!_namesUsed.Add(worker)) throw new BrokenLawException($"{worker} is started twice");
        if (!_folders.ContainsKey(worker)) throw new BrokenLawException($"{worker} is started without a folder");
    }
}
