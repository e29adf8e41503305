using System.Globalization;
using Decryptor.Protocol;
using Decryptor.Supervisor.Scheduling;

namespace Decryptor.Supervisor.Storage;

/// <summary>
/// Where the bytes are: carries out the moves of a turn by rename, and lists what lies where for
/// <see cref="Recovery"/>. A worker may have done anything below its own directory, so nothing there is followed, read
/// or trusted. What the disk refuses is an <see cref="IOException"/> and ends the process; every move may be carried
/// out again after a crash between any two of its steps.
/// </summary>
sealed class Spool : IDisposable
{
    /// <summary>The name of a kept input in a job's folder.</summary>
    public const string Input = "input";

    /// <summary>The ledger's file.</summary>
    public const string LedgerName = "ledger.db";

    /// <summary>The longest report that is read.</summary>
    public const int ReportMax = 16 * 1024 * 1024;

    readonly SpoolRooms _rooms;
    readonly SpoolOptions _options;

    Spool(SpoolRooms rooms, SpoolOptions options)
    {
        _rooms = rooms;
        _options = options;
    }

    /// <summary>The spool's absolute path, every link in it followed.</summary>
    public string Root => _rooms.Root;

    /// <summary>Where the ledger is.</summary>
    public string Ledger => $"{Root}/{LedgerName}";

    /// <summary>Where workers have their directories.</summary>
    public string Work => $"{Root}/work";

    /// <summary>Where status files and sockets go.</summary>
    public string Run => $"{Root}/run";

    /// <summary>The room that uploads are put into.</summary>
    public Folder Incoming => _rooms.Incoming;

    /// <summary>What the last <see cref="List"/> found and left alone, in words.</summary>
    public IReadOnlyList<string> Warnings { get; private set; } = [];

    /// <summary>Opens a spool and takes its lock; makes what is missing.</summary>
    /// <exception cref="SpoolException">It cannot be worked on.</exception>
    public static Spool Open(string path, SpoolOptions? options = null)
    {
        options ??= new();
        return new(SpoolRooms.Open(path, options), options);
    }

    /// <summary>The absolute path of the input of a job that has a worker.</summary>
    public string InputOf(Job job) =>
        job.Outside ?? $"{WorkFolder(job.Worker ?? default)}/in/{InputName.Of(job)}";

    /// <summary>The absolute path of the directory that an attempt makes.</summary>
    public string OutputOf(Attempt attempt) => $"{WorkFolder(attempt.Worker)}/out/{attempt.Folder}";

    /// <summary>The absolute path of a worker's own directory.</summary>
    public string WorkFolder(Incarnation worker) => Path.Combine(Root, "work", worker.ToString());

    /// <summary>The absolute path of a completed job's folder.</summary>
    public string Completed(long job) => $"{Root}/completed/{Id(job)}";

    /// <summary>The absolute path of a failed job's folder.</summary>
    public string Failed(long job) => $"{Root}/failed/{Id(job)}";

    /// <summary>Whether the input of a job that has ended is kept beside its report.</summary>
    public bool KeepsInput(Job job)
    {
        using var folder = (job.State == JobState.Completed ? _rooms.Completed : _rooms.Failed).TryOpen(Id(job.Id));
        return folder?.Look(Input) is { Kind: EntryKind.File };
    }

    /// <summary>Carries the moves of a turn out in order and sees them onto the disk.</summary>
    /// <returns>What turned out otherwise; the later moves of such a job were left out.</returns>
    public IReadOnlyList<Event> Carry(IReadOnlyList<Move> moves)
    {
        var gone = new List<long>();
        using var folders = new TurnFolders(_rooms);
        var carrier = new Carrier(_rooms, folders, _options.KeepInputs);
        foreach (var move in moves)
        {
            if (JobOf(move) is { } job && gone.Contains(job)) continue;
            if (!carrier.Carry(move)) gone.Add(JobOf(move)!.Value);
        }

        if (_options.Durable) folders.Sync();
        return [.. gone.Select(job => new Event.InputGone(job))];
    }

    /// <summary>Mends what a crash left half done, then says what lies where. No worker may be alive.</summary>
    public SpoolListing List(IEnumerable<long> openJobs)
    {
        var census = new Census(_rooms);
        var listing = census.Take(openJobs);
        Warnings = census.Warnings;
        return listing;
    }

    public void Dispose() => _rooms.Dispose();

    /// <summary>
    /// Whether a folder is worth publishing: a worker that died over it has left it without a report.
    /// </summary>
    internal static bool HoldsReport(Folder folder) =>
        folder.Look(Report.FileName) is { Kind: EntryKind.File, Bytes: > 0 and <= ReportMax };

    internal static string Id(long job) => job.ToString(CultureInfo.InvariantCulture);

    static long? JobOf(Move move) => move switch
    {
        Move.Accept accept => accept.Job.Id,
        Move.Take take => take.Job.Id,
        Move.GiveBack back => back.Job.Id,
        Move.Publish publish => publish.Job.Id,
        Move.Refuse refuse => refuse.Job.Id,
        Move.Reopen reopen => reopen.Job.Id,
        Move.Prepare or Move.Discard => null,
        _ => throw new UnknownCaseException(move),
    };
}
