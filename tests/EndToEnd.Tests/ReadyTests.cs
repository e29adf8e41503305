using System.Diagnostics;
using System.Globalization;

namespace Decryptor.EndToEnd.Tests;

/// <summary>
/// How long the service is away after a death: until its workers are gone, and until it serves again over a spool that
/// is full of work. The figures are printed; only what is out of all proportion fails. DECRYPTOR_DEATHS makes the spool
/// as large as the figures that are promised speak of.
/// </summary>
[NonParallelizable]
sealed class ReadyTests
{
    const int Workers = 3;

    static readonly bool _long = Environment.GetEnvironmentVariable("DECRYPTOR_DEATHS") is { Length: > 0 };
    static readonly int _uploads = _long ? 100_000 : 2_000;
    static readonly int _queued = _long ? 10_000 : 1_000;

    [Test, CancelAfter(600_000)]
    public void It_serves_again_soon_with_many_uploads_in_incoming()
    {
        using var scratch = new Scratch();
        var incoming = Directory.CreateDirectory(scratch["spool/incoming"]).FullName;
        for (var i = 0; i < _uploads; i++) File.WriteAllText(Path.Combine(incoming, $"{i}.txt"), "text\n");
        using var service = new Serving(scratch, ["--workers", "1"]);
        AssertServesWithin(30, service, $"with {_uploads} uploads in incoming/");
        service.AwaitEnded(5);
    }

    [Test, CancelAfter(600_000)]
    public void It_serves_again_soon_with_many_jobs_in_the_queue()
    {
        using var scratch = new Scratch();
        var queue = Directory.CreateDirectory(scratch["spool/queue"]).FullName;
        for (var i = 1; i <= _queued; i++) File.WriteAllText(Path.Combine(queue, $"{i}~~{i}.txt"), "text\n");
        using (var first = new Serving(scratch, ["--workers", "1"]))
        {
            AssertServesWithin(60, first, $"with {_queued} jobs in queue/ that the ledger does not know");
            first.AwaitEnded(5);
            first.Send(Proc.SigKill);
            first.AwaitExit();
        }

        using var next = new Serving(scratch, ["--workers", "1"]);
        AssertServesWithin(30, next, $"with {_queued} jobs in queue/ that the ledger knows");
        var before = next.Ended().Count;
        next.AwaitEnded(before + 5);
    }

    [Test, CancelAfter(60_000)]
    public void Workers_that_only_compute_are_gone_soon_after_their_supervisor()
    {
        using var scratch = new Scratch();
        using var service = new Serving(
            scratch, ["--worker-program", Programs.FakeWorker, "--workers", $"{Workers}"]);
        service.AwaitServing(Workers);
        for (var i = 0; i < Workers; i++) Serving.Drop(scratch, $"spin.{i}.txt", "x"u8.ToArray());
        service.Until(() => service.InWork("*spin*").Length == Workers, "all are busy");
        var workers = service.Workers();
        Assert.That(workers, Has.Count.EqualTo(Workers));
        service.Send(Proc.SigKill);
        var watch = Stopwatch.StartNew();
        service.Until(() => !workers.Any(Proc.Lives), "the workers are gone", 5, afterItsEnd: true);
        Print($"{Workers} workers that only compute are gone after {watch.Elapsed.TotalSeconds:0.00} s");
    }

    static void AssertServesWithin(int seconds, Serving service, string what)
    {
        var watch = Stopwatch.StartNew();
        service.Until(() => service.Says("serves"), $"it serves {what}", seconds);
        Print($"serves after {watch.Elapsed.TotalSeconds:0.00} s {what}");
    }

    static void Print(FormattableString line) =>
        TestContext.Out.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
