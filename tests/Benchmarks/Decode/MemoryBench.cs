using System.Globalization;

namespace Decryptor.Benchmarks.Decode;

/// <summary>
/// The most memory that a worker takes for a file of each kind, however large: for a small one and for one of some
/// GiB, which is made for it. Takes its time, and three times as much room on disk.
/// </summary>
static class MemoryBench
{
    const long SmallBytes = 4 << 20;

    public static int Run(int gibibytes, string only) => Scratch.Use(folder =>
    {
        Console.WriteLine(
            $"{"file",-9} {"file MiB",10} {"text MiB",10} {"wall s",9} {"CPU s",9} {"peak memory MiB",16}");
        foreach (var kind in LargeFiles.All.Where(kind => kind.Name.Contains(only, StringComparison.Ordinal)))
        {
            Measure(kind, SmallBytes, folder);
            Measure(kind, (long)gibibytes << 30, folder);
        }
    });

    static void Measure(LargeFile kind, long bytes, string folder)
    {
        var path = Path.Combine(folder, "large");
        using (var file = File.Create(path)) kind.Write(file, bytes);
        var (spent, text) = WorkerRun.OfAny(WorkerPath.All[0], path, Rings.Of([kind.KeyLine], folder), folder);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{kind.Name,-9} {Mebibytes(new FileInfo(path).Length),10:0} {Mebibytes(text),10:0} {spent.Wall,9:0.00} "
            + $"{spent.Cpu,9:0.00} {Mebibytes(spent.PeakBytes),16:0.0}"));
        File.Delete(path);
    }

    static double Mebibytes(double bytes) => bytes / (1 << 20);
}
