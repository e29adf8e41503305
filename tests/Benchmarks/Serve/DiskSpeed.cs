using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Decryptor.Benchmarks.Decode;
using Microsoft.Win32.SafeHandles;

namespace Decryptor.Benchmarks.Serve;

/// <summary>
/// What a disk takes for the steps that durability is made of, in milliseconds: the bound of whatever waits for it.
/// </summary>
static partial class DiskSpeed
{
    const int Rounds = 50;

    /// <summary>A new file of 4 KiB, synced; a rename with its directory, synced; a write in place, synced.</summary>
    public static (double File, double Rename, double InPlace) Of(string scratch)
    {
        var folder = Directory.CreateDirectory(Path.Combine(scratch, "disk")).FullName;
        var (file, rename, place) = (new List<double>(), new List<double>(), new List<double>());
        var bytes = new byte[4096];
        using var log = File.OpenHandle(Path.Combine(folder, "log"), FileMode.CreateNew, FileAccess.Write);
        using var names = new SafeFileHandle(Open(folder, 0), ownsHandle: true);
        RandomAccess.Write(log, new byte[Rounds * bytes.Length], 0);
        RandomAccess.FlushToDisk(log);
        for (var round = 0; round < Rounds; round++)
        {
            var path = Path.Combine(folder, round.ToString(CultureInfo.InvariantCulture));
            file.Add(Milliseconds(() => WriteNew(path, bytes)));
            rename.Add(Milliseconds(() =>
            {
                File.Move(path, path + ".log");
                if (Sync(names) != 0) throw new IOException($"{folder} cannot be synced");
            }));
            place.Add(Milliseconds(() =>
            {
                RandomAccess.Write(log, bytes, round * bytes.Length);
                RandomAccess.FlushToDisk(log);
            }));
        }

        Directory.Delete(folder, recursive: true);
        return (file.Median(), rename.Median(), place.Median());
    }

    static void WriteNew(string path, byte[] bytes)
    {
        using var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write);
        RandomAccess.Write(file, bytes, 0);
        RandomAccess.FlushToDisk(file);
    }

    static double Milliseconds(Action step)
    {
        var began = Stopwatch.GetTimestamp();
        step();
        return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int Sync(SafeFileHandle file);
}
