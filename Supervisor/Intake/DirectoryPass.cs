using Decryptor.Supervisor.Storage;

namespace Decryptor.Supervisor.Intake;

/// <summary>
/// One way through a tenant's directory from its beginning to its end. It reads a batch of names, hands them out with
/// the oldest first, and goes on where it stopped; so a million files are read once, and a batch of them is in memory.
/// </summary>
sealed class DirectoryPass(IntakeDesk desk) : IDisposable
{
    const int ReadAtOnce = 1024;

    readonly long _began = DateTime.UtcNow.Ticks;
    readonly List<(long Placed, string Name)> _batch = [];
    NameStream? _names;
    int _batchMax;
    bool _full;

    /// <summary>Whether it must read before it can hand out more.</summary>
    public bool MustRead => !_full && !ReachedEnd;

    /// <summary>Names that can be handed out, or will be once the batch is read.</summary>
    public int Left => _batch.Count;

    /// <summary>Whether all that was there was handed out.</summary>
    public bool Done => ReachedEnd && _batch.Count == 0;

    /// <summary>Files that came after it had begun, and are left to the next.</summary>
    public int PutOff { get; private set; }

    bool ReachedEnd { get; set; }

    /// <summary>Reads some more of the batch.</summary>
    /// <param name="folder">The directory.</param>
    /// <param name="isWanted">What is to be looked at; also told of what is no file.</param>
    /// <param name="inOrder">Whether what came after the pass had begun must wait for the next.</param>
    public void Read(Folder folder, Func<FoundName, Entry?> isWanted, bool inOrder)
    {
        Open(folder);
        var now = DateTime.UtcNow.Ticks;
        foreach (var found in _names?.Read(Math.Min(ReadAtOnce, _batchMax)) ?? [])
        {
            if (isWanted(found) is not { } entry) continue;
            // The time of a file that claims to come from the future says nothing.
            if (inOrder && entry.PlacedTicks > _began && entry.PlacedTicks <= now) PutOff++;
            else _batch.Add((entry.PlacedTicks, found.Name));
        }

        ReachedEnd = _names is null or { Ended: true };
        _full = ReachedEnd || _batch.Count >= _batchMax;
        if (ReachedEnd) Close();
        if (_full) Arrange();
    }

    /// <summary>The oldest of the batch.</summary>
    public string Take()
    {
        var (_, name) = _batch[^1];
        _batch.RemoveAt(_batch.Count - 1);
        desk.Names--;
        if (_batch.Count == 0) (_full, _batch.Capacity) = (ReachedEnd, 0);
        return name;
    }

    /// <summary>Gives its descriptor back; where there is more to read, it begins again at the beginning.</summary>
    public void Close()
    {
        if (_names is null) return;
        _names.Dispose();
        _names = null;
        desk.Closes(this);
    }

    public void Dispose()
    {
        Close();
        if (_full) desk.Names -= _batch.Count;
        _batch.Clear();
    }

    void Open(Folder folder)
    {
        if (_batch.Count == 0 && _names is null) PutOff = 0;
        if (_batch.Count == 0) _batchMax = desk.NextBatch;
        if (_names is not null) return;
        _names = folder.OpenNames();
        if (_names is not null) desk.Opens(this);
    }

    // Handed out from the end.
    void Arrange()
    {
        _batch.Sort((one, other) => Order(other, one));
        desk.Names += _batch.Count;
    }

    static int Order((long Placed, string Name) one, (long Placed, string Name) other)
    {
        var byTime = one.Placed.CompareTo(other.Placed);
        return byTime != 0 ? byTime : string.CompareOrdinal(one.Name, other.Name);
    }
}
