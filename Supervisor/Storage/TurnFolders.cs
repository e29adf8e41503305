using Decryptor.Protocol;

namespace Decryptor.Supervisor.Storage;

/// <summary>
/// The directories that the moves of one turn have touched, each opened once and each synced once at the turn's end:
/// in the order in which they were touched, a destination before its source, so that a file is never lost between.
/// </summary>
sealed class TurnFolders(SpoolRooms rooms) : IDisposable
{
    readonly Dictionary<string, Folder?> _opened = [];
    readonly List<Folder> _kept = [];
    readonly List<Folder> _touched = [];

    /// <summary>A worker's <c>in/</c>; null when it is not there.</summary>
    public Folder? In(Incarnation worker) => Of(worker, "in");

    /// <summary>A worker's <c>out/</c>; null when it is not there.</summary>
    public Folder? Out(Incarnation worker) => Of(worker, "out");

    /// <summary>A directory of uploads; the empty name is <c>incoming/</c> itself.</summary>
    public Folder? Incoming(string tenant) =>
        tenant.Length == 0 ? rooms.Incoming : Once($"incoming/{tenant}", () => rooms.Incoming.TryOpen(tenant));

    /// <summary>Keeps a directory open until it is synced.</summary>
    public Folder Keep(Folder folder)
    {
        _kept.Add(folder);
        return folder;
    }

    /// <summary>Says that names in a directory have changed.</summary>
    public void Touch(Folder folder)
    {
        if (!_touched.Contains(folder)) _touched.Add(folder);
    }

    /// <summary>A worker's directory is no more.</summary>
    public void Forget(Incarnation worker)
    {
        foreach (var name in new[] { "in", "out" })
        {
            if (!_opened.Remove($"work/{worker}/{name}", out var folder) || folder is null) continue;
            _touched.Remove(folder);
            folder.Dispose();
        }
    }

    /// <summary>Sees everything onto the disk that has been touched since the last time.</summary>
    public void Sync()
    {
        foreach (var folder in _touched) folder.Sync();
        _touched.Clear();
    }

    public void Dispose()
    {
        foreach (var folder in _opened.Values) folder?.Dispose();
        foreach (var folder in _kept) folder.Dispose();
    }

    Folder? Of(Incarnation worker, string name) => Once($"work/{worker}/{name}", () =>
    {
        using var work = rooms.Work.TryOpenOurs(worker.ToString());
        return work?.TryOpenOurs(name);
    });

    Folder? Once(string key, Func<Folder?> open)
    {
        if (_opened.TryGetValue(key, out var folder) && folder is not null) return folder;
        return _opened[key] = open();
    }
}
