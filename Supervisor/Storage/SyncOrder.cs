namespace Decryptor.Supervisor.Storage;

/// <summary>
/// In which order the directories of a turn are seen onto the disk: in rounds, each of those whose destinations are
/// all there. What goes together in one round costs a disk about as much as one of them.
/// </summary>
sealed class SyncOrder<T>
    where T : class
{
    readonly List<T> _touched = [];
    readonly HashSet<(T Folder, T After)> _orders = [];

    /// <summary>Says that names in a directory have changed.</summary>
    public void Touch(T folder)
    {
        if (!_touched.Contains(folder)) _touched.Add(folder);
    }

    /// <summary>Says so of one that must not be on the disk before a certain other is.</summary>
    public void Touch(T folder, T after)
    {
        Touch(folder);
        if (folder != after) _orders.Add((folder, after));
    }

    /// <summary>Says so of one that must not be on the disk before all are that were touched until now.</summary>
    public void TouchLast(T folder)
    {
        foreach (var other in _touched.ToArray()) Touch(folder, other);
        Touch(folder);
    }

    /// <summary>A directory is no more.</summary>
    public void Forget(T folder) => _touched.Remove(folder);

    /// <summary>The next round; null when nothing is left. What was returned counts as done.</summary>
    public IReadOnlyList<T>? Next()
    {
        if (_touched.Count == 0)
        {
            _orders.Clear();
            return null;
        }

        var waiting = _orders.Where(order => _touched.Contains(order.After)).Select(order => order.Folder).ToHashSet();
        var round = _touched.Where(folder => !waiting.Contains(folder)).ToList();
        // A circle: something went through one directory and back. The first that was touched is a destination.
        if (round.Count == 0) round.Add(_touched[0]);
        _touched.RemoveAll(round.Contains);
        return round;
    }
}
