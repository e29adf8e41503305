using Decryptor.Protocol;
using Decryptor.Supervisor.Scheduling;
using static Decryptor.Supervisor.Settings;

namespace Decryptor.Supervisor;

/// <summary><c>deadlines</c>: when a worker's silence, idleness or slowness is enough.</summary>
sealed record DeadlineSettings
{
    public double HelloSeconds { get; set; } = 10;

    public double FrozenSeconds { get; set; } = 15;

    public double StalledSeconds { get; set; } = 60;

    public double JobSecondsMin { get; set; } = 120;

    public long BytesPerSecondMin { get; set; } = 256 * 1024;

    internal void Check()
    {
        Demand(HelloSeconds is >= 0.1 and <= 3600, nameof(HelloSeconds), HelloSeconds, "0.1 to 3600");
        // Workers speak twice a second; less patience than that kills the living.
        Demand(FrozenSeconds is >= 1 and <= 3600, nameof(FrozenSeconds), FrozenSeconds, "1 to 3600");
        Demand(StalledSeconds is >= 1 and <= 86400, nameof(StalledSeconds), StalledSeconds, "1 to 86400");
        Demand(JobSecondsMin is >= 1 and <= 86400, nameof(JobSecondsMin), JobSecondsMin, "1 to 86400");
        Demand(BytesPerSecondMin >= 1, nameof(BytesPerSecondMin), BytesPerSecondMin, "1 or more");
    }

    internal Policy In(Policy policy) => policy with
    {
        HelloWithin = TimeSpan.FromSeconds(HelloSeconds),
        FrameWithin = TimeSpan.FromSeconds(FrozenSeconds),
        WorkWithin = TimeSpan.FromSeconds(StalledSeconds),
        JobTimeMin = TimeSpan.FromSeconds(JobSecondsMin),
        BytesPerSecondMin = BytesPerSecondMin,
    };
}

/// <summary><c>limits</c>: what an attempt may spend.</summary>
sealed record LimitSettings
{
    public long OutputBytesMax { get; set; } = 16L << 30;

    public int RatioMax { get; set; } = 200;

    public long RatioFloorBytes { get; set; } = 64L << 20;

    public int MembersMax { get; set; } = 20_000;

    public int DepthMax { get; set; } = 5;

    public int QuestionsMax { get; set; } = 4096;

    public int NameBytesMax { get; set; } = 4096;

    public long WindowBytesMax { get; set; } = 128L << 20;

    /// <summary>log2 of the scrypt cost that a file may demand; 20 takes 1 GiB and seconds.</summary>
    public int ScryptLogMax { get; set; } = 20;

    /// <summary>
    /// Threads that decode one large file; null for what is usual: one in the service, whose other workers have work,
    /// and as many as there are processors where a person waits for a file.
    /// </summary>
    public int? ThreadsMax { get; set; }

    internal Limits All => new(
        OutputBytesMax, RatioMax, RatioFloorBytes, MembersMax, DepthMax, QuestionsMax, NameBytesMax, WindowBytesMax,
        ScryptLogMax, Seconds: 0, ThreadsMax ?? 1);

    internal void Check()
    {
        Demand(OutputBytesMax >= 1, nameof(OutputBytesMax), OutputBytesMax, "1 or more");
        Demand(RatioMax >= 1, nameof(RatioMax), RatioMax, "1 or more");
        Demand(RatioFloorBytes >= 0, nameof(RatioFloorBytes), RatioFloorBytes, "0 or more");
        Demand(MembersMax >= 1, nameof(MembersMax), MembersMax, "1 or more");
        Demand(DepthMax is >= 1 and <= 64, nameof(DepthMax), DepthMax, "1 to 64");
        Demand(QuestionsMax is >= 1 and <= 1_000_000, nameof(QuestionsMax), QuestionsMax, "1 to 1000000");
        Demand(NameBytesMax is >= 1 and <= 65_536, nameof(NameBytesMax), NameBytesMax, "1 to 65536");
        Demand(WindowBytesMax is >= 1024 and <= 2L << 30, nameof(WindowBytesMax), WindowBytesMax, "1024 to 2147483648");
        Demand(ScryptLogMax is >= 1 and <= 22, nameof(ScryptLogMax), ScryptLogMax, "1 to 22");
        Demand(ThreadsMax is null or (>= 1 and <= 64), nameof(ThreadsMax), ThreadsMax!, "1 to 64");
    }
}

/// <summary>
/// <c>recycle</c>: when a worker is replaced by a fresh one between two jobs, and when it is killed over its memory.
/// </summary>
sealed record RecycleSettings
{
    public int Jobs { get; set; } = 10_000;

    public double Hours { get; set; } = 24;

    public long MemoryBytes { get; set; } = 512L << 20;

    /// <summary>More than that in the middle of a job, and the worker is killed.</summary>
    public long MemoryBytesMax { get; set; } = 2L << 30;

    internal void Check()
    {
        Demand(Jobs >= 1, "recycle.jobs", Jobs, "1 or more");
        Demand(Hours is > 0 and <= 8760, "recycle.hours", Hours, "more than 0, up to 8760");
        // A worker has some 16 MiB before it does anything: below that, each would be replaced after every job.
        Demand(MemoryBytes >= 64L << 20, "recycle.memoryBytes", MemoryBytes, "67108864 or more");
        Demand(
            MemoryBytesMax >= MemoryBytes, "recycle.memoryBytesMax", MemoryBytesMax, $"{MemoryBytes} or more");
    }

    internal Policy In(Policy policy) => policy with
    {
        RecycleJobs = Jobs,
        RecycleAge = TimeSpan.FromHours(Hours),
        RecycleMemory = MemoryBytes,
        MemoryMax = MemoryBytesMax,
    };
}

/// <summary><c>fairness</c>: how tenants, and large jobs and small ones, share the workers.</summary>
sealed record FairnessSettings
{
    /// <summary>Shares of tenants that are not 1.</summary>
    public Dictionary<string, int> Weights { get; set; } = [];

    /// <summary>For so long a death that a tenant's upload has caused halves its share.</summary>
    public double PenaltySeconds { get; set; } = 300;

    /// <summary>From so many bytes on, a job may take no more than half of the workers.</summary>
    public long LargeBytes { get; set; } = 256L << 20;

    /// <summary>Jobs of one tenant that are taken in at a time; further uploads stay in <c>incoming/</c>.</summary>
    public int WaitingMax { get; set; } = 1000;

    internal void Check()
    {
        foreach (var (tenant, weight) in Weights)
            Demand(weight is >= 1 and <= 1000, $"fairness.weights.{tenant}", weight, "1 to 1000");
        Demand(PenaltySeconds is >= 0 and <= 86400, "fairness.penaltySeconds", PenaltySeconds, "0 to 86400");
        Demand(LargeBytes >= 1, "fairness.largeBytes", LargeBytes, "1 or more");
        Demand(WaitingMax is >= 1 and <= 100_000, "fairness.waitingMax", WaitingMax, "1 to 100000");
    }

    internal Policy In(Policy policy) => policy with
    {
        Weights = Weights,
        PenaltyTime = TimeSpan.FromSeconds(PenaltySeconds),
        LargeBytes = LargeBytes,
        WaitingMax = WaitingMax,
    };

    public bool Equals(FairnessSettings? other) => other is not null
        && (PenaltySeconds, LargeBytes, WaitingMax) == (other.PenaltySeconds, other.LargeBytes, other.WaitingMax)
        && Weights.Count == other.Weights.Count && !Weights.Except(other.Weights).Any();

    public override int GetHashCode() => HashCode.Combine(PenaltySeconds, LargeBytes, WaitingMax, Weights.Count);
}
