using System.Diagnostics;
using Decryptor.Supervisor.Scheduling;
using Decryptor.Supervisor.Storage;

namespace Decryptor.Supervisor.Intake;

/// <summary>
/// Reports each finished upload in <c>incoming/</c> and in the tenants' directories one level below, once. inotify says
/// where to look; a look around every few seconds finds what inotify did not say, so that lost news cost time and never
/// a file. One thread; it opens no upload, and waits as long as whoever is told makes it wait.
/// </summary>
sealed class SpoolWatcher : IDisposable
{
    /// <summary>The longest name of a tenant, in bytes.</summary>
    public const int TenantMax = InputName.TenantMax;

    // What lies beyond is found by a later look around, once what lay before it has been moved.
    const int UploadsMax = 100_000, TenantsMax = 10_000, WarnedMax = 10_000;

    readonly Folder _incoming;
    readonly Action<Event> _report;
    readonly Action<string> _warn;
    readonly WatchPace _pace;
    readonly Inotify _inotify = new();
    readonly Dictionary<string, UploadWatch> _uploads = [];
    readonly Dictionary<int, string> _tenantOf = [];
    readonly HashSet<string> _warned = [];
    readonly Stopwatch _clock = Stopwatch.StartNew();
    Thread? _thread;
    TimeSpan _rescanAt;
    volatile bool _stopping;

    /// <param name="spool">Whose <c>incoming/</c> is watched.</param>
    /// <param name="report">Is told of each upload, on the watcher's thread; it may block.</param>
    /// <param name="warn">Is told, once for each name, of what is left alone.</param>
    /// <param name="pace">How patient to be.</param>
    public SpoolWatcher(Spool spool, Action<Event> report, Action<string> warn, WatchPace? pace = null)
    {
        _incoming = spool.Incoming;
        _report = report;
        _warn = warn;
        _pace = pace ?? new();
    }

    /// <summary>Begins to watch. What lies there already is looked at first.</summary>
    public void Start()
    {
        if (!_inotify.Works)
            _warn("the kernel has no inotify instance to spare: new uploads are found a few seconds later");
        _thread = new(Watch) { IsBackground = true, Name = "spool watcher" };
        _thread.Start();
    }

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
        if (_thread is null or { IsAlive: false }) _inotify.Dispose();
    }

    void Watch()
    {
        while (!_stopping)
        {
            if (_clock.Elapsed >= _rescanAt) LookAround();
            foreach (var notice in _inotify.Wait(NextLook() - _clock.Elapsed))
            {
                if (_stopping) return;
                Hear(notice);
            }

            foreach (var place in Due()) Look(place);
        }
    }

    TimeSpan NextLook()
    {
        var next = _rescanAt;
        foreach (var upload in _uploads.Values)
        {
            if (!upload.Reported && upload.ReadyAt(_pace) < next) next = upload.ReadyAt(_pace);
        }

        return next;
    }

    List<string> Due() =>
        [.. _uploads.Where(pair => !pair.Value.Reported && pair.Value.ReadyAt(_pace) <= _clock.Elapsed)
            .Select(pair => pair.Key)];

    void Hear(Notice notice)
    {
        if (notice.Kind.HasFlag(NoticeKind.Overflow)) AfterLostNews();
        if (notice.Kind.HasFlag(NoticeKind.Ignored)) _tenantOf.Remove(notice.Watch);
        if (notice.Name.Length == 0 || !_tenantOf.TryGetValue(notice.Watch, out var tenant)) return;
        if (notice.Kind.HasFlag(NoticeKind.Folder)) HearOfFolder(tenant, notice);
        else Look(tenant.Length == 0 ? notice.Name : $"{tenant}/{notice.Name}", notice.Kind);
    }

    // What was made before our eyes may have been closed behind our back.
    void AfterLostNews()
    {
        foreach (var upload in _uploads.Values) upload.WasClosed();
        _rescanAt = TimeSpan.Zero;
    }

    void HearOfFolder(string tenant, Notice notice)
    {
        if ((notice.Kind & (NoticeKind.Created | NoticeKind.MovedTo)) == 0) return;
        if (tenant.Length == 0) LookInto(notice.Name);
        else Warn($"{tenant}/{notice.Name}", "directories within a tenant's are not looked into");
    }

    void LookAround()
    {
        foreach (var place in _uploads.Keys.ToArray()) Look(place);
        LookInto("");
        _rescanAt = _clock.Elapsed + _pace.Rescan;
    }

    // The watch comes before the look, so that nothing can arrive between them unseen.
    void LookInto(string tenant)
    {
        if (_stopping || !IsTenant(tenant)) return;
        using var opened = tenant.Length == 0 ? null : _incoming.TryOpen(tenant);
        if ((tenant.Length == 0 ? _incoming : opened) is not { } folder)
        {
            if (_incoming.Look(tenant) is { Kind: EntryKind.Folder }) Warn(tenant, "the service may not look into it");
            return;
        }

        if (tenant.Length > 0 && !MayTakeFrom(folder, tenant)) return;
        if (_inotify.Watch(folder.Path) is { } watch) _tenantOf[watch] = tenant;
        foreach (var name in folder.Names())
        {
            if (_stopping) return;
            if (IsLeftAlone(name)) continue;
            LookAt(tenant, name, folder);
        }
    }

    void LookAt(string tenant, string name, Folder folder)
    {
        var place = tenant.Length == 0 ? name : $"{tenant}/{name}";
        if (folder.Look(name) is not { Kind: EntryKind.Folder }) Look(place);
        else if (tenant.Length == 0) LookInto(name);
        else Warn(place, "directories within a tenant's are not looked into");
    }

    bool IsTenant(string name)
    {
        if (name.Length == 0) return true;
        if (name.StartsWith('.')) return false;
        if (NameText.ToBytes(name).Length > TenantMax) Warn(name, $"a tenant's name has at most {TenantMax} bytes");
        else if (_tenantOf.Count > TenantsMax) Warn("", $"more than {TenantsMax} tenants' directories are not watched");
        else return true;
        return false;
    }

    bool MayTakeFrom(Folder folder, string tenant)
    {
        if (folder.Look().Volume != _incoming.Look().Volume) Warn(tenant, "it is on another file system");
        else if (!folder.MayChange()) Warn(tenant, "the service may not take files out of it");
        else return true;
        return false;
    }

    void Look(string place, NoticeKind kind = NoticeKind.None)
    {
        if (_stopping) return;
        var slash = place.IndexOf('/', StringComparison.Ordinal);
        var (tenant, name) = slash < 0 ? ("", place) : (place[..slash], place[(slash + 1)..]);
        if (IsLeftAlone(name)) return;
        if (Find(tenant, name) is not { } entry) _uploads.Remove(place);
        else if (entry.Kind == EntryKind.File) See(place, entry, kind);
        else if (entry.Kind != EntryKind.Folder) Warn(place, "it is a link, a pipe, a socket or a device");
    }

    Entry? Find(string tenant, string name)
    {
        if (tenant.Length == 0) return _incoming.Look(name);
        using var folder = _incoming.TryOpen(tenant);
        return folder is not null && MayTakeFrom(folder, tenant) ? folder.Look(name) : null;
    }

    void See(string place, Entry entry, NoticeKind kind)
    {
        var now = _clock.Elapsed;
        if (!_uploads.TryGetValue(place, out var upload) || !upload.Is(entry))
        {
            if (_uploads.Count >= UploadsMax) return;
            upload = _uploads[place] = new(entry, now, DateTime.UtcNow - Time(entry));
        }

        if (upload.Reported) return;
        upload.See(entry, now);
        if (kind.HasFlag(NoticeKind.Created)) upload.WasMade();
        if ((kind & (NoticeKind.Closed | NoticeKind.MovedTo)) != 0) upload.WasClosed();
        if (kind.HasFlag(NoticeKind.MovedTo) || now >= upload.ReadyAt(_pace)) Report(place, upload, entry.Bytes);
    }

    void Report(string place, UploadWatch upload, long bytes)
    {
        upload.WasReported();
        var slash = place.IndexOf('/', StringComparison.Ordinal);
        _report(new Event.JobArrived(
            place, place[(slash + 1)..], slash < 0 ? "" : place[..slash], bytes, Outside: false));
    }

    // Whoever makes a file may set its times at will, and to one that no calendar has.
    static DateTime Time(Entry entry) =>
        new(Math.Clamp(entry.ChangedTicks, DateTime.UnixEpoch.Ticks, DateTime.MaxValue.Ticks), DateTimeKind.Utc);

    static bool IsLeftAlone(string name) => name.StartsWith('.') || name.EndsWith(".part", StringComparison.Ordinal);

    void Warn(string place, string why)
    {
        if (_warned.Count < WarnedMax && _warned.Add(place)) _warn($"{_incoming.Path}/{place} is left alone: {why}");
    }
}
