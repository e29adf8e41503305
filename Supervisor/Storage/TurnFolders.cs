using System.Runtime.ExceptionServices;
using Decryptor.Protocol;

namespace Decryptor.Supervisor.Storage;

/// <summary>
/// The directories that the moves of one turn have touched, each opened once and each synced once at the turn's end:
/// a destination before its source, so that a file is never lost between. Those of which none waits for another are
/// synced together, and most disks take them for one: workers that end jobs in one turn share what that costs.
/// </summary>
sealed class TurnFolders(SpoolRooms rooms) : IDisposable
{
    // To wake a thread costs about as much as a quick disk takes for a directory that it has just written: two workers
    // that end jobs in one turn are not worth it, three are.
    const int TogetherMin = 5;

    readonly Dictionary<string, Folder?> _opened = [];
    readonly List<Folder> _kept = [];
    readonly SyncOrder<Folder> _order = new();

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

    /// <inheritdoc cref="SyncOrder{T}.Touch(T)"/>
    public void Touch(Folder folder) => _order.Touch(folder);

    /// <inheritdoc cref="SyncOrder{T}.Touch(T, T)"/>
    public void Touch(Folder folder, Folder after) => _order.Touch(folder, after);

    /// <inheritdoc cref="SyncOrder{T}.TouchLast(T)"/>
    public void TouchLast(Folder folder) => _order.TouchLast(folder);

    /// <summary>A worker's directory is no more.</summary>
    public void Forget(Incarnation worker)
    {
        foreach (var name in new[] { "in", "out" })
        {
            if (!_opened.Remove($"work/{worker}/{name}", out var folder) || folder is null) continue;
            _order.Forget(folder);
            folder.Dispose();
        }
    }

    /// <summary>Sees everything onto the disk that has been touched since the last time.</summary>
    public void Sync()
    {
        while (_order.Next() is { } together) Sync(together);
    }

    public void Dispose()
    {
        foreach (var folder in _opened.Values) folder?.Dispose();
        foreach (var folder in _kept) folder.Dispose();
    }

    static void Sync(IReadOnlyList<Folder> together)
    {
        try
        {
            if (together.Count >= TogetherMin) Parallel.ForEach(together, folder => folder.Sync());
            else foreach (var folder in together) folder.Sync();
        }
        catch (AggregateException several)
        {
            ExceptionDispatchInfo.Throw(several.InnerExceptions[0]);
        }
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
