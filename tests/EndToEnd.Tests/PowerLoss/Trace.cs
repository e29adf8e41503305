using System.Globalization;

namespace Decryptor.EndToEnd.Tests.PowerLoss;

/// <summary>
/// All that a run has done to its spool: the tree before it and every change after, made from what <c>strace</c> has
/// written. <c>run/</c> and SQLite's shared memory are left out: they need not outlive a power cut. A call that the
/// model does not know is an exception, so that nothing is left out in silence.
/// </summary>
sealed class Trace
{
    /// <summary>The calls to be traced: all that can change a file or a name.</summary>
    public const string Calls =
        "open,openat,openat2,creat,write,pwrite64,writev,pwritev,pwritev2,truncate,ftruncate,fallocate,rename,"
        + "renameat,renameat2,link,linkat,unlink,unlinkat,mkdir,mkdirat,rmdir,symlink,symlinkat,fsync,fdatasync,"
        + "sync_file_range,copy_file_range,sendfile,mmap,io_uring_enter";

    /// <summary>The number of the spool's own directory.</summary>
    public const int Root = 0;

    readonly string _root;
    readonly List<Change> _changes = [];
    readonly Dictionary<int, Dictionary<string, int>> _folders = new() { [Root] = [] };
    int _nodes = Root + 1;

    Trace(string root) => _root = root;

    public IReadOnlyList<Change> Changes => _changes;

    /// <summary>Changes before this number were on the disk before the run.</summary>
    public int Begin { get; private set; }

    public HashSet<int> Folders { get; } = [Root];

    /// <summary>Takes the tree as it is before the run: all of it is on the disk.</summary>
    public static Trace Of(string root)
    {
        var trace = new Trace(root);
        foreach (var path in Directory.GetFileSystemEntries(root, "*", SearchOption.AllDirectories).Order())
        {
            if (Directory.Exists(path)) trace.Make(path, isFolder: true);
            else trace.Write(trace.Make(path, isFolder: false), 0, File.ReadAllBytes(path));
        }

        foreach (var node in Enumerable.Range(Root, trace._nodes)) trace.Sync(node, trace._changes.Count);
        trace.Begin = trace._changes.Count;
        return trace;
    }

    /// <summary>Adds what the run has done.</summary>
    public Trace Read(IEnumerable<string> lines)
    {
        var unfinished = new Dictionary<string, (string Text, int Begun)>();
        foreach (var line in lines)
        {
            var space = line.IndexOf(' ', StringComparison.Ordinal);
            var (thread, text, begun) = (line[..space], line[space..].TrimStart(), _changes.Count);
            if (text.EndsWith("<unfinished ...>", StringComparison.Ordinal))
            {
                unfinished[thread] = (text[..^"<unfinished ...>".Length], begun);
                continue;
            }

            if (text.StartsWith("<...", StringComparison.Ordinal) && unfinished.Remove(thread, out var first))
                (text, begun) = (first.Text + text[(text.IndexOf("resumed>", StringComparison.Ordinal) + 8)..],
                    first.Begun);
            if (SystemCall.Parse(text) is { Result: >= 0 } call) Apply(call, begun);
        }

        return this;
    }

    /// <summary>The same run on a disk that has heard of no sync.</summary>
    public Trace WithoutSyncs()
    {
        var trace = new Trace(_root) { Begin = Begin };
        trace.Folders.UnionWith(Folders);
        trace._changes.AddRange(_changes.Select(change =>
            change is Syncing { At: var at } && at >= Begin ? new Syncing(at, 0, Root) : change));
        return trace;
    }

    void Apply(SystemCall call, int begun)
    {
        switch (call.Name)
        {
            case "openat": Open(call, call.PathAt(0, 1), 2); break;
            case "open": Open(call, call.Path(0), 1); break;
            case "pwrite64" when Find(call.PathOf(0)) is { } file: Write(file, call.Long(3), call.Bytes(1)); break;
            case "ftruncate" when Find(call.PathOf(0)) is { } file: Resize(file, call.Long(1)); break;
            case "rename": Rename(call.Path(0), call.Path(1)); break;
            case "renameat": Rename(call.PathAt(0, 1), call.PathAt(2, 3)); break;
            case "renameat2" when call.Arguments[4] == "0": Rename(call.PathAt(0, 1), call.PathAt(2, 3)); break;
            case "unlink" or "rmdir": Remove(call.Path(0)); break;
            case "unlinkat": Remove(call.PathAt(0, 1)); break;
            case "mkdir" when IsOurs(call.Path(0)): Make(call.Path(0), isFolder: true); break;
            case "mkdirat" when IsOurs(call.PathAt(0, 1)): Make(call.PathAt(0, 1), isFolder: true); break;
            case "fsync" or "fdatasync":
                if (Find(call.PathOf(0)) is { } node) Sync(node, begun);
                break;
            case "mmap" when !call.Has(3, "MAP_SHARED") || !call.Has(2, "PROT_WRITE"): break;
            case "mkdir" or "mkdirat" or "pwrite64" or "ftruncate" or "sync_file_range": break;
            default: Refuse(call); break;
        }
    }

    void Open(SystemCall call, string path, int flags)
    {
        if (!call.Has(flags, "O_CREAT") && !call.Has(flags, "O_TRUNC") || !IsOurs(path)) return;
        if (Find(path) is not { } file) Make(path, isFolder: false);
        else if (call.Has(flags, "O_TRUNC")) Resize(file, 0);
    }

    // Whatever touches the spool by a call that has no case above.
    void Refuse(SystemCall call)
    {
        var touched = Enumerable.Range(0, call.Arguments.Count).Select(call.PathOf).FirstOrDefault(IsOurs);
        if (touched is not null) throw new NotSupportedException($"{call.Name} on {touched} is not in the model");
    }

    bool IsOurs(string path) =>
        path.StartsWith(_root + "/", StringComparison.Ordinal)
        && !path.StartsWith(_root + "/run", StringComparison.Ordinal)
        && !path.EndsWith("-shm", StringComparison.Ordinal);

    int? Find(string path)
    {
        if (path == _root) return Root;
        if (!IsOurs(path)) return null;
        var node = Root;
        foreach (var name in path[(_root.Length + 1)..].Split('/').Where(name => name != "."))
        {
            if (!_folders.TryGetValue(node, out var names) || !names.TryGetValue(name, out node)) return null;
        }

        return node;
    }

    (int Folder, string Name) Place(string path) =>
        (Find(Path.GetDirectoryName(path)!) ?? throw Lost(path), Path.GetFileName(path));

    int Make(string path, bool isFolder)
    {
        var node = _nodes++;
        if (isFolder)
        {
            _folders[node] = [];
            Folders.Add(node);
        }

        var (folder, name) = Place(path);
        Name(new Edit(folder, name, node));
        return node;
    }

    void Rename(string from, string to)
    {
        if (!IsOurs(from)) return;
        var node = Find(from) ?? throw Lost(from);
        var (source, name) = Place(from);
        var (target, newName) = Place(to);
        Name(new Edit(target, newName, node), new Edit(source, name, null));
    }

    void Remove(string path)
    {
        if (!IsOurs(path)) return;
        var (folder, name) = Place(path);
        Name(new Edit(folder, name, null));
    }

    void Name(params Edit[] edits)
    {
        foreach (var (folder, name, node) in edits)
        {
            if (node is { } there) _folders[folder][name] = there;
            else _folders[folder].Remove(name);
        }

        _changes.Add(new Naming(_changes.Count, edits));
    }

    void Write(int file, long offset, byte[] bytes) =>
        _changes.Add(new Writing(_changes.Count, file, offset, bytes));

    void Resize(int file, long length) => _changes.Add(new Resizing(_changes.Count, file, length));

    void Sync(int node, int begun) => _changes.Add(new Syncing(_changes.Count, begun, node));

    InvalidDataException Lost(string path) => new(
        string.Create(CultureInfo.InvariantCulture, $"change {_changes.Count}: the model does not know {path}"));
}
