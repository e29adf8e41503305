using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Decryptor.Supervisor.Scheduling;

/// <summary>
/// Jobs nobody works on, and who is next. Tenants share by weight; within a tenant it is first come, first served, but
/// that large jobs may only fill half of the workers. Suspects stand in a line of their own, and at most one of them
/// runs at a time, taking turns with the others where both wait.
/// </summary>
sealed class JobQueue
{
    // Tenants without a job are remembered while they owe, but no more of them than this.
    const int IdleTenantsMax = 1_000;

    const long PassMax = 1L << 55;

    const int ViewsMax = 100;

    static readonly TimeSpan _viewAge = TimeSpan.FromMilliseconds(250);

    readonly TurnDraft _turn;
    readonly Dictionary<string, Tenant> _tenants = new(StringComparer.Ordinal);
    readonly SortedSet<(long Pass, string Name)> _ready = new(PassOrder.Instance);
    readonly LinkedList<Job> _suspects = new();
    readonly Dictionary<long, LinkedListNode<Job>> _places = [];
    readonly Dictionary<long, Job> _running = [];
    readonly HashSet<string> _punished = new(StringComparer.Ordinal);
    IReadOnlyList<TenantView> _views = [];
    DateTimeOffset _viewedAt = DateTimeOffset.MinValue;
    long? _runningSuspect;
    bool _suspectsTurn;
    long _pass;

    public JobQueue(TurnDraft turn, QueueRecord record)
    {
        _turn = turn;
        (_runningSuspect, _suspectsTurn, _pass) = (record.RunningSuspect, record.SuspectsTurn, record.Pass);
        foreach (var kept in record.Tenants)
        {
            _tenants[kept.Name] = new Tenant(kept.Name, kept.Pass).With(kept.Penalties, kept.ForgivenAt);
            if (kept.Penalties > 0) _punished.Add(kept.Name);
        }

        foreach (var job in record.Waiting) Put(job);
        foreach (var job in record.Running) Run(job);
    }

    public int Count => _places.Count;

    public int Suspects => _suspects.Count;

    public int Running => _running.Count;

    public int LargeRunning => _running.Values.Count(IsLarge);

    /// <summary>Jobs waiting for each tenant that has any.</summary>
    public ImmutableDictionary<string, int> WaitingOf { get; private set; } = ImmutableDictionary<string, int>.Empty;

    /// <summary>
    /// The tenants that have jobs or a penalty, the one with most waiting first: as of a moment ago, since somebody
    /// looks after every turn, and there may be thousands.
    /// </summary>
    public IReadOnlyList<TenantView> Views
    {
        get
        {
            if (_turn.Now - _viewedAt < _viewAge) return _views;
            _viewedAt = _turn.Now;
            return _views = View();
        }
    }

    /// <summary>All of it as data.</summary>
    public QueueRecord Record => new()
    {
        Waiting = [.. _tenants.Values.SelectMany(tenant => tenant.Small.Concat(tenant.Large)).Concat(_suspects)],
        Running = [.. _running.Values],
        RunningSuspect = _runningSuspect,
        SuspectsTurn = _suspectsTurn,
        Pass = _pass,
        Tenants = [.. _tenants.Values.Select(tenant =>
            new TenantRecord(tenant.Name, tenant.Pass, tenant.Penalties, tenant.ForgivenAt))],
    };

    public bool Holds(long id) => _places.ContainsKey(id);

    public bool Runs(long id) => _running.ContainsKey(id);

    /// <summary>
    /// Puts a job at the end of its line, one that comes back too: a deadly one must not stand in others' way.
    /// </summary>
    public void Add(Job job)
    {
        if (Put(job) is { Waiting: 1 } tenant) Charge(tenant, each => each.CatchUp(_pass));
    }

    /// <summary>Draws the lines anew: other settings make others large, or suspects.</summary>
    public void Resort()
    {
        var waiting = Record.Waiting;
        foreach (var job in waiting) Remove(job.Id, out _);
        foreach (var job in waiting) Put(job);
    }

    /// <summary>The next job to run, of so many workers; null for none.</summary>
    public Job? Take(int workers)
    {
        var largeMay = LargeRunning < Policy.LargeAtOnce(workers);
        var ordinary = Next(largeMay);
        var suspect = _runningSuspect is null ? NextSuspect(largeMay) : null;
        var node = suspect is not null && (_suspectsTurn || ordinary is null) ? suspect : ordinary;
        if (node is null) return null;
        var job = node.Value;
        _suspectsTurn = node != suspect;
        if (node == suspect) _runningSuspect = job.Id;
        else _pass = Math.Max(_pass, _tenants[job.Tenant].Pass);
        Remove(job.Id, out _);
        Run(job);
        Charge(_tenants[job.Tenant], tenant => tenant.Pay(job, _turn.Policy));
        return job;
    }

    /// <summary>A job that was taken runs no longer.</summary>
    public void Ended(long id)
    {
        if (!_running.Remove(id, out var job)) return;
        if (_runningSuspect == id) _runningSuspect = null;
        _tenants[job.Tenant].Running--;
        ForgetIdle();
    }

    /// <summary>Takes a waiting job out of its line; false if it does not wait.</summary>
    public bool Remove(long id, [NotNullWhen(true)] out Job? job)
    {
        job = null;
        if (!_places.Remove(id, out var node)) return false;
        node.List!.Remove(node);
        job = node.Value;
        Recount(job.Tenant, -1);
        if (_tenants.TryGetValue(job.Tenant, out var tenant) && tenant.Waiting == 0) _ready.Remove(KeyOf(tenant));
        return true;
    }

    /// <summary>A worker died over a job of that tenant: it has a smaller share for a while.</summary>
    public void Punish(string tenant)
    {
        TenantOf(tenant).Punish(_turn.Now, _turn.Policy.PenaltyTime);
        _punished.Add(tenant);
    }

    /// <summary>Penalties that have had their time are forgiven.</summary>
    public void Forgive() => _punished.RemoveWhere(name =>
        _tenants[name].Forgive(_turn.Now, _turn.Policy.PenaltyTime) == 0);

    List<TenantView> View() =>
        [.. _tenants.Keys.Union(WaitingOf.Keys).Select(View)
            .Where(view => view.Waiting + view.Running + view.Penalties > 0)
            .OrderByDescending(view => view.Waiting).ThenBy(view => view.Name, StringComparer.Ordinal)
            .Take(ViewsMax)];

    TenantView View(string name)
    {
        var tenant = _tenants.GetValueOrDefault(name);
        var suspect = _suspects.FirstOrDefault(job => job.Tenant == name)?.Arrived;
        return new(
            name, WaitingOf.GetValueOrDefault(name), tenant?.Running ?? 0, _turn.Policy.WeightOf(name),
            tenant?.Penalties ?? 0, new[] { suspect, tenant?.Oldest }.Min());
    }

    LinkedListNode<Job>? Next(bool largeMay)
    {
        foreach (var (_, name) in _ready)
            if (_tenants[name].First(largeMay) is { } first) return first;
        return null;
    }

    LinkedListNode<Job>? NextSuspect(bool largeMay)
    {
        var next = _suspects.First;
        while (next is not null && !largeMay && IsLarge(next.Value)) next = next.Next;
        return next;
    }

    void Recount(string tenant, int by)
    {
        var waiting = WaitingOf.GetValueOrDefault(tenant) + by;
        WaitingOf = waiting > 0 ? WaitingOf.SetItem(tenant, waiting) : WaitingOf.Remove(tenant);
    }

    void Run(Job job)
    {
        _running.Add(job.Id, job);
        TenantOf(job.Tenant).Running++;
    }

    // Returns the tenant in whose line it is; null if it is a suspect.
    Tenant? Put(Job job)
    {
        var line = job.IsSuspect(_turn.Policy) ? _suspects : LineOf(job);
        Recount(job.Tenant, 1);
        _places.Add(job.Id, line.AddLast(job));
        if (line == _suspects) return null;
        var tenant = _tenants[job.Tenant];
        _ready.Add(KeyOf(tenant));
        return tenant;
    }

    // The order is by pass, so a tenant leaves it while its pass changes.
    void Charge(Tenant tenant, Action<Tenant> change)
    {
        _ready.Remove(KeyOf(tenant));
        change(tenant);
        if (tenant.Waiting > 0) _ready.Add(KeyOf(tenant));
        if (tenant.Pass > PassMax) CountAnew();
    }

    void CountAnew()
    {
        _ready.Clear();
        foreach (var tenant in _tenants.Values)
        {
            tenant.CountFrom(_pass);
            if (tenant.Waiting > 0) _ready.Add(KeyOf(tenant));
        }

        _pass = 0;
    }

    void ForgetIdle()
    {
        if (_tenants.Count <= IdleTenantsMax) return;
        foreach (var (name, tenant) in _tenants)
            if (tenant is { Waiting: 0, Running: 0, Penalties: 0 } && !HasSuspect(name)) _tenants.Remove(name);
    }

    bool HasSuspect(string tenant) => _suspects.Any(job => job.Tenant == tenant);

    LinkedList<Job> LineOf(Job job)
    {
        var tenant = TenantOf(job.Tenant);
        return IsLarge(job) ? tenant.Large : tenant.Small;
    }

    Tenant TenantOf(string name)
    {
        if (!_tenants.TryGetValue(name, out var tenant)) _tenants[name] = tenant = new(name, _pass);
        return tenant;
    }

    bool IsLarge(Job job) => job.Bytes >= _turn.Policy.LargeBytes;

    static (long Pass, string Name) KeyOf(Tenant tenant) => (tenant.Pass, tenant.Name);

    /// <summary>By pass, then by name: names are compared by their characters, so that all machines agree.</summary>
    sealed class PassOrder : IComparer<(long Pass, string Name)>
    {
        public static readonly PassOrder Instance = new();

        public int Compare((long Pass, string Name) x, (long Pass, string Name) y) =>
            x.Pass != y.Pass ? x.Pass.CompareTo(y.Pass) : string.CompareOrdinal(x.Name, y.Name);
    }
}

/// <summary>The queue as data: jobs in the order of their lines.</summary>
sealed record QueueRecord
{
    public IReadOnlyList<Job> Waiting { get; init; } = [];

    public IReadOnlyList<Job> Running { get; init; } = [];

    public long? RunningSuspect { get; init; }

    /// <summary>Whether a suspect is next where both wait.</summary>
    public bool SuspectsTurn { get; init; } = true;

    /// <summary>The pass of the tenant that was served last.</summary>
    public long Pass { get; init; }

    public IReadOnlyList<TenantRecord> Tenants { get; init; } = [];
}

/// <summary>A tenant's account as data.</summary>
sealed record TenantRecord(string Name, long Pass, int Penalties, DateTimeOffset ForgivenAt);
