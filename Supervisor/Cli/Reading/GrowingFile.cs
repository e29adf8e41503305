using Decryptor.Supervisor.Storage;
using Microsoft.Win32.SafeHandles;
using Found = Decryptor.Supervisor.Storage.Entry;

namespace Decryptor.Supervisor.Cli.Reading;

/// <summary>
/// A file that somebody writes on. It is held open, so that what was written before it was renamed is not missed; and
/// it is looked for by its name, so that the file that takes its place is seen.
/// </summary>
sealed class GrowingFile(string path, FollowOutput output) : IDisposable
{
    const int ToldMax = 10_000;

    readonly List<GrowingText> _texts = [];
    readonly HashSet<string> _folders = [];
    readonly HashSet<string> _told = [];
    readonly List<string> _complaint = [];
    SafeFileHandle? _open;
    Found _seen;
    bool _isGone;
    bool _isShorter;
    bool _isReplaced;

    /// <summary>The file as the person named it.</summary>
    public string Name => path;

    /// <summary>Why it cannot be followed; null where it can.</summary>
    public string? Refusal()
    {
        using var handle = Open();
        if (handle is null) return "there is no such file, or none that may be read";
        return Posix.Look(handle).Kind == EntryKind.File ? null : "only files can be followed, and this is none";
    }

    /// <summary>
    /// What is to be read again: the file that was read before, if it has changed, and one that now has its name.
    /// </summary>
    public IEnumerable<(SafeFileHandle File, long Bytes)> Changed()
    {
        if (_open is not null && HasChanged(_open)) yield return (_open, _seen.Bytes);
        var named = Open();
        if (named is null)
        {
            if (!_isGone) Talk.Say($"{path}: it is gone; waiting for a file of that name");
            _isGone = true;
            yield break;
        }

        _isGone = false;
        var found = Posix.Look(named);
        if (found.Kind != EntryKind.File || _open is not null && IsOneWith(found))
        {
            named.Dispose();
            yield break;
        }

        _isReplaced = _open is not null;
        _open?.Dispose();
        (_open, _seen) = (named, found);
        yield return (_open, _seen.Bytes);
    }

    /// <summary>Prints what is new in the texts of a version, all of which lie in one folder.</summary>
    /// <param name="folder">The folder of the version's job.</param>
    /// <param name="names">The texts in it, in their order.</param>
    /// <param name="complaint">What is to be said of the version if it stays as it is.</param>
    public void Take(string folder, IReadOnlyList<string> names, IEnumerable<string> complaint)
    {
        _folders.Add(folder);
        foreach (var name in names.Skip(_texts.Count))
            _texts.Add(new(new(path, name) { Path = Path.Combine(folder, name) }, output));
        // A text that is missing is as one of no bytes: more of it may come.
        var kins = _texts.Select((text, i) => i < names.Count ? text.Take(Path.Combine(folder, names[i]))
            : GrowingText.Kin.Shorter).ToList();
        Tell(kins.Contains(GrowingText.Kin.Another), kins.Contains(GrowingText.Kin.Shorter));
        DropFolders();
        _complaint.Clear();
        _complaint.AddRange(complaint);
    }

    /// <summary>Shows what was kept back in case that it goes on.</summary>
    public void Rest()
    {
        foreach (var text in _texts) text.Rest();
    }

    /// <summary>Says what is wrong with it, once.</summary>
    public void Complain()
    {
        foreach (var line in _complaint.Where(_told.Add)) Talk.Say(line);
        _complaint.Clear();
        if (_told.Count > ToldMax) _told.Clear();
    }

    public void Dispose() => _open?.Dispose();

    void Tell(bool isAnother, bool isShorter)
    {
        if (isAnother && _isReplaced) Talk.Say($"{path}: another file has its name now; printed from its beginning");
        else if (isAnother) Talk.Say($"{path}: it holds another text now; printed from its beginning");
        else if (isShorter && !_isShorter) Talk.Say($"{path}: it became shorter; waiting for what comes");
        _isShorter = isShorter;
        if (isAnother) _isReplaced = false;
    }

    void DropFolders()
    {
        var needed = _texts.Select(text => text.Folder).ToHashSet();
        foreach (var folder in _folders.Where(folder => !needed.Contains(folder)).ToList())
        {
            Directory.Delete(folder, recursive: true);
            _folders.Remove(folder);
        }
    }

    bool HasChanged(SafeFileHandle file)
    {
        var now = Posix.Look(file);
        var hasChanged = (now.Bytes, now.ChangedTicks) != (_seen.Bytes, _seen.ChangedTicks);
        _seen = now;
        return hasChanged;
    }

    bool IsOneWith(Found other) => (other.Inode, other.Volume) == (_seen.Inode, _seen.Volume);

    // A pipe in its place must not hold us up.
    SafeFileHandle? Open()
    {
        var opened = Posix.Open(NameText.ToPath(path), Posix.CloseOnExec | Posix.NonBlocking, 0);
        return opened >= 0 ? new(opened, ownsHandle: true) : null;
    }
}
