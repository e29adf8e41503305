using Decryptor.Supervisor.Storage;

namespace Decryptor.Supervisor.Intake;

/// <summary>How patient the watcher is.</summary>
sealed record WatchPace
{
    /// <summary>The pause between two looks around, whatever inotify says or does not say.</summary>
    public TimeSpan Rescan { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a file that is written in place must be unchanged.</summary>
    public TimeSpan Settle { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long a file that was made before our eyes may be unchanged and unclosed before it is taken after all.
    /// </summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>
/// One name in <c>incoming/</c> and how far its file is from being taken. The file's number and birth tell a new file
/// from the old one of that name. Time is an argument.
/// </summary>
sealed class UploadWatch
{
    readonly (ulong Inode, long Birth) _identity;
    (long Bytes, long Changed) _seen;
    TimeSpan _unchangedSince;
    bool _open;

    /// <summary>A file seen for the first time.</summary>
    /// <param name="entry">What was seen.</param>
    /// <param name="now">When, on the watcher's own axis.</param>
    /// <param name="age">How long ago its contents changed by the wall clock; a file of the future has no age.</param>
    public UploadWatch(Entry entry, TimeSpan now, TimeSpan age)
    {
        _identity = Identity(entry);
        _seen = (entry.Bytes, entry.ChangedTicks);
        _unchangedSince = age > TimeSpan.Zero ? now - age : now;
    }

    /// <summary>Whether this is the same file still.</summary>
    public bool Is(Entry entry) => _identity == Identity(entry);

    /// <summary>It was made before our eyes: whoever made it will close it.</summary>
    public void WasMade() => _open = true;

    /// <summary>It was closed by a writer, or renamed to here.</summary>
    public void WasClosed() => _open = false;

    /// <summary>Takes in another look at it.</summary>
    public void See(Entry entry, TimeSpan now)
    {
        if (_seen == (entry.Bytes, entry.ChangedTicks)) return;
        _seen = (entry.Bytes, entry.ChangedTicks);
        _unchangedSince = now;
    }

    /// <summary>When it may be taken if it does not change again.</summary>
    public TimeSpan ReadyAt(WatchPace pace) => _unchangedSince + (_open ? pace.Patience : pace.Settle);

    // A file system that does not remember births gives only the number, which it uses again.
    static (ulong Inode, long Birth) Identity(Entry entry) => (entry.Inode, entry.BirthTicks ?? 0);
}
