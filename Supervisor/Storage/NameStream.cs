using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Decryptor.Supervisor.Storage;

/// <summary>A name in a directory, and whether it is a directory's; null where the file system does not say.</summary>
readonly record struct FoundName(string Name, bool? IsFolder);

/// <summary>
/// A reading of a directory's names that goes on where it stopped, so that a million of them are read once and never
/// held at a time. What was there at the beginning and stays is found; what comes or goes meanwhile may be.
/// </summary>
sealed class NameStream : IDisposable
{
    // As the C library lays out an entry.
    const int TypeOffset = 18, NameOffset = 19;
    const byte TypeUnknown = 0, TypeFolder = 4;

    nint _stream;

    NameStream(nint stream) => _stream = stream;

    /// <summary>Whether all names were read.</summary>
    public bool Ended { get; private set; }

    /// <summary>The next names, at most so many, without the two dots; fewer only at the end.</summary>
    public List<FoundName> Read(int max)
    {
        var found = new List<FoundName>();
        while (found.Count < max && Next() is var entry && entry != 0)
        {
            var name = NameText.FromPointer(entry + NameOffset);
            if (name is not ("." or "..")) found.Add(new(name, IsFolder(entry)));
        }

        return found;
    }

    /// <summary>
    /// The directories among the next names, of which so many are looked at; the others cost next to nothing.
    /// </summary>
    public List<string> ReadFolders(int looks)
    {
        var found = new List<string>();
        while (looks-- > 0 && Next() is var entry && entry != 0)
        {
            if (IsFolder(entry) == false) continue;
            var name = NameText.FromPointer(entry + NameOffset);
            if (name is not ("." or "..")) found.Add(name);
        }

        return found;
    }

    public void Dispose()
    {
        if (_stream != 0) _ = Posix.CloseStream(_stream);
        _stream = 0;
        Ended = true;
    }

    /// <summary>Begins to read; null when we may not.</summary>
    internal static NameStream? Of(SafeFileHandle folder)
    {
        // By a descriptor of its own: one that is duplicated would share its place with every other reading.
        var again = Posix.OpenAt(folder, [(byte)'.', 0], Posix.OnlyFolder | Posix.CloseOnExec, 0);
        if (again < 0) return Posix.LastError == Posix.Denied ? null : throw Posix.Failure("reading a folder");
        var stream = Posix.OpenStream(again);
        return stream != 0 ? new(stream) : throw Posix.Failure("reading a folder");
    }

    nint Next()
    {
        if (Ended) return 0;
        var entry = Posix.ReadStream(_stream);
        if (entry == 0 && Posix.LastError != 0) throw Posix.Failure("reading a folder");
        Ended = entry == 0;
        return entry;
    }

    static bool? IsFolder(nint entry) => Marshal.ReadByte(entry, TypeOffset) switch
    {
        TypeUnknown => null,
        var type => type == TypeFolder,
    };
}
