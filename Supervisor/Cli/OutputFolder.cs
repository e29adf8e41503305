using Decryptor.Protocol;
using Decryptor.Supervisor.Storage;

namespace Decryptor.Supervisor.Cli;

/// <summary>
/// Where <c>unpack</c> delivers: for each input a folder of its name, or of the first of its followers that is free
/// (<c>-2</c>, <c>-3</c> …).
/// </summary>
/// <param name="path">The folder that was asked for.</param>
/// <param name="inputs">The inputs; what one of them lies in is never replaced.</param>
/// <param name="overwrite">Whether what an earlier run has delivered is replaced.</param>
sealed class OutputFolder(string path, IEnumerable<string> inputs, bool overwrite)
{
    readonly string[] _inputs = [.. inputs.Select(Path.GetFullPath)];
    readonly HashSet<string> _delivered = new(StringComparer.Ordinal);

    /// <summary>Moves a finished folder in; returns its name.</summary>
    public string Deliver(string from, string input)
    {
        // The spool is the owner's alone; what is delivered is as open as the folder it was asked into.
        File.SetUnixFileMode(from, File.GetUnixFileMode(path));
        for (var n = 1; ; n++)
        {
            var name = n == 1 ? input : $"{input}-{n}";
            var target = Path.Combine(path, name);
            if (n == 1 && overwrite && IsOurs(target)) Exchange(from, target);
            else if (Path.Exists(target)) continue;
            else Directory.Move(from, target);
            _delivered.Add(name);
            return name;
        }
    }

    // A real folder with a report in it, of no input of this run, that holds nothing of what is read.
    bool IsOurs(string target)
    {
        var full = Path.GetFullPath(target) + '/';
        return new DirectoryInfo(target) is { Exists: true, LinkTarget: null }
            && File.Exists(Path.Combine(target, Report.FileName))
            && !_delivered.Contains(Path.GetFileName(target))
            && !_inputs.Any(file => file.StartsWith(full, StringComparison.Ordinal));
    }

    // At each moment there is the old or the new; the old goes with the private spool, where it then lies. Some file
    // systems know no exchange (NFS): there the old steps aside first.
    static void Exchange(string from, string target)
    {
        if (Posix.Exchange(from, target) == 0) return;
        if (Posix.LastError is not (Posix.NotKnown or Posix.NotSupported))
            throw Posix.Failure($"putting a new folder in the place of {target}");
        Directory.Move(target, $"{from}.old");
        Directory.Move(from, target);
    }
}
