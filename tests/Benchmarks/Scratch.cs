namespace Decryptor.Benchmarks;

/// <summary>A folder for one measurement, gone after it.</summary>
static class Scratch
{
    /// <param name="measure">Is given the folder.</param>
    /// <param name="parent">Where it is made; null for the temporary folder.</param>
    public static int Use(Action<string> measure, string? parent = null) => Use(
        folder =>
        {
            measure(folder);
            return 0;
        },
        parent);

    /// <inheritdoc cref="Use(Action{string}, string?)"/>
    public static T Use<T>(Func<string, T> measure, string? parent = null)
    {
        var folder = parent is null
            ? Directory.CreateTempSubdirectory("decryptor-bench-").FullName
            : Directory.CreateDirectory(Path.Combine(parent, $"decryptor-bench-{Guid.NewGuid():N}")).FullName;
        try
        {
            return measure(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
