namespace Decryptor.Supervisor.Scheduling;

/// <summary>
/// One tenant's jobs and how much it has had. Its <see cref="Pass"/> grows with each job that it is given, the slower
/// the larger its share; the tenant with the smallest pass is next (stride scheduling, Waldspurger and Weihl 1995).
/// </summary>
sealed class Tenant(string name, long pass)
{
    // What a job costs beside its bytes: starting on it and putting it away is worth about so many of them.
    const long Overhead = 256 << 10;

    const long BytesMax = 1L << 36;

    const int PenaltiesMax = 3;

    /// <summary>Empty for uploads of no tenant.</summary>
    public string Name { get; } = name;

    /// <summary>What it has had, in bytes for each unit of its share.</summary>
    public long Pass { get; private set; } = pass;

    /// <summary>How many times its share is halved, for workers that died over its jobs.</summary>
    public int Penalties { get; private set; }

    /// <summary>When the next of the penalties is forgiven.</summary>
    public DateTimeOffset ForgivenAt { get; private set; }

    /// <summary>Jobs that wait, first come first: the small ones and the large ones.</summary>
    public LinkedList<Job> Small { get; } = new();

    public LinkedList<Job> Large { get; } = new();

    public int Running { get; set; }

    public int Waiting => Small.Count + Large.Count;

    /// <summary>The job that waits longest of those that may run; null for none.</summary>
    public LinkedListNode<Job>? First(bool largeMay)
    {
        var (small, large) = (Small.First, largeMay ? Large.First : null);
        if (small is null || large is null) return small ?? large;
        return small.Value.Arrived <= large.Value.Arrived ? small : large;
    }

    public DateTimeOffset? Oldest => First(largeMay: true)?.Value.Arrived;

    /// <summary>It has been given a job.</summary>
    public void Pay(Job job, Policy policy) =>
        Pass += Cost(job) * 1000 / policy.WeightOf(Name) << Penalties;

    /// <summary>It was not there for a while: what it did not use then it does not get now.</summary>
    public void CatchUp(long pass) => Pass = Math.Max(Pass, pass);

    /// <summary>All passes are counted from a later zero.</summary>
    public void CountFrom(long pass) => Pass -= pass;

    /// <summary>A worker died over one of its jobs.</summary>
    public void Punish(DateTimeOffset now, TimeSpan time)
    {
        Penalties = Math.Min(PenaltiesMax, Penalties + 1);
        ForgivenAt = now + time;
    }

    /// <summary>One penalty is forgiven after the other; returns how many are left.</summary>
    public int Forgive(DateTimeOffset now, TimeSpan time)
    {
        for (; Penalties > 0 && now >= ForgivenAt; Penalties--) ForgivenAt += time;
        return Penalties;
    }

    /// <summary>Puts back what was kept.</summary>
    public Tenant With(int penalties, DateTimeOffset forgivenAt)
    {
        (Penalties, ForgivenAt) = (penalties, forgivenAt);
        return this;
    }

    static long Cost(Job job) => Overhead + Math.Clamp(job.Bytes, 0, BytesMax);
}
