using Decryptor.Protocol;
using Decryptor.Supervisor.Storage;

namespace Decryptor.Supervisor.Cli.Reading;

/// <summary>
/// The inputs that a person named, each folder replaced by the files in it and below it, sorted by name. Links in a
/// folder are not followed, so that none leads out of it; what is left out is told.
/// </summary>
sealed class InputList
{
    /// <summary>What stands for the standard input.</summary>
    public const string Stdin = "-";

    /// <summary>How many files and folders are looked at.</summary>
    public const int EntriesMax = 20_000;

    readonly List<string> _files = [];
    readonly Dictionary<string, int> _leftOut = [];
    readonly Action<string> _tell;
    readonly int _entriesMax;
    int _entries;

    /// <exception cref="UsageException">There are more than can be looked at.</exception>
    public InputList(IEnumerable<string> named, Action<string> tell, int entriesMax = EntriesMax)
    {
        (_tell, _entriesMax) = (tell, entriesMax);
        foreach (var name in named) Add(name);
        foreach (var (why, count) in _leftOut) tell($"left out: {count} {why}");
    }

    /// <summary>The files in their order; a file that was named twice is there twice.</summary>
    public IReadOnlyList<string> Files => _files;

    /// <summary>What the folders themselves say for the exit code: 0, or 66 where one gave nothing.</summary>
    public int ExitCode { get; private set; }

    void Add(string name)
    {
        if (name == Stdin || !Directory.Exists(name))
        {
            Count(name);
            _files.Add(name);
            return;
        }

        var before = _files.Count;
        Walk(name);
        if (_files.Count > before) return;
        _tell($"{name}: there is no file in this folder that could be read");
        ExitCode = FailureCode.NoInput.ExitCode;
    }

    void Walk(string folder)
    {
        foreach (var (name, kind) in Listed(folder))
        {
            Count(folder);
            var path = Path.Combine(folder, name);
            if (name.StartsWith('.')) LeaveOut("with a dot before the name");
            else if (kind == EntryKind.Folder) Walk(path);
            else if (kind == EntryKind.File) _files.Add(path);
            else LeaveOut(kind == EntryKind.Link ? "that are links" : "that are no files");
        }
    }

    List<(string Name, EntryKind Kind)> Listed(string folder)
    {
        try
        {
            using var opened = Folder.Open(folder);
            var names = Directory.EnumerateFileSystemEntries(folder).Select(entry => Path.GetFileName(entry)!)
                .Take(_entriesMax + 1).Order(StringComparer.Ordinal);
            return [.. names.Select(name => (name, opened.Look(name)?.Kind ?? EntryKind.Other))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _tell($"{folder}: this folder cannot be read");
            ExitCode = FailureCode.NoInput.ExitCode;
            return [];
        }
    }

    void LeaveOut(string why) => _leftOut[why] = _leftOut.GetValueOrDefault(why) + 1;

    void Count(string where)
    {
        if (++_entries <= _entriesMax) return;
        throw new UsageException(
            $"{where}: there are more than {_entriesMax} files", "name a part of them, or let unpack take them in turn")
        {
            ExitCode = FailureCode.LimitMembers.ExitCode,
        };
    }
}
