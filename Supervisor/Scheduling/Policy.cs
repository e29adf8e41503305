using Decryptor.Protocol;

namespace Decryptor.Supervisor.Scheduling;

/// <summary>Every number the scheduler goes by, and the few sums that are made of them.</summary>
sealed record Policy
{
    public int Workers { get; init; } = 2;

    /// <summary>The most that TTIN may ask for.</summary>
    public int WorkersMax { get; init; } = 256;

    /// <summary>Ten seconds: a worker greets in 2 ms here, and in seconds on a machine that swaps.</summary>
    public TimeSpan HelloWithin { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Frozen: a busy worker speaks twice a second; thirty missed words are enough.</summary>
    public TimeSpan FrameWithin { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Stalled: it speaks, and neither a byte nor <see cref="CpuThatCounts"/> has moved for so long.</summary>
    public TimeSpan WorkWithin { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Processor time that counts as work. A key derivation moves no byte for seconds.</summary>
    public TimeSpan CpuThatCounts { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Overrun: the least that any job may take…</summary>
    public TimeSpan JobTimeMin { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>…and how slow a large one may be.</summary>
    public long BytesPerSecondMin { get; init; } = 256 * 1024;

    /// <summary>How long a dismissed worker may take to go before it is killed.</summary>
    public TimeSpan LeaveWithin { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long running jobs may finish after a stop was asked.</summary>
    public TimeSpan DrainWithin { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Lateness of our own that is forgiven: beyond it, every deadline moves by as much.</summary>
    public TimeSpan LatenessMax { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>And so much more, in which we read what the workers have said meanwhile before we judge them.</summary>
    public TimeSpan ReadingTime { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Charged deaths after which a job is quarantined.</summary>
    public int DeathsMax { get; init; } = 3;

    /// <summary>
    /// Deaths of the supervisor in a row after which a job that was open in all of them is a suspect.
    /// </summary>
    public int OutagesMax { get; init; } = 3;

    /// <summary>So many busy deaths in a row, with nothing finished between…</summary>
    public int BusyDeathsMax { get; init; } = 8;

    /// <summary>…over so many different jobs, and it is the worker that is broken, not the jobs.</summary>
    public int BusyDeathsJobsMin { get; init; } = 4;

    public TimeSpan BackoffMin { get; init; } = TimeSpan.FromMilliseconds(250);

    public TimeSpan BackoffMax { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Recycle: so many jobs are enough for one worker.</summary>
    public int RecycleJobs { get; init; } = 10_000;

    /// <summary>…or such an age…</summary>
    public TimeSpan RecycleAge { get; init; } = TimeSpan.FromHours(24);

    /// <summary>…or so much resident memory between two jobs.</summary>
    public long RecycleMemory { get; init; } = 512L << 20;

    /// <summary>The resident memory at which a worker is killed in the middle of a job.</summary>
    public long MemoryMax { get; init; } = 2L << 30;

    /// <summary>From so many bytes on a job goes by the lane of the large.</summary>
    public long LargeBytes { get; init; } = 256L << 20;

    /// <summary>
    /// Jobs that may wait in memory for one tenant; further uploads stay in <c>incoming/</c> until there is room.
    /// </summary>
    public int WaitingMax { get; init; } = 1_000;

    /// <summary>Shares of tenants that are not one.</summary>
    public IReadOnlyDictionary<string, int> Weights { get; init; } = new Dictionary<string, int>();

    /// <summary>For how long a charged death halves its tenant's share.</summary>
    public TimeSpan PenaltyTime { get; init; } = TimeSpan.FromMinutes(5);

    public Limits Limits { get; init; } = new(
        OutputBytes: 16L << 30, Ratio: 200, RatioFloor: 64L << 20, Members: 20_000, Depth: 5, Questions: 4096,
        NameBytes: 4096, WindowBytes: 128L << 20, ScryptLog: 20, Seconds: 0);

    /// <summary>
    /// The limits of one attempt at so many bytes. The worker's own clock runs out a tenth before ours does, so that it
    /// can still say <c>LIMIT_TIME</c> and keep what it has, where we could only kill it.
    /// </summary>
    public Limits LimitsFor(long bytes) =>
        Limits with { Seconds = (int)Math.Min(int.MaxValue, Math.Max(1, JobTime(bytes).TotalSeconds * 0.9)) };

    /// <summary>How long an attempt at so many bytes may take.</summary>
    public TimeSpan JobTime(long bytes)
    {
        // A file full of holes may claim more bytes than there is time for.
        const double secondsMax = 1e9;
        var scaled = TimeSpan.FromSeconds(Math.Min(secondsMax, bytes / (double)BytesPerSecondMin));
        return scaled > JobTimeMin ? scaled : JobTimeMin;
    }

    /// <summary>
    /// The pause before the next start after so many failures in a row. A single failure costs none: that was an
    /// accident. The jitter, a fifth either way, is computed from the count, so that the same events give the same
    /// turn.
    /// </summary>
    public TimeSpan Backoff(int failures, long seed)
    {
        if (failures <= 1) return TimeSpan.Zero;
        var doubled = BackoffMin * Math.Pow(2, Math.Min(failures - 2, 20));
        var capped = doubled < BackoffMax ? doubled : BackoffMax;
        var scattered = (ulong)(seed * 31 + failures) * 0x9E3779B97F4A7C15UL >> 40;
        return capped * (0.8 + 0.4 * scattered / (1 << 24));
    }

    /// <summary>At most a quarter of so many workers is replaced at once, and at least one.</summary>
    public static int ReplacedAtOnce(int workers) => Math.Max(1, workers / 4);

    /// <summary>At most half of so many workers takes large jobs, and at least one.</summary>
    public static int LargeAtOnce(int workers) => Math.Max(1, workers / 2);

    /// <summary>A tenant's share beside the others'.</summary>
    public int WeightOf(string tenant) => Weights.GetValueOrDefault(tenant, 1);
}
