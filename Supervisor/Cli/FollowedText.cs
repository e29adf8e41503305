using Decryptor.Protocol;

namespace Decryptor.Supervisor.Cli;

/// <summary>
/// Copies the outputs of a job while a worker still writes them. A worker writes one file after the other, and another
/// attempt writes the same bytes again: so what was printed is a count of bytes, and a new attempt is read from there.
/// </summary>
sealed class FollowedText(Stream stdout) : IDisposable
{
    readonly byte[] _buffer = new byte[256 * 1024];
    readonly List<string> _files = [];
    Attempt _attempt;
    FileStream? _open;
    int _current;
    long _printed;
    long _skip;

    /// <summary>Copies what is new in <paramref name="folder"/>.</summary>
    public void CopyNew(string folder, Attempt attempt, bool growing)
    {
        if (attempt != _attempt) StartOver(attempt);
        FindNew(folder);
        while (_current < _files.Count)
        {
            if (!Open(folder)) return;
            Drain();
            if (growing && _current == _files.Count - 1) return;
            _open?.Dispose();
            _open = null;
            _current++;
        }
    }

    public void Dispose() => _open?.Dispose();

    void StartOver(Attempt attempt)
    {
        _open?.Dispose();
        _open = null;
        _files.Clear();
        _attempt = attempt;
        _current = 0;
        _skip = _printed;
    }

    void FindNew(string folder)
    {
        var all = new DirectoryInfo(folder);
        if (!all.Exists) return;
        try
        {
            var found = all.EnumerateFiles().Where(file => file.Name != Report.FileName && !_files.Contains(file.Name));
            _files.AddRange(found.OrderBy(file => file.CreationTimeUtc)
                .ThenBy(file => file.Name, StringComparer.Ordinal).Select(file => file.Name));
        }
        catch (DirectoryNotFoundException)
        {
            // It moved to its final place between the two looks; the next look finds it there.
            return;
        }
    }

    bool Open(string folder)
    {
        try
        {
            _open ??= new(
                Path.Combine(folder, _files[_current]), FileMode.Open, FileAccess.Read,
                FileShare.ReadWrite | FileShare.Delete, bufferSize: 1);
            return true;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
    }

    void Drain()
    {
        while (_open!.Read(_buffer) is > 0 and var count)
        {
            var old = (int)Math.Min(_skip, count);
            _skip -= old;
            stdout.Write(_buffer.AsSpan(old, count - old));
            _printed += count - old;
        }

        stdout.Flush();
    }
}
