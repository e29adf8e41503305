namespace Decryptor.EndToEnd.Tests;

/// <summary>
/// Of the two builds of the worker, the shipped supervisor starts the one that suits the processor best.
/// </summary>
sealed class ProcessorTests
{
    // The kernel's words for what x86-64-v3 asks beyond the baseline; LZCNT is "abm" there.
    static readonly string[] V3 = ["avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe", "xsave"];

    [Test, CancelAfter(60_000)]
    public void The_faster_worker_runs_where_the_kernel_says_that_it_can()
    {
        var faster = Programs.Worker + "-v3";
        if (!File.Exists(faster)) Assert.Ignore("only scripts/build makes the faster worker");
        using var scratch = new Scratch();
        using var service = new Serving(scratch, ["--workers", "1"]);
        service.AwaitServing(1);
        Assert.That(Proc.CommandLine(service.Workers()[0])[0], Is.EqualTo(RunsV3() ? faster : Programs.Worker));
    }

    static bool RunsV3()
    {
        var flags = File.ReadLines("/proc/cpuinfo")
            .First(line => line.StartsWith("flags", StringComparison.Ordinal)).Split(' ');
        return V3.All(flags.Contains);
    }
}
