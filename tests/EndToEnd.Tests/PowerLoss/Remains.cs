namespace Decryptor.EndToEnd.Tests.PowerLoss;

/// <summary>
/// What is on the disk when the power comes back: a pure function of the trace and the choice. Data and names are
/// chosen apart, as a disk does: a name may be there without its file's bytes, which are then holes of zeros or missing
/// at the end.
/// </summary>
sealed class Remains
{
    const int Page = 4096;
    const int Sector = 512;

    readonly Trace _trace;
    readonly Choice _choice;
    readonly Random _random;
    readonly Dictionary<int, int> _synced = [];
    readonly Dictionary<int, Dictionary<string, int>> _names = [];
    readonly Dictionary<int, MemoryStream> _bytes = [];
    readonly int _last;
    ulong _mark;

    Remains(Trace trace, Choice choice)
    {
        (_trace, _choice, _random) = (trace, choice, new(choice.Seed));
        foreach (var sync in Before().OfType<Syncing>())
            _synced[sync.Node] = Math.Max(sync.Begun, _synced.GetValueOrDefault(sync.Node));
        _last = Before().OfType<Writing>().LastOrDefault()?.At ?? -1;
        switch (choice.Disk)
        {
            case Disk.Journal: NameInOneOrder(); break;
            case Disk.Scattered: NameWhatIsSynced(); break;
            default: NameByFolder(); break;
        }

        foreach (var change in Before()) Fill(change);
    }

    /// <summary>Equal for equal remains: which of the changes are there.</summary>
    public ulong Mark => _mark;

    public static Remains After(Trace trace, Choice choice) => new(trace, choice);

    /// <summary>Lays it down in an empty folder.</summary>
    public void Write(string folder) => Write(folder, Trace.Root);

    void Write(string folder, int node)
    {
        foreach (var (name, inner) in _names.GetValueOrDefault(node, []))
        {
            var path = Path.Combine(folder, name);
            if (_trace.Folders.Contains(inner)) Write(Directory.CreateDirectory(path).FullName, inner);
            else File.WriteAllBytes(path, _bytes.TryGetValue(inner, out var bytes) ? bytes.ToArray() : []);
        }
    }

    IEnumerable<Change> Before() => _trace.Changes.Take(_choice.Cut);

    bool IsSynced(int node, int at) => at < _synced.GetValueOrDefault(node, -1);

    void NameInOneOrder()
    {
        var names = Before().OfType<Naming>().ToList();
        var sure = names.FindLastIndex(naming => naming.Edits.Any(edit => IsSynced(edit.Folder, naming.At))) + 1;
        var kept = sure + Some(names.Count - sure);
        foreach (var naming in names.Take(kept)) Set(naming, naming.Edits);
    }

    void NameWhatIsSynced()
    {
        var names = Before().OfType<Naming>().ToList();
        var kept = Some(names.Count);
        foreach (var (naming, i) in names.Select((naming, i) => (naming, i)))
        {
            var there = naming.Edits.Where(edit => i < kept || IsSynced(edit.Folder, naming.At)).ToList();
            if (there.Count > 0) Set(naming, there);
        }
    }

    void NameByFolder()
    {
        var names = Before().OfType<Naming>().ToList();
        var kept = names.SelectMany(naming => naming.Edits.Select(edit => (edit.Folder, naming.At)))
            .Distinct().GroupBy(edit => edit.Folder)
            .ToDictionary(edits => edits.Key, edits => Kept(edits.Key, [.. edits.Select(edit => edit.At)]));
        var held = new HashSet<int>();
        foreach (var naming in names)
        {
            var there = naming.Edits.Where(edit => naming.At < kept[edit.Folder]).ToList();
            var isHalf = there.Count < naming.Edits.Count && there.TrueForAll(edit => edit.Node is null);
            foreach (var edit in there.ToList())
            {
                // The end of the old name comes not before the new one, and what follows in its directory waits too.
                if (IsSynced(edit.Folder, naming.At) || !isHalf && !held.Contains(edit.Folder)) continue;
                held.Add(edit.Folder);
                there.Remove(edit);
            }

            if (there.Count > 0) Set(naming, there);
        }
    }

    // Changes of that directory before this number are there.
    int Kept(int folder, List<int> changes)
    {
        var sure = changes.Count(at => IsSynced(folder, at));
        var kept = sure + Some(changes.Count - sure);
        return kept == 0 ? 0 : changes[kept - 1] + 1;
    }

    int Some(int most) => _choice.Fate switch
    {
        Fate.Dropped => 0,
        Fate.Diced => _random.Next(most + 1),
        _ => most,
    };

    void Set(Naming naming, IReadOnlyList<Edit> edits)
    {
        foreach (var (folder, name, node) in edits)
        {
            Note(naming.At, folder);
            if (!_names.TryGetValue(folder, out var names)) _names[folder] = names = new(StringComparer.Ordinal);
            if (node is { } there) names[name] = there;
            else names.Remove(name);
        }
    }

    void Fill(Change change)
    {
        if (change is Resizing(var at, var file, var length) && (IsSynced(file, at) || Toss()))
        {
            Note(at, 0);
            Bytes(file).SetLength(length);
        }
        else if (change is Writing writing) Fill(writing);
    }

    void Fill(Writing writing)
    {
        if (IsSynced(writing.File, writing.At)) Put(writing, 0, writing.Bytes.Length);
        else if (_choice.Fate == Fate.Torn && writing.At == _last) Tear(writing);
        else
        {
            for (var from = 0; from < writing.Bytes.Length;)
            {
                // Pages of the file, not of the call.
                var length = (int)Math.Min(Page - (writing.Offset + from) % Page, writing.Bytes.Length - from);
                if (Toss()) Put(writing, from, length);
                from += length;
            }
        }
    }

    void Tear(Writing writing)
    {
        var sectors = writing.Bytes.Length / Sector;
        Put(writing, 0, sectors == 0 ? writing.Bytes.Length / 2 : _random.Next(sectors + 1) * Sector);
    }

    bool Toss() => _choice.Fate == Fate.Diced ? _random.Next(2) == 0 : _choice.Fate != Fate.Dropped;

    void Put(Writing writing, int from, int length)
    {
        if (length == 0) return;
        Note(writing.At, from + length);
        var bytes = Bytes(writing.File);
        bytes.Position = writing.Offset + from;
        bytes.Write(writing.Bytes, from, length);
    }

    MemoryStream Bytes(int file) => _bytes.TryGetValue(file, out var bytes) ? bytes : _bytes[file] = new();

    void Note(int at, int part)
    {
        // SplitMix64: sums of it are equal only for equal sets, as far as chance goes.
        var mixed = (ulong)at * 0x9E3779B97F4A7C15 + (ulong)part + 1;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        _mark += mixed ^ (mixed >> 31);
    }
}
