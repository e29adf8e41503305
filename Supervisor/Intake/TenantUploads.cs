using Decryptor.Supervisor.Storage;

namespace Decryptor.Supervisor.Intake;

/// <summary>
/// The uploads in one tenant's directory; that of no tenant is <c>incoming/</c> itself. While there is room, each is
/// reported as soon as it is whole. Where there is none, the tenant is behind: from then on nothing is remembered by
/// name, and the directory itself is the queue, read by one <see cref="DirectoryPass"/> after the other, until one has
/// found nothing that was held back. For the watcher's own thread.
/// </summary>
sealed class TenantUploads(string tenant, Folder incoming, IntakeDesk desk) : IDisposable
{
    const int ReportedAtOnce = 256;

    readonly Dictionary<string, UploadWatch> _settling = [];
    readonly Dictionary<string, UploadWatch> _reported = [];
    DirectoryPass? _pass;
    int _expected;
    int _came;

    /// <summary>Whose they are; empty for no tenant's.</summary>
    public string Tenant => tenant;

    /// <summary>Whether some are held back, or may be.</summary>
    public bool IsBehind { get; private set; }

    /// <summary>How many are held back, as far as is known: there may be more.</summary>
    public int HeldBack => IsBehind ? Math.Max(1, (_pass?.Left ?? 0) + _expected + _came) : 0;

    /// <summary>Whether there is room for another.</summary>
    public bool HasRoom => desk.RoomOf(tenant, _reported.Count) > 0;

    /// <summary>Whether there are files that only time will tell of.</summary>
    public bool IsSettling => _settling.Count > 0;

    /// <summary>When the next of those must be looked at.</summary>
    public TimeSpan SettledAt() =>
        _settling.Count == 0 ? TimeSpan.MaxValue : _settling.Values.Min(upload => upload.ReadyAt(desk.Pace));

    /// <summary>Something happened to a name.</summary>
    public void Hear(Notice notice)
    {
        var (_, kind, name) = notice;
        if (IsLeftAlone(name)) return;
        if ((kind & (NoticeKind.MovedFrom | NoticeKind.Deleted)) != 0) Forget(name);
        else if (IsBehind && kind == NoticeKind.MovedTo && !_reported.ContainsKey(name)) HoldBack(name);
        else Within(folder => Look(folder, name, kind, inTurn: false));
    }

    /// <summary>News were lost: what was made before our eyes may have been closed behind our back.</summary>
    public void MissedNews()
    {
        foreach (var upload in _settling.Values) upload.WasClosed();
        if (IsBehind) _came++;
    }

    /// <summary>Looks at the files that have been unchanged for long enough.</summary>
    public void LookAtSettled()
    {
        var now = desk.Now;
        LookAt([.. _settling.Where(pair => pair.Value.ReadyAt(desk.Pace) <= now).Select(pair => pair.Key)]);
    }

    /// <summary>Looks at every file that is remembered.</summary>
    public void LookAtKnown() => LookAt([.. _reported.Keys, .. _settling.Keys]);

    /// <summary>Begins a pass unless one is under way. Tenants that are behind need room for one.</summary>
    /// <returns>Whether there is something to do for <see cref="Go"/>.</returns>
    public bool Begin()
    {
        if (IsBehind && !HasRoom) return false;
        if (_pass is not null) return true;
        _expected = IsBehind ? HeldBack : 0;
        _came = 0;
        _pass = new(desk);
        return true;
    }

    /// <summary>Does a small part of the pass, so that the others have their turns.</summary>
    /// <returns>Whether there is more to do at once.</returns>
    public bool Go()
    {
        if (_pass is not { } pass) return false;
        var mayGoOn = true;
        if (!Within(folder => mayGoOn = pass.MustRead ? Read(pass, folder) : Serve(pass, folder))) return Drop();
        return mayGoOn && (!pass.Done || End(pass));
    }

    public void Dispose()
    {
        Drop();
        foreach (var name in _reported.Keys.Concat(_settling.Keys).ToArray()) Forget(name);
    }

    static bool IsLeftAlone(string name) => name.StartsWith('.') || name.EndsWith(".part", StringComparison.Ordinal);

    bool Read(DirectoryPass pass, Folder folder)
    {
        var before = pass.Left;
        pass.Read(folder, found => Wanted(folder, found), IsBehind);
        _expected = Math.Max(0, _expected - (pass.Left - before));
        return true;
    }

    Entry? Wanted(Folder folder, FoundName found)
    {
        var (name, isFolder) = found;
        if (IsLeftAlone(name) || _reported.ContainsKey(name) || _settling.ContainsKey(name)) return null;
        if (isFolder == true)
        {
            if (tenant.Length > 0) WarnOfDepth(name);
            return null;
        }

        if (folder.Look(name) is not { } entry) return null;
        if (entry.Kind == EntryKind.File) return entry;
        WarnOfKind(name, entry.Kind);
        return null;
    }

    // False where there is no room for more.
    bool Serve(DirectoryPass pass, Folder folder)
    {
        for (var count = 0; count < ReportedAtOnce && pass.Left > 0; count++)
        {
            if (!HasRoom)
            {
                IsBehind = true;
                return false;
            }

            // It was looked at when the batch was read, and that may be long ago.
            Look(folder, pass.Take(), NoticeKind.None, inTurn: true);
        }

        return true;
    }

    bool End(DirectoryPass pass)
    {
        _came += pass.PutOff;
        Drop();
        _expected = 0;
        IsBehind &= _came > 0;
        return IsBehind && Begin();
    }

    bool Drop()
    {
        _pass?.Dispose();
        _pass = null;
        return false;
    }

    void LookAt(IReadOnlyList<string> names)
    {
        if (names.Count == 0) return;
        Within(folder =>
        {
            foreach (var name in names) Look(folder, name, NoticeKind.None, inTurn: false);
        });
    }

    void Look(Folder folder, string name, NoticeKind kind, bool inTurn)
    {
        if (folder.Look(name) is not { } entry) Forget(name);
        else if (entry.Kind == EntryKind.File) See(name, entry, kind, inTurn);
        else WarnOfKind(name, entry.Kind);
    }

    void See(string name, Entry entry, NoticeKind kind, bool inTurn)
    {
        if (_reported.TryGetValue(name, out var reported) && reported.Is(entry)) return;
        if (!_settling.TryGetValue(name, out var upload) || !upload.Is(entry))
            upload = new(entry, desk.Now, DateTime.UtcNow - Time(entry));
        upload.See(entry, desk.Now);
        if (kind.HasFlag(NoticeKind.Created)) upload.WasMade();
        if ((kind & (NoticeKind.Closed | NoticeKind.MovedTo)) != 0) upload.WasClosed();
        Forget(name);
        if (!kind.HasFlag(NoticeKind.MovedTo) && desk.Now < upload.ReadyAt(desk.Pace)) Settle(name, upload);
        else if (!inTurn && (IsBehind || !HasRoom)) HoldBack(name);
        else Report(name, upload, entry.Bytes);
    }

    void Settle(string name, UploadWatch upload)
    {
        if (!desk.MaySettle) return;
        _settling[name] = upload;
        desk.Settling++;
    }

    void HoldBack(string name)
    {
        Forget(name);
        IsBehind = true;
        _came++;
    }

    void Report(string name, UploadWatch upload, long bytes)
    {
        _reported[name] = upload;
        desk.Report(tenant, name, bytes);
    }

    void Forget(string name)
    {
        if (_reported.Remove(name)) desk.Reported--;
        if (_settling.Remove(name)) desk.Settling--;
    }

    // False where the directory is gone, or nothing may be taken from it.
    bool Within(Action<Folder> work)
    {
        using var opened = tenant.Length == 0 ? null : incoming.TryOpen(tenant);
        if ((tenant.Length == 0 ? incoming : opened) is not { } folder || !MayTakeFrom(folder)) return false;
        work(folder);
        return true;
    }

    bool MayTakeFrom(Folder folder)
    {
        if (folder == incoming) return true;
        if (folder.Look().Volume != incoming.Look().Volume) desk.Warn(tenant, "it is on another file system");
        else if (!folder.MayChange()) desk.Warn(tenant, "the service may not take files out of it");
        else return true;
        return false;
    }

    void WarnOfKind(string name, EntryKind kind)
    {
        if (kind != EntryKind.Folder)
            desk.Warn(IntakeDesk.PlaceOf(tenant, name), "it is a link, a pipe, a socket or a device");
        else if (tenant.Length > 0) WarnOfDepth(name);
    }

    void WarnOfDepth(string name) =>
        desk.Warn(IntakeDesk.PlaceOf(tenant, name), "directories within a tenant's are not looked into");

    // Whoever makes a file may set its times at will, and to one that no calendar has.
    static DateTime Time(Entry entry) =>
        new(Math.Clamp(entry.ChangedTicks, DateTime.UnixEpoch.Ticks, DateTime.MaxValue.Ticks), DateTimeKind.Utc);
}
