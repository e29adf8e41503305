using System.Globalization;
using System.Security.Cryptography;
using Decryptor.Protocol;
using Decryptor.Supervisor.Scheduling;
using Decryptor.Supervisor.Storage;

namespace Decryptor.EndToEnd.Tests.PowerLoss;

/// <summary>
/// A supervisor's start over the remains of a spool, with the real storage and recovery, and the judgement of what it
/// finds: <see cref="Wrongs"/> is empty when all is well.
/// </summary>
sealed class NextLife
{
    readonly string _spool;
    readonly Uploads _uploads;
    readonly List<string> _wrongs = [];

    NextLife(string spool, Uploads uploads) => (_spool, _uploads) = (spool, uploads);

    /// <summary>What was lost, torn or mixed up, each in a sentence.</summary>
    public IReadOnlyList<string> Wrongs => _wrongs;

    /// <summary>All rows after the recovery.</summary>
    public IReadOnlyList<Job> Jobs { get; private set; } = [];

    /// <summary>The highest job number that will not be used again.</summary>
    public long LastJob { get; private set; }

    /// <summary>Uploads that will be worked on twice, since their names were found in two places.</summary>
    public int Doubles { get; private set; }

    public static NextLife Begin(string folder, Uploads uploads)
    {
        var life = new NextLife(folder, uploads);
        try
        {
            life.Recover();
            life.Judge();
        }
        catch (Exception e)
        {
            // Whatever it is, an operator would stand before a service that does not come up.
            life._wrongs.Add($"it does not start: {e.GetType().Name}: {e.Message}");
        }

        return life;
    }

    void Recover()
    {
        using var spool = Spool.Open(_spool, new() { Durable = false });
        using var ledger = JobLedger.Open(spool.Ledger);
        var memory = ledger.Recall();
        var listing = spool.List(memory.Open.Select(job => job.Id));
        var recovered = Recovery.Recover(memory, listing, new(2026, 11, 23, 9, 0, 0, TimeSpan.Zero));
        spool.Carry(recovered.Mending.Moves);
        ledger.Commit(recovered.Mending.Rows);
        LastJob = recovered.LastJob;
        using var reader = JobLedger.OpenForReading(spool.Ledger);
        Jobs = reader.List(limit: int.MaxValue);
        var open = Jobs.Where(job => job.IsOpen).Select(job => job.Id).Order();
        if (!open.SequenceEqual(recovered.Waiting.Select(job => job.Id).Order()))
            _wrongs.Add("what waits and what the ledger calls open are not the same");
    }

    void Judge()
    {
        foreach (var job in Jobs) Judge(job);
        var places = Jobs.Select(Place).Concat(Incoming()).ToLookup(place => place);
        foreach (var place in _uploads.All.Keys)
        {
            if (!places[place].Any()) _wrongs.Add($"{place} is nowhere");
            if (places[place].Count() > 1) Doubles++;
        }
    }

    static string Place(Job job) => job.Tenant.Length == 0 ? job.Source : $"{job.Tenant}/{job.Source}";

    IEnumerable<string> Incoming()
    {
        var incoming = Path.Combine(_spool, "incoming");
        foreach (var file in Directory.GetFiles(incoming, "*", SearchOption.AllDirectories))
        {
            var place = Path.GetRelativePath(incoming, file);
            JudgeInput(file, place, "lies in incoming/");
            yield return place;
        }
    }

    void Judge(Job job)
    {
        var number = job.Id.ToString(CultureInfo.InvariantCulture);
        var what = $"job {number} {job.State} {Place(job)}";
        if (job.IsOpen)
        {
            var queued = Directory.GetFiles($"{_spool}/queue", $"{number}~*");
            if (queued.Length != 1) _wrongs.Add($"{what} has {queued.Length} files in queue/");
            foreach (var file in queued) JudgeInput(file, Place(job), what);
            return;
        }

        var folder = $"{_spool}/{(job.State == JobState.Completed ? "completed" : "failed")}/{number}";
        var other = $"{_spool}/{(job.State == JobState.Completed ? "failed" : "completed")}/{number}";
        if (Directory.Exists(other)) _wrongs.Add($"{what} is in the other room too");
        if (job.State == JobState.Failed || job.WantsKey) JudgeInput($"{folder}/input", Place(job), what);
        JudgeReport(folder, job, what);
    }

    void JudgeInput(string file, string place, string what)
    {
        if (!File.Exists(file)) _wrongs.Add($"{what} has no input");
        else if (!File.ReadAllBytes(file).AsSpan().SequenceEqual(_uploads.All[place]))
            _wrongs.Add($"{what} has not the bytes that were uploaded");
    }

    void JudgeReport(string folder, Job job, string what)
    {
        var path = $"{folder}/{Report.FileName}";
        if (!File.Exists(path))
        {
            _wrongs.Add($"{what} has no report");
            return;
        }

        try
        {
            var report = Report.FromJson(File.ReadAllBytes(path));
            if (report.State != job.State.ToString() || report.Source != job.Source)
                _wrongs.Add($"{what} has the report of {report.Source}, {report.State}");
            foreach (var file in report.Files.Where(file => file.Path is not null)) JudgeText(folder, file, what);
        }
        catch (System.Text.Json.JsonException e)
        {
            _wrongs.Add($"{what} has a report that is none: {e.Message}");
        }
    }

    void JudgeText(string folder, ReportedFile file, string what)
    {
        var path = $"{folder}/{file.Path}";
        var bytes = File.Exists(path) ? File.ReadAllBytes(path) : null;
        if (bytes is null) _wrongs.Add($"{what} lacks {file.Path}");
        else if (bytes.Length != file.Bytes || Convert.ToHexStringLower(SHA256.HashData(bytes)) != file.Sha256)
            _wrongs.Add($"{what}: {file.Path} is not what its report says");
    }
}
