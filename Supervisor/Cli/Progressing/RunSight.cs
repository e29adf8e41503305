using Decryptor.Protocol;
using Decryptor.Supervisor.Scheduling;

namespace Decryptor.Supervisor.Cli.Progressing;

/// <summary>How far a run of one command is.</summary>
/// <param name="Inputs">Inputs that it was given.</param>
/// <param name="Ended">How many of them are over.</param>
/// <param name="Bytes">Bytes of the inputs whose size is known by now.</param>
/// <param name="Read">How many of these are done; all of an input that is over.</param>
/// <param name="Blocks">Blocks so far, of the formats that have any.</param>
/// <param name="Running">The inputs that workers have in hand, the one that was given first at the top.</param>
sealed record RunSight(
    int Inputs, int Ended, long Bytes, long Read, BlockCount Blocks, IReadOnlyList<InputSight> Running)
{
    /// <summary>The sight of what the workers say and of what is known of the jobs.</summary>
    public static RunSight Of(int inputs, IReadOnlyCollection<Job> jobs, IReadOnlyList<SlotView> workers)
    {
        var running = workers.Where(slot => slot is { State: "busy", Job: not null })
            .OrderBy(slot => slot.Job!.Id)
            .Select(slot => InputSight.Of(slot.Job!, slot.Latest))
            .ToList();
        var ended = jobs.Where(job => !job.IsOpen).ToList();
        return new(
            Math.Max(inputs, jobs.Count), ended.Count, jobs.Sum(job => job.Bytes),
            ended.Sum(job => job.Bytes) + running.Sum(one => one.Read),
            ended.Select(job => job.Blocks).Concat(running.Select(one => one.Blocks))
                .Aggregate(default(BlockCount), Sum),
            running);
    }

    static BlockCount Sum(BlockCount a, BlockCount b) => new(a.Total + b.Total, a.Ok + b.Ok, a.Bad + b.Bad);
}

/// <summary>One input that a worker has in hand.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Read">Bytes of it that are done.</param>
/// <param name="Written">Bytes of text.</param>
/// <param name="Blocks">Its blocks so far.</param>
sealed record InputSight(string Name, long Bytes, long Read, long Written, BlockCount Blocks)
{
    public static InputSight Of(Job job, Progress? latest) => new(
        job.Source, job.Bytes, Math.Min(latest?.BytesIn ?? 0, job.Bytes), latest?.BytesOut ?? 0,
        latest?.Blocks ?? default);
}
