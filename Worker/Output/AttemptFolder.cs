using System.Runtime.InteropServices;
using System.Text;
using Decryptor.Protocol;

namespace Decryptor.Worker.Output;

/// <summary>
/// The directory that an attempt fills: texts, then the report, then everything is synced, where that was asked for.
/// Whatever fails is an <see cref="IOException"/>; a folder that was there before is one, since two attempts never
/// share one.
/// </summary>
sealed class AttemptFolder : ITexts
{
    readonly string _path;
    readonly bool _durable;
    readonly HashSet<string> _taken = new(StringComparer.Ordinal);
    readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

    AttemptFolder(string path, bool durable) => (_path, _durable) = (path, durable);

    internal static AttemptFolder Create(string path, bool durable = true)
    {
        if (Path.Exists(path)) throw new IOException($"the attempt's folder {path} is there already");
        Directory.CreateDirectory(path);
        return new(path, durable);
    }

    /// <summary>
    /// A file for the text, or for the bytes that are none, of something of that name. No two get one name, also where
    /// case or a later copy to another system would make them one.
    /// </summary>
    public IText Text(string source, bool isText, string? sum = null)
    {
        var wanted = HarmlessName.For(source, isText ? OutputNames.OfText : OutputNames.OfBytes);
        var name = wanted;
        while (!_taken.Add(name.Normalize(NormalizationForm.FormKC).ToUpperInvariant())) name = Numbered(wanted);
        return new TextFile(_path, name, List, sum) { Durable = _durable };

        void List() => File.AppendAllText(Path.Combine(_path, OutputNames.List), name + "\n");
    }

    /// <summary>Writes the report; with it the folder is whole, also after a power cut if it is to be.</summary>
    internal void Finish(Report report)
    {
        using (var file = File.OpenHandle(Path.Combine(_path, Report.FileName), FileMode.CreateNew, FileAccess.Write))
        {
            RandomAccess.Write(file, report.ToJson(), 0);
            if (_durable) RandomAccess.FlushToDisk(file);
        }

        // The report has the order now.
        File.Delete(Path.Combine(_path, OutputNames.List));

        if (_durable) SyncNames();
    }

    // Counted for each name, so that a package of one name many times takes no longer than any other.
    string Numbered(string wanted)
    {
        var number = _numbers[wanted] = _numbers.GetValueOrDefault(wanted, 1) + 1;
        return $"{Path.GetFileNameWithoutExtension(wanted)}-{number}{Path.GetExtension(wanted)}";
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
