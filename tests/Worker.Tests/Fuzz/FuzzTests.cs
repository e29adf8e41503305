using System.Diagnostics;
using System.Globalization;
using Decryptor.Protocol;
using NUnit.Framework.Internal;

namespace Decryptor.Worker.Tests.Fuzz;

/// <summary>
/// Wounded files of every format: whatever is in them, there is an outcome that adds up. In the tests a short run; a
/// long one, against the program that is shipped, is <c>scripts/fuzz</c>. What it finds is kept beside the message.
/// </summary>
sealed class FuzzTests
{
    const int Rounds = 20_000;
    const int Threads = 2;
    const int FoundMax = 20;

    readonly List<string> _found = [];
    TimeSpan _slowest;
    long _largest;

    [Test]
    public void What_it_begins_with_is_opened_to_the_last_layer() => Assert.Multiple(() =>
    {
        foreach (var (i, seed) in Seeds.Ours.Index())
        {
            using var trial = Trial.OfBytes(seed, Seeds.Ring, "boot.xlog", Seeds.Tight);
            Assert.That(trial.Finished.Outcome, Is.EqualTo(Outcome.Complete), $"seed {i}: {trial.Finished.Text}");
            Assert.That(trial.Report.Files.Select(file => file.Format), Has.None.EndsWith("bytes"), $"seed {i}");
        }
    });

    [Test, CancelAfter(600_000)]
    public void Any_wound_in_any_format_ends_in_an_outcome_that_adds_up()
    {
        var seed = Number("DECRYPTOR_FUZZ_SEED", 1);
        Parallel.For(0, Threads, new() { MaxDegreeOfParallelism = Threads }, thread =>
        {
            var mutator = new Mutator(seed * Threads + thread, Seeds.All);
            for (var round = 0; round < Rounds / Threads; round++) Try(mutator.Next(), $"{seed}-{thread}-{round}");
        });
    }

    [Test]
    public void The_shipped_worker_lives_through_what_it_is_fed_within_its_memory_and_time()
    {
        var seconds = Number("DECRYPTOR_FUZZ_SECONDS", 3);
        var seed = Number("DECRYPTOR_FUZZ_SEED", Environment.TickCount & 0xFFFF);
        var mutator = new Mutator(seed, Seeds.All);
        var began = Stopwatch.GetTimestamp();
        long fed = 0;
        while (Stopwatch.GetElapsedTime(began).TotalSeconds < seconds && _found.Count < FoundMax)
            fed += Feed(mutator, $"{seed}-{fed}");
        TestContext.Out.WriteLine($"{fed} files fed in {Stopwatch.GetElapsedTime(began).TotalSeconds:0} s, "
            + $"seed {seed}, slowest {_slowest.TotalSeconds:0.00} s of CPU, largest {_largest >> 20} MiB");
        Assert.That(_found, Is.Empty);
        Assert.That(fed, Is.Positive);
    }

    static void Try(byte[] bytes, string name)
    {
        try
        {
            using var trial = Trial.OfBytes(bytes, Seeds.Ring, "boot.xlog", Seeds.Tight);
            trial.MustBeSound();
        }
        catch (Exception e)
        {
            throw new AssertionException($"{Kept(bytes, name)}: {e.Message}", e);
        }
    }

    // One worker for a while, so that what one file leaves behind can hurt the next.
    int Feed(Mutator mutator, string name)
    {
        const int batch = 100;
        using var worker = new LiveWorker();
        Assert.That(worker.Hear(), Is.InstanceOf<Hello>());
        var input = Path.Combine(worker.Folder, "input");
        for (var job = 1; job <= batch; job++)
        {
            var bytes = mutator.Next();
            File.WriteAllBytes(input, bytes);
            var before = worker.Process.TotalProcessorTime;
            worker.Tell(worker.Order(input, job, Seeds.Tight));
            var output = Path.Combine(worker.Folder, $"{job}-1");
            if (!IsWell(() => Trial.MustBeSound(worker.Serve(Seeds.Ring), output), bytes, $"{name}-{job}")
                || !IsWell(() => MustBeModest(worker.Process, before), bytes, $"{name}-{job}")) return job;
            Directory.Delete(output, recursive: true);
        }

        return batch;
    }

    void MustBeModest(Process worker, TimeSpan before)
    {
        worker.Refresh();
        var spent = worker.TotalProcessorTime - before;
        if (spent > _slowest) _slowest = spent;
        if (spent > TimeSpan.FromSeconds(2)) throw new AssertionException($"it took {spent.TotalSeconds:0.0} s of CPU");
        var peak = worker.PeakWorkingSet64;
        if (peak > _largest) _largest = peak;
        if (IsShipped && peak > 128 << 20) throw new AssertionException($"it took {peak >> 20} MiB");
    }

    // The one beside the tests runs under the JIT, which has a memory of its own.
    static bool IsShipped => Environment.GetEnvironmentVariable("DECRYPTOR_TEST_WORKER") is not null;

    // One finding does not end a long run: the next batch has a worker of its own.
    bool IsWell(Action what, byte[] bytes, string name)
    {
        using var apart = new TestExecutionContext.IsolatedContext();
        try
        {
            what();
            return true;
        }
        catch (Exception e)
        {
            _found.Add($"{Kept(bytes, name)}: {e.Message}");
            return false;
        }
    }

    static string Kept(byte[] bytes, string name)
    {
        var path = Path.Combine(Path.GetTempPath(), $"decryptor-fuzz-{name}");
        File.WriteAllBytes(path, bytes);
        return path;
    }

    static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number)
            ? number : otherwise;
}
