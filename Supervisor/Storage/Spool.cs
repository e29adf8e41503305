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

    /// <summary>Whether what is in it must outlive a power cut.</summary>
    public bool IsDurable => _options.Durable;

    /// <summary>Where the ledger is.</summary>
    public string Ledger => $"{Root}/{LedgerName}";

    /// <summary>Where workers have their directories.</summary>
    public string Work => $"{Root}/work";

    /// <summary>Where status files and sockets go.</summary>
    public string Run => $"{Root}/run";

    /// <summary>Where the crash cards of open jobs go, each by the name of <see cref="CrashName"/>.</summary>
    public string Crashes => $"{Root}/run/crashes";

    /// <summary>The room that uploads are put into.</summary>
    public Folder Incoming => _rooms.Incoming;

    /// <summary>What the last <see cref="List"/> found and left alone, in words.</summary>
    public IReadOnlyList<string> Warnings { get; private set; } = [];

    /// <summary>The folders that the last <see cref="List"/> found of jobs that nobody knows any more.</summary>
    public IReadOnlyList<(Folder Room, string Name)> Past { get; private set; } = [];

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

    /// <summary>The absolute path of the probe that a worker was given.</summary>
    public string ProbeOf(Incarnation worker) => $"{WorkFolder(worker)}/in/{Probe.Name}";

    /// <summary>The absolute path of the directory that an attempt makes.</summary>
    public string OutputOf(Attempt attempt) => $"{WorkFolder(attempt.Worker)}/out/{attempt.Folder}";

    /// <summary>The absolute path of a worker's own directory.</summary>
    public string WorkFolder(Incarnation worker) => Path.Combine(Root, "work", worker.ToString());

    /// <summary>The absolute path of a completed job's folder.</summary>
    public string Completed(long job) => $"{Root}/completed/{Id(job)}";

    /// <summary>The absolute path of a failed job's folder.</summary>
    public string Failed(long job) => $"{Root}/failed/{Id(job)}";

    /// <summary>The name of a crash card while its job is open; then it lies in the job's folder.</summary>
    public static string CrashName(long job, int attempt) =>
        string.Create(CultureInfo.InvariantCulture, $"{job}-{attempt}.json");

    /// <summary>Begins to carry out the moves of a turn.</summary>
    public Passage Begin(IReadOnlyList<Move> moves) => new(_rooms, _options, moves);

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
        using var passage = Begin(moves);
        return passage.Go();
    }

    /// <summary>Takes ended jobs' folders out of sight, onto the disk; returns those that were there.</summary>
    /// <param name="jobs">Which.</param>
    /// <param name="rename">Gives a folder its new name.</param>
    public IReadOnlyList<(Folder Room, string Name)> Retire(IReadOnlyList<long> jobs, Func<string, string> rename)
    {
        var retired = new List<(Folder Room, string Name)>();
        foreach (var room in new[] { _rooms.Completed, _rooms.Failed })
        {
            foreach (var id in jobs.Select(Id))
            {
                if (room.Move(id, room, rename(id))) retired.Add((room, rename(id)));
            }

            if (_options.Durable) room.Sync();
        }

        return retired;
    }

    /// <summary>The ended jobs with the highest numbers, as far as their reports tell of them.</summary>
    public IReadOnlyList<Job> ReadBack(int max)
    {
        (Folder Room, JobState State)[] ended =
            [(_rooms.Completed, JobState.Completed), (_rooms.Failed, JobState.Failed)];
        var newest = ended
            .SelectMany(place => place.Room.Names().Select(name => (place.Room, place.State, Name: name)))
            .Select(place => (place.Room, place.State, Job: InputName.TryParseJob(place.Name, out var job) ? job : 0))
            .Where(place => place.Job > 0).OrderByDescending(place => place.Job).Take(max);
        var jobs = new List<Job>();
        foreach (var (room, state, job) in newest)
        {
            if (PublishedReport.TryRead(room, job, state, _ => { }) is not { } report) continue;
            var at = new DateTimeOffset(room.Look(Id(job))?.ChangedTicks ?? 0, TimeSpan.Zero);
            jobs.Add(JobReport.ReadBack(report, job, state, at));
        }

        return jobs;
    }

    /// <summary>Mends what a crash left half done, then says what lies where. No worker may be alive.</summary>
    public SpoolListing List(IEnumerable<long> openJobs)
    {
        var census = new Census(_rooms);
        var listing = census.Take(openJobs);
        (Warnings, Past) = (census.Warnings, census.Past);
        return listing;
    }

    public void Dispose() => _rooms.Dispose();

    /// <summary>
    /// Whether a folder is worth publishing: a worker that died over it has left it without a report.
    /// </summary>
    internal static bool HoldsReport(Folder folder) =>
        folder.Look(Report.FileName) is { Kind: EntryKind.File, Bytes: > 0 and <= ReportMax };

    internal static string Id(long job) => job.ToString(CultureInfo.InvariantCulture);
}
