using Decryptor.Protocol;
using Decryptor.Supervisor.Cli.Reading;

namespace Decryptor.Supervisor.Cli;

/// <summary>
/// Copies the outputs of a job while a worker still writes them. A worker writes one file after the other, and another
/// attempt writes the same bytes again: so what was printed is a count of bytes, and a new attempt is read from there.
/// </summary>
sealed class FollowedText(string input, ITextSink sink) : IDisposable
{
    readonly byte[] _buffer = new byte[256 * 1024];
    readonly List<string> _files = [];
    readonly List<TextFile> _begun = [];
    Attempt _attempt;
    FileStream? _open;
    int _current;
    int _handed;
    long _printed;
    long _skip;

    /// <summary>Copies what is new in <paramref name="folder"/>.</summary>
    public void CopyNew(string folder, Attempt attempt, bool growing)
    {
        if (attempt != _attempt) StartOver(attempt);
        FindNew(folder, growing);
        while (_current < _files.Count && !sink.HasEnough)
        {
            var isLast = _current == _files.Count - 1;
            if (Open(folder)) Drain();
            if (growing && isLast) return;
            _open?.Dispose();
            _open = null;
            EndText();
            _current++;
        }
    }

    /// <summary>The texts now lie in <paramref name="folder"/>, for as long as the run lasts.</summary>
    public void Settle(string folder)
    {
        foreach (var text in _begun) text.Path = Path.Combine(folder, text.Name);
    }

    public void Dispose() => _open?.Dispose();

    // A text is begun and ended once, however many attempts write it.
    void BeginText()
    {
        if (_begun.Count > _current) return;
        _begun.Add(new(input, _files[_current]));
        sink.Begin(_begun[^1]);
    }

    void EndText()
    {
        if (_handed > _current) return;
        BeginText();
        sink.End();
        _handed = _current + 1;
    }

    void StartOver(Attempt attempt)
    {
        _open?.Dispose();
        _open = null;
        _files.Clear();
        _attempt = attempt;
        _current = 0;
        _skip = _printed;
    }

    // The order is the worker's own list while it works, and the report's in the end.
    void FindNew(string folder, bool growing)
    {
        try
        {
            var names = growing ? Listed(folder) : Reported(folder);
            _files.AddRange(names.Where(name => !_files.Contains(name)));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            // There is no file yet, or it moved to its final place between two looks; the next look finds it there.
            return;
        }
    }

    // Only whole lines: the last may be half written.
    static IEnumerable<string> Listed(string folder)
    {
        var lines = File.ReadAllText(Path.Combine(folder, OutputNames.List)).Split('\n');
        return lines[..^1].Where(name => !OutputNames.IsBytes(name));
    }

    // Bytes that are no text are printed where they are all there is and were verified: nobody wants a picture between
    // two logs, or what a bomb is made of.
    public static IEnumerable<string> Reported(string folder)
    {
        var report = Report.FromJson(File.ReadAllBytes(Path.Combine(folder, Report.FileName)));
        var names = report.Files.Select(file => file.Path).OfType<string>();
        var all = IsOnlyBytes(report) && Console.IsOutputRedirected;
        return all ? names : names.Where(name => !OutputNames.IsBytes(name));
    }

    /// <summary>Whether verified bytes that are no text are all that there is.</summary>
    public static bool IsOnlyBytes(Report report) =>
        report.Files is [{ Outcome: not "failed", Path: { } path }] && OutputNames.IsBytes(path);

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
        while (!sink.HasEnough && _open!.Read(_buffer) is > 0 and var count)
        {
            var old = (int)Math.Min(_skip, count);
            _skip -= old;
            if (count == old) continue;
            BeginText();
            sink.Write(_buffer.AsSpan(old, count - old));
            _printed += count - old;
        }

        sink.Pause();
    }
}
