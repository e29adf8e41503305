using Decryptor.Supervisor.Scheduling;
using Decryptor.Supervisor.Storage;

namespace Decryptor.Supervisor.Intake;

/// <summary>
/// Reports each finished upload in <c>incoming/</c> and in the tenants' directories one level below, once, and no more
/// of them than there is room for: the others stay where they are. inotify says where to look; a look around every few
/// seconds finds what inotify did not say, so that lost news cost time and never a file. One thread; it opens no
/// upload, and waits as long as whoever is told makes it wait. What the disk refuses is tried again.
/// </summary>
sealed class SpoolWatcher : IDisposable
{
    /// <summary>The longest name of a tenant, in bytes.</summary>
    public const int TenantMax = InputName.TenantMax;

    const int FoldersAtOnce = 16_384, AskedAtOnce = 64;

    // Even where news are lost all the time.
    static readonly TimeSpan RescanMin = TimeSpan.FromMilliseconds(200);

    readonly Folder _incoming;
    readonly IntakeRoom _room;
    readonly Action<string> _warn;
    readonly IntakeDesk _desk;
    readonly Inotify _inotify = new();
    readonly TenantFolders _tenants;
    readonly Queue<TenantUploads> _active = new();
    readonly HashSet<TenantUploads> _queued = [];
    Thread? _thread;
    NameStream? _folders;
    TimeSpan _rescanAt;
    TimeSpan _rescanned = TimeSpan.MinValue;
    bool _missedFolders = true;
    int _asked;
    int _rung;
    volatile bool _stopping;
    volatile string[] _waiting = [];
    volatile HeldBack _heldBack = HeldBack.None;
    volatile string? _trouble;

    /// <param name="spool">Whose <c>incoming/</c> is watched.</param>
    /// <param name="room">How many uploads may be taken in.</param>
    /// <param name="report">Is told of each upload, on the watcher's thread; it may block.</param>
    /// <param name="warn">Is told, once for each name, of what is left alone.</param>
    /// <param name="pace">How patient to be.</param>
    public SpoolWatcher(
        Spool spool, IntakeRoom room, Action<Event> report, Action<string> warn, WatchPace? pace = null)
    {
        (_incoming, _room, _warn) = (spool.Incoming, room, warn);
        _desk = new(_incoming.Path, room, report, warn, pace ?? new());
        _tenants = new(_incoming, _inotify, _desk);
    }

    /// <summary>What stays in <c>incoming/</c> for want of room. Any thread may ask.</summary>
    public HeldBack HeldBack => _heldBack;

    /// <summary>What the disk refuses at this time, in words; null for nothing. Any thread may ask.</summary>
    public string? Trouble => _trouble;

    /// <summary>Begins to watch. What lies there already is looked at first.</summary>
    public void Start()
    {
        if (!_inotify.Works)
            _warn("the kernel has no inotify instance to spare: new uploads are found a few seconds later");
        _thread = new(Watch) { IsBackground = true, Name = "spool watcher" };
        _thread.Start();
    }

    /// <summary>
    /// Called after each turn, from any thread: goes on at once where uploads are held back and there is room for many
    /// of them again.
    /// </summary>
    public void AfterTurn()
    {
        var waiting = _waiting;
        for (var count = Math.Min(waiting.Length, AskedAtOnce); count > 0; count--)
        {
            if (!_room.IsWorthAWhile(waiting[(_asked++ & int.MaxValue) % waiting.Length])) continue;
            if (Interlocked.Exchange(ref _rung, 1) == 0) _inotify.Interrupt();
            return;
        }
    }

    /// <summary>From now on looks around are so far apart.</summary>
    public void Rescan(TimeSpan every) => _desk.Pace = _desk.Pace with { Rescan = every };

    /// <summary>Ends the watch; waits for the thread unless whoever is told holds it up.</summary>
    public void Stop()
    {
        if (_stopping) return;
        _stopping = true;
        _inotify.Interrupt();
        _thread?.Join(TimeSpan.FromSeconds(2));
    }

    public void Dispose()
    {
        Stop();
        if (_thread is not (null or { IsAlive: false })) return;
        _inotify.Dispose();
        _tenants.Dispose();
        _folders?.Dispose();
    }

    void Watch()
    {
        while (!_stopping)
        {
            try
            {
                Turn();
            }
            catch (IOException e)
            {
                _trouble = e.Message;
                _folders?.Dispose();
                _folders = null;
            }
        }
    }

    void Turn()
    {
        if (_desk.Now >= _rescanAt) LookAround();
        var busy = _active.Count > 0 || _folders is not null;
        foreach (var notice in _inotify.Wait(busy ? TimeSpan.Zero : NextLook() - _desk.Now))
        {
            if (_stopping) return;
            Hear(notice);
        }

        if (Interlocked.Exchange(ref _rung, 0) == 1) GoOnWithWaiting();
        foreach (var uploads in _tenants.Settling.ToArray()) Tend(uploads, uploads.LookAtSettled);
        LookForFolders();
        for (var count = _active.Count; count > 0 && !_stopping; count--) GoOn(_active.Dequeue());
        Publish();
    }

    TimeSpan NextLook()
    {
        var next = _rescanAt;
        foreach (var uploads in _tenants.Settling)
            if (uploads.SettledAt() is var at && at < next) next = at;
        return next;
    }

    void Hear(Notice notice)
    {
        if (notice.Kind.HasFlag(NoticeKind.Overflow)) AfterLostNews();
        if (notice.Kind.HasFlag(NoticeKind.Ignored)) _tenants.Unwatch(notice.Watch);
        if (notice.Name.Length == 0 || _tenants.Watched(notice.Watch) is not { } uploads) return;
        if (!notice.Kind.HasFlag(NoticeKind.Folder)) Tend(uploads, () => uploads.Hear(notice));
        else if ((notice.Kind & (NoticeKind.Created | NoticeKind.MovedTo)) == 0) return;
        else if (uploads.Tenant.Length == 0) Enter(notice.Name);
        else _desk.Warn($"{uploads.Tenant}/{notice.Name}", "directories within a tenant's are not looked into");
    }

    void AfterLostNews()
    {
        foreach (var uploads in _tenants.All) uploads.MissedNews();
        _missedFolders = true;
        _rescanAt = _rescanned + (RescanMin < _desk.Pace.Rescan ? RescanMin : _desk.Pace.Rescan);
    }

    void LookAround()
    {
        (_trouble, _rescanned) = (null, _desk.Now);
        _rescanAt = _desk.Now + _desk.Pace.Rescan;
        var root = _tenants.Enter("")!;
        // Directories that inotify told of are known; with a million files in incoming/ itself, looking for others has
        // its price.
        if (!root.IsBehind || _missedFolders || !_inotify.Works) _folders ??= _incoming.OpenNames();
        _missedFolders = false;
        foreach (var uploads in _tenants.All) Tend(uploads, () => LookAround(uploads));
    }

    void LookAround(TenantUploads uploads)
    {
        if (_tenants.Enter(uploads.Tenant) is null) return;
        uploads.LookAtKnown();
        Activate(uploads);
    }

    void LookForFolders()
    {
        if (_folders is null) return;
        foreach (var name in _folders.ReadFolders(FoldersAtOnce))
        {
            if (!_tenants.Knows(name)) Enter(name);
        }

        if (!_folders.Ended) return;
        _folders.Dispose();
        _folders = null;
    }

    void Enter(string tenant)
    {
        if (_tenants.Enter(tenant) is { } uploads) Activate(uploads);
    }

    void GoOnWithWaiting()
    {
        foreach (var uploads in _tenants.Behind) Activate(uploads);
    }

    void Activate(TenantUploads uploads)
    {
        if (!_queued.Contains(uploads) && uploads.Begin() && _queued.Add(uploads)) _active.Enqueue(uploads);
    }

    void GoOn(TenantUploads uploads)
    {
        _queued.Remove(uploads);
        Tend(uploads, () =>
        {
            if (uploads.Go() && _queued.Add(uploads)) _active.Enqueue(uploads);
        });
    }

    // What is refused in one tenant's directory must not keep the others waiting; it is tried again soon.
    void Tend(TenantUploads uploads, Action work)
    {
        try
        {
            work();
        }
        catch (IOException e)
        {
            _trouble = e.Message;
        }

        _tenants.Note(uploads);
    }

    // Others read it: what they get is never changed.
    void Publish()
    {
        if (_tenants.Behind.Count == 0 && _heldBack == HeldBack.None) return;
        _heldBack = HeldBack.Of(_tenants.Behind);
        _waiting = [.. _tenants.Behind.Where(uploads => !_queued.Contains(uploads)).Select(uploads => uploads.Tenant)];
        // Room that came before anybody was known to wait for it has rung no bell.
        AfterTurn();
    }
}
