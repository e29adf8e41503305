using System.Text.Json;
using Decryptor.Protocol;
using Decryptor.Supervisor.Scheduling;

namespace Decryptor.Supervisor.Storage;

/// <summary>The report in an ended job's folder, read back.</summary>
static class PublishedReport
{
    /// <summary>
    /// Reads it. A worker wrote it: no link is followed, nothing endless is read, and nothing in it is believed.
    /// </summary>
    /// <param name="room">Where the job's folder is.</param>
    /// <param name="job">Which job.</param>
    /// <param name="state">What lying in that room means.</param>
    /// <param name="warn">Told of a report that is none.</param>
    /// <returns>Null where there is no folder, or no report in it.</returns>
    public static Report? TryRead(Folder room, long job, JobState state, Action<string> warn)
    {
        using var folder = room.TryOpenOurs(Spool.Id(job));
        if (folder is null) return null;
        try
        {
            using var file = folder.TryOpenFile(Report.FileName) ?? throw new JsonException("it is not there");
            var length = RandomAccess.GetLength(file);
            if (length > Spool.ReportMax) throw new JsonException($"it has {length} bytes");
            var json = new byte[length];
            var count = RandomAccess.Read(file, json, 0);
            return JobReport.Tamed(Report.FromJson(json.AsSpan(0, count)), state);
        }
        catch (JsonException e)
        {
            warn($"{folder.Path}/{Report.FileName} is no report: {e.Message}");
            return null;
        }
    }
}
