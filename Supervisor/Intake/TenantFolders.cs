using Decryptor.Supervisor.Storage;

namespace Decryptor.Supervisor.Intake;

/// <summary>
/// The directories that uploads are taken from: <c>incoming/</c> itself and the tenants' in it, so many at most, and
/// which of them inotify watches. For the watcher's own thread.
/// </summary>
sealed class TenantFolders(Folder incoming, Inotify inotify, IntakeDesk desk) : IDisposable
{
    const int TenantsMax = 10_000;

    readonly Dictionary<string, TenantUploads> _tenants = [];
    readonly Dictionary<int, TenantUploads> _watched = [];
    readonly HashSet<TenantUploads> _settling = [];
    readonly HashSet<TenantUploads> _behind = [];

    /// <summary>All, as they are now.</summary>
    public IReadOnlyList<TenantUploads> All => [.. _tenants.Values];

    /// <summary>Those with files that only time will tell of.</summary>
    public IReadOnlyCollection<TenantUploads> Settling => _settling;

    /// <summary>Those with uploads that are held back.</summary>
    public IReadOnlyCollection<TenantUploads> Behind => _behind;

    public bool Knows(string tenant) => _tenants.ContainsKey(tenant);

    public TenantUploads? Watched(int watch) => _watched.GetValueOrDefault(watch);

    public void Unwatch(int watch) => _watched.Remove(watch);

    /// <summary>
    /// Begins to watch a tenant's directory, or goes on if it is watched; null when there is none, or none that may be
    /// looked into, and then what was known of it is forgotten.
    /// </summary>
    public TenantUploads? Enter(string tenant)
    {
        if (!IsTenant(tenant)) return null;
        using var opened = tenant.Length == 0 ? null : incoming.TryOpen(tenant);
        if ((tenant.Length == 0 ? incoming : opened) is not { } folder)
        {
            if (incoming.Look(tenant) is { Kind: EntryKind.Folder })
                desk.Warn(tenant, "the service may not look into it");
            Leave(tenant);
            return null;
        }

        if (!_tenants.TryGetValue(tenant, out var uploads))
            uploads = _tenants[tenant] = new(tenant, incoming, desk);
        if (inotify.Watch(folder.Path) is { } watch) _watched[watch] = uploads;
        return uploads;
    }

    /// <summary>Notes how it stands with a tenant after something was done for it.</summary>
    public void Note(TenantUploads uploads)
    {
        var known = _tenants.GetValueOrDefault(uploads.Tenant) == uploads;
        Note(_settling, uploads, known && uploads.IsSettling);
        Note(_behind, uploads, known && uploads.IsBehind);
    }

    public void Dispose()
    {
        foreach (var uploads in All) uploads.Dispose();
    }

    static void Note(HashSet<TenantUploads> those, TenantUploads uploads, bool isOne)
    {
        if (isOne) those.Add(uploads);
        else those.Remove(uploads);
    }

    bool IsTenant(string name)
    {
        if (_tenants.ContainsKey(name) || name.Length == 0) return true;
        if (name.StartsWith('.')) return false;
        if (NameText.ToBytes(name).Length > SpoolWatcher.TenantMax)
            desk.Warn(name, $"a tenant's name has at most {SpoolWatcher.TenantMax} bytes");
        else if (_tenants.Count > TenantsMax)
            desk.Warn("", $"more than {TenantsMax} tenants' directories are not watched");
        else return true;
        return false;
    }

    // A directory that was moved away may be watched still, and its name be another's by now.
    void Leave(string tenant)
    {
        if (!_tenants.Remove(tenant, out var uploads)) return;
        foreach (var watch in _watched.Where(pair => pair.Value == uploads).Select(pair => pair.Key).ToArray())
            _watched.Remove(watch);
        uploads.Dispose();
        Note(uploads);
    }
}
