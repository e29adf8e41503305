namespace Decryptor.Benchmarks;

/// <summary>A folder for one measurement, gone after it.</summary>
static class Scratch
{
    public static int Use(Action<string> measure)
    {
        var folder = Directory.CreateTempSubdirectory("decryptor-bench-").FullName;
        try
        {
            measure(folder);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
