using System.Text.Json.Serialization;
using Decryptor.Protocol;

namespace Decryptor.Supervisor.Scheduling;

/// <summary>A worker that was started and has not ended, and where in its life it is.</summary>
/// <param name="Worker">Which; its slot's number is part of the name.</param>
/// <param name="Born">When it was started.</param>
[JsonDerivedType(typeof(Starting), nameof(Starting))]
[JsonDerivedType(typeof(Idle), nameof(Idle))]
[JsonDerivedType(typeof(Busy), nameof(Busy))]
[JsonDerivedType(typeof(Probing), nameof(Probing))]
[JsonDerivedType(typeof(Leaving), nameof(Leaving))]
abstract record WorkerSlot(Incarnation Worker, DateTimeOffset Born)
{
    /// <summary>Jobs that it has finished.</summary>
    public int JobsDone { get; init; }

    /// <summary>Probes that it was given.</summary>
    public int Probes { get; init; }

    /// <summary>Its resident memory when that was last looked at, in bytes.</summary>
    public long Resident { get; init; }

    /// <summary>The same before its first job: less than that it can never have.</summary>
    public long Baseline { get; init; }

    /// <summary>It takes no job any more: its relief is here, or fewer workers are wanted.</summary>
    public bool Outgoing { get; init; }

    /// <summary>The job that nobody else may have as long as this worker lives.</summary>
    [JsonIgnore]
    public virtual Job? Holds => null;

    /// <summary>The next moment at which the slot must be looked at; null for none.</summary>
    public virtual DateTimeOffset? Deadline(Policy policy) => null;

    /// <summary>The same, with every deadline later: for time that we ourselves have slept.</summary>
    public virtual WorkerSlot Later(TimeSpan by) => this;

    /// <summary>The same worker, in another part of its life.</summary>
    protected T Continue<T>(T next) where T : WorkerSlot =>
        next with
        {
            JobsDone = JobsDone,
            Probes = Probes,
            Resident = Resident,
            Baseline = Baseline,
            Outgoing = Outgoing,
        };

    /// <summary>It is ready for a job from now on.</summary>
    public Idle Rest(DateTimeOffset now) => Continue(new Idle(Worker, Born, now));

    /// <summary>It is told to go, or killed.</summary>
    public Leaving Leave(Blame blame, string why, DateTimeOffset? killAt) =>
        Continue(new Leaving(Worker, Born, Holds, blame, why) { KillAt = killAt });

    /// <summary>It takes no job any more.</summary>
    public WorkerSlot Retire() => this with { Outgoing = true };

    /// <summary>It was to go, and is wanted again.</summary>
    public WorkerSlot Recall() => this with { Outgoing = false };

    /// <summary>It holds so much memory.</summary>
    public WorkerSlot Holding(long bytes) => this with
    {
        Resident = bytes,
        Baseline = this is Starting or Idle { JobsDone: 0 } ? Math.Max(Baseline, bytes) : Baseline,
    };

    /// <summary>Started, and not yet heard of.</summary>
    internal sealed record Starting(Incarnation Worker, DateTimeOffset Born, DateTimeOffset HelloBy)
        : WorkerSlot(Worker, Born)
    {
        /// <summary>Whom it is to relieve once it has greeted; null if it fills an empty place.</summary>
        public Incarnation? Relieves { get; init; }

        public override DateTimeOffset? Deadline(Policy policy) => HelloBy;

        public override WorkerSlot Later(TimeSpan by) => this with { HelloBy = HelloBy + by };
    }

    /// <summary>Ready for a job.</summary>
    internal sealed record Idle(Incarnation Worker, DateTimeOffset Born, DateTimeOffset Since)
        : WorkerSlot(Worker, Born)
    {
        /// <summary>It has been given a probe.</summary>
        public Probing Try(DateTimeOffset until) =>
            Continue(new Probing(Worker, Born, until)) with { Probes = Probes + 1 };

        /// <summary>It has been given a job.</summary>
        public Busy Work(Job job, DateTimeOffset now, Policy policy) => Continue(new Busy(Worker, Born, job, now)
        {
            LastFrame = now,
            LastWork = now,
            OverrunAt = now + policy.JobTime(job.Bytes),
        });
    }

    /// <summary>At work, with the three marks by which frozen, stalled and overrun are told apart.</summary>
    internal sealed record Busy(Incarnation Worker, DateTimeOffset Born, Job Job, DateTimeOffset Since)
        : WorkerSlot(Worker, Born)
    {
        public DateTimeOffset LastFrame { get; init; }

        public DateTimeOffset LastWork { get; init; }

        public DateTimeOffset OverrunAt { get; init; }

        /// <summary>Since when a question to the key ring is open; deadlines stand still meanwhile.</summary>
        public DateTimeOffset? AskedAt { get; init; }

        public int Questions { get; init; }

        public Progress? Latest { get; init; }

        /// <summary>Processor time at <see cref="LastWork"/>, in microseconds.</summary>
        public long CpuAtLastWork { get; init; }

        [JsonIgnore]
        public override Job? Holds => Job;

        public override DateTimeOffset? Deadline(Policy policy)
        {
            if (AskedAt is not null) return null;
            var first = LastFrame + policy.FrameWithin;
            if (LastWork + policy.WorkWithin < first) first = LastWork + policy.WorkWithin;
            return OverrunAt < first ? OverrunAt : first;
        }

        /// <summary>
        /// Whether the worker has said a word about this job. It speaks before it opens the input, so a death without a
        /// word was on its way before the job came, and is none of the job's doing.
        /// </summary>
        [JsonIgnore]
        public bool HasBegun => Latest is not null || Questions > 0;

        /// <summary>What a death in this state was, in words.</summary>
        public string DeathBy(string how) =>
            HasBegun ? $"{Worker} crashed over it: {how}" : $"{Worker} died before it had begun: {how}";

        /// <summary>
        /// The same worker once its question is answered: every deadline is later by the time that took.
        /// </summary>
        public Busy Answered(DateTimeOffset now) =>
            AskedAt is { } asked ? (Busy)Later(now - asked) with { AskedAt = null } : this;

        /// <summary>The same worker after a sign of life. Only bytes and processor time are work.</summary>
        public Busy After(Progress progress, DateTimeOffset now, Policy policy)
        {
            var bytesMoved = progress.BytesIn > (Latest?.BytesIn ?? 0) || progress.BytesOut > (Latest?.BytesOut ?? 0);
            var cpu = progress.CpuMicroseconds - CpuAtLastWork;
            var worked = bytesMoved || cpu >= policy.CpuThatCounts.TotalMicroseconds;
            return this with
            {
                Latest = progress,
                LastFrame = now,
                LastWork = worked ? now : LastWork,
                CpuAtLastWork = worked ? progress.CpuMicroseconds : CpuAtLastWork,
            };
        }

        /// <summary>The same worker once it has said what its job's bytes are.</summary>
        public Busy Knowing(string sha256, DateTimeOffset now) =>
            this with { Job = Job with { Sha256 = sha256 }, LastFrame = now };

        /// <summary>Frozen, stalled or overrun, in words; null for a worker that is none of them.</summary>
        public string? Verdict(DateTimeOffset now, Policy policy)
        {
            if (AskedAt is not null) return null;
            if (now >= LastFrame + policy.FrameWithin)
                return $"{Worker} froze over it: no word for {policy.FrameWithin.TotalSeconds:0.#} s";
            if (now >= LastWork + policy.WorkWithin)
                return $"{Worker} stalled over it: no byte and no work for {policy.WorkWithin.TotalSeconds:0.#} s";
            if (now < OverrunAt) return null;
            var limit = policy.JobTime(Job.Bytes);
            return $"{Worker} overran: {limit.TotalSeconds:0} s are the limit for {Job.Bytes} bytes";
        }

        public override WorkerSlot Later(TimeSpan by) => this with
        {
            LastFrame = LastFrame + by,
            LastWork = LastWork + by,
            OverrunAt = OverrunAt + by,
        };
    }

    /// <summary>It shows what it can with an input of our own, which is no job.</summary>
    internal sealed record Probing(Incarnation Worker, DateTimeOffset Born, DateTimeOffset Until)
        : WorkerSlot(Worker, Born)
    {
        /// <summary>Job 0: no upload has that number.</summary>
        [JsonIgnore]
        public Attempt Attempt => new(0, Probes, Worker);

        public override DateTimeOffset? Deadline(Policy policy) => Until;

        public override WorkerSlot Later(TimeSpan by) => this with { Until = Until + by };
    }

    /// <summary>Told to go, or killed; its exit is awaited, since only that is proof.</summary>
    /// <param name="Worker">Who leaves.</param>
    /// <param name="Born">When it was started.</param>
    /// <param name="Job">What it held when it was told, if anything.</param>
    /// <param name="Blame">Whose fault it is.</param>
    /// <param name="Why">In words.</param>
    internal sealed record Leaving(
        Incarnation Worker, DateTimeOffset Born, Job? Job, Blame Blame, string Why) : WorkerSlot(Worker, Born)
    {
        /// <summary>When patience ends; null once it was killed.</summary>
        public DateTimeOffset? KillAt { get; init; }

        /// <summary>The operator at whose word the job ends with its worker; null if it goes back.</summary>
        public string? CancelledBy { get; init; }

        [JsonIgnore]
        public override Job? Holds => Job;

        public override DateTimeOffset? Deadline(Policy policy) => KillAt;

        public override WorkerSlot Later(TimeSpan by) => KillAt is { } at ? this with { KillAt = at + by } : this;
    }
}
