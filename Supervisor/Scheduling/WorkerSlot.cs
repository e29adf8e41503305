using Decryptor.Protocol;

namespace Decryptor.Supervisor.Scheduling;

/// <summary>One worker's place, and where in its life the worker in it is.</summary>
abstract record WorkerSlot(int Number)
{
    /// <summary>The process that fills the slot; null when none does.</summary>
    public virtual Incarnation? Occupant => null;

    /// <summary>The next moment at which the slot must be looked at; null for none.</summary>
    public virtual DateTimeOffset? Deadline(Policy policy) => null;

    /// <summary>The same, with every deadline later: for time that we ourselves have slept.</summary>
    public virtual WorkerSlot Later(TimeSpan by) => this;

    /// <summary>Nobody is here.</summary>
    internal sealed record Vacant(int Number) : WorkerSlot(Number);

    /// <summary>Started, and not yet heard of.</summary>
    internal sealed record Starting(int Number, Incarnation Worker, DateTimeOffset Since, DateTimeOffset HelloBy)
        : WorkerSlot(Number)
    {
        public override Incarnation? Occupant => Worker;

        public override DateTimeOffset? Deadline(Policy policy) => HelloBy;

        public override WorkerSlot Later(TimeSpan by) => this with { HelloBy = HelloBy + by };
    }

    /// <summary>Ready for a job.</summary>
    internal sealed record Idle(int Number, Incarnation Worker, DateTimeOffset Since, int JobsDone) : WorkerSlot(Number)
    {
        public override Incarnation? Occupant => Worker;
    }

    /// <summary>At work, with the three marks by which frozen, stalled and overrun are told apart.</summary>
    internal sealed record Busy(int Number, Incarnation Worker, Job Job, int JobsDone, DateTimeOffset Since)
        : WorkerSlot(Number)
    {
        public required DateTimeOffset LastFrame { get; init; }

        public required DateTimeOffset LastWork { get; init; }

        public required DateTimeOffset OverrunAt { get; init; }

        /// <summary>Since when a question to the key ring is open; deadlines stand still meanwhile.</summary>
        public DateTimeOffset? AskedAt { get; init; }

        public int Questions { get; init; }

        public Progress? Latest { get; init; }

        /// <summary>Processor time at <see cref="LastWork"/>, in microseconds.</summary>
        public long CpuAtLastWork { get; init; }

        public override Incarnation? Occupant => Worker;

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

    /// <summary>Told to go, or killed; its exit is awaited, since only that is proof.</summary>
    /// <param name="Number">The slot.</param>
    /// <param name="Worker">Who leaves.</param>
    /// <param name="Job">What it held when it was told, if anything.</param>
    /// <param name="Blame">Whose fault it is.</param>
    /// <param name="Why">In words.</param>
    /// <param name="KillAt">When patience ends; null once it was killed.</param>
    internal sealed record Leaving(
        int Number, Incarnation Worker, Job? Job, Blame Blame, string Why, DateTimeOffset? KillAt) : WorkerSlot(Number)
    {
        public override Incarnation? Occupant => Worker;

        public override DateTimeOffset? Deadline(Policy policy) => KillAt;

        public override WorkerSlot Later(TimeSpan by) => KillAt is { } at ? this with { KillAt = at + by } : this;
    }
}
