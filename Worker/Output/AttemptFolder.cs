using System.Runtime.InteropServices;
using Decryptor.Protocol;

namespace Decryptor.Worker.Output;

/// <summary>
/// The directory that an attempt fills: texts, then the report, then everything is synced. Whatever fails is an
/// <see cref="IOException"/>; a folder that was there before is one, since two attempts never share one.
/// </summary>
sealed class AttemptFolder
{
    readonly string _path;

    AttemptFolder(string path) => _path = path;

    internal static AttemptFolder Create(string path)
    {
        if (Path.Exists(path)) throw new IOException($"the attempt's folder {path} is there already");
        Directory.CreateDirectory(path);
        return new(path);
    }

    /// <summary>The text that belongs to an input of that name.</summary>
    internal TextFile Text(string source) => new(_path, HarmlessName.ForText(source));

    /// <summary>Writes the report; with it the folder is whole, also after a power cut.</summary>
    internal void Finish(Report report)
    {
        using (var file = File.OpenHandle(Path.Combine(_path, Report.FileName), FileMode.CreateNew, FileAccess.Write))
        {
            RandomAccess.Write(file, report.ToJson(), 0);
            RandomAccess.FlushToDisk(file);
        }

        SyncNames();
    }

    void SyncNames()
    {
        var folder = Libc.Open(_path, Libc.ReadOnlyDirectory);
        if (folder < 0) throw Failed("opened");
        var failure = Libc.Sync(folder) < 0 ? Failed("synced") : null;
        _ = Libc.Close(folder);
        if (failure is not null) throw failure;
    }

    IOException Failed(string what)
    {
        var error = Marshal.GetLastPInvokeError();
        return new($"{_path} cannot be {what}: {Marshal.GetPInvokeErrorMessage(error)}", error);
    }
}
