using System.Globalization;
using System.Text.Json;
using Decryptor.Protocol;

namespace Decryptor.EndToEnd.Tests;

/// <summary>
/// Workers and supervisors are killed, stopped and continued at random while uploads come in. Afterwards every job has
/// ended once, with its own text, and nothing is left of the dead. The seed is printed; DECRYPTOR_STORM_SECONDS makes
/// it longer, DECRYPTOR_STORM_SEED repeats one.
/// </summary>
[NonParallelizable]
sealed class StormTests
{
    const int Workers = 8;

    // Uploads that wait at a time: a machine that is busy otherwise gets fewer, and not later.
    const int BacklogMax = 400;

    // Blows a second: with eight workers that are busy half of their time, few jobs meet three.
    const double Fury = 5;

    static readonly object _impatient = new
    {
        workers = Workers,
        rescanSeconds = 0.5,
        deadlines = new { frozenSeconds = 1, stalledSeconds = 2, helloSeconds = 3 },
    };

    [TestCase(false), TestCase(true), CancelAfter(3_600_000)]
    public void Whatever_is_killed_every_job_ends_once_with_its_own_text(bool misbehaving)
    {
        var seed = Setting("DECRYPTOR_STORM_SEED", misbehaving ? 4711 : 4712);
        TestContext.Out.WriteLine($"seed {seed}");
        var storm = new Storm(seed, misbehaving);
        using var scratch = new Scratch();
        var service = Start(scratch, misbehaving);
        try
        {
            service.Until(() => service.Workers().Count == Workers, "all workers live");
            var files = Proc.OpenFiles(service.Pid);
            service = Rage(storm, scratch, service, misbehaving);
            var ended = service.AwaitEnded(storm.Dropped.Count, 180);
            Check(storm, service, ended);
            NothingIsLeft(service, scratch, files);
            Tell(storm, service);
        }
        finally
        {
            service.Dispose();
        }
    }

    static Serving Start(Scratch scratch, bool misbehaving) =>
        new(scratch, misbehaving ? ["--worker-program", Programs.FakeWorker] : [], config: _impatient);

    static int Setting(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } set
            ? int.Parse(set, CultureInfo.InvariantCulture) : otherwise;

    /// <summary>Uploads, kills and restarts until the time is over; the last life is left alone.</summary>
    static Serving Rage(Storm storm, Scratch scratch, Serving service, bool misbehaving)
    {
        var start = DateTime.UtcNow;
        var until = start.AddSeconds(Setting("DECRYPTOR_STORM_SECONDS", 20));
        var room = 0;
        while (DateTime.UtcNow < until || storm.Dropped.Count < 100)
        {
            if (room <= 0) room = Math.Max(0, BacklogMax - storm.Dropped.Count + service.CountEnded());
            if (storm.Blows < (DateTime.UtcNow - start).TotalSeconds * Fury) storm.Strike(service);
            if (room-- > 0 && storm.Drop(scratch) % 200 == 0)
            {
                service.Dispose();
                service = Start(scratch, misbehaving);
            }

            Thread.Sleep(storm.Pause(40));
        }

        return service;
    }

    static void Check(
        Storm storm, Serving service, IReadOnlyDictionary<string, (string Folder, Report Report)> ended)
    {
        Assert.That(ended.Keys, Is.EquivalentTo(storm.Dropped), "each ends, and none twice");
        var deaths = DeathsByName(service);
        var unlucky = 0;
        foreach (var (name, (folder, report)) in ended)
        {
            if (report.Code == FailureCode.Poison.Name)
            {
                // Three of our own blows may meet one job by chance: then this is the right answer, and it keeps its
                // input.
                Assert.That(deaths[name], Is.EqualTo(3), $"{name}: {report.Message}");
                Assert.That(File.ReadAllBytes(Path.Combine(folder, "input")), Is.EqualTo(Storm.Content(name)), name);
                if (!storm.IsDeadly(name)) unlucky++;
                continue;
            }

            Assert.That(storm.IsDeadly(name), Is.False, $"{name} kills every worker");
            Assert.That(TextIn(folder), Is.EqualTo(Storm.Content(name)), $"{name}: {report.Code} {report.Message}");
        }

        TestContext.Out.WriteLine(
            $"{ended.Count} jobs: 0 lost, 0 twice, 0 wrong; {unlucky} met by three blows and quarantined");
        var ends = new[] { "Completed", "Failed" };
        service.Until(() => Jobs(service).TrueForAll(job => ends.Contains(job.State)), "the ledger says so too");
        Assert.That(Jobs(service), Has.Count.EqualTo(storm.Dropped.Count));
    }

    static byte[] TextIn(string folder)
    {
        var texts = Directory.GetFiles(folder)
            .Where(file => Path.GetFileName(file) is not ("report.json" or "input"))
            .Where(file => !OutputNames.IsCrash(Path.GetFileName(file))).ToArray();
        return texts.Length == 1 ? File.ReadAllBytes(texts[0]) : [];
    }

    static Dictionary<string, int> DeathsByName(Serving service) =>
        Jobs(service).ToDictionary(job => job.Source, job => job.Deaths);

    static List<(string Source, string State, int Deaths)> Jobs(Serving service) =>
        [.. Programs.Run("jobs", "--spool", service.Spool, "--json", "--limit", "1000000").Text
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement)
            .Select(job => (
                job.GetProperty("source").GetString()!, job.GetProperty("state").GetString()!,
                job.GetProperty("deaths").GetInt32()))];

    static void NothingIsLeft(Serving service, Scratch scratch, int files)
    {
        service.Until(() => service.Workers().Count == Workers, "the pool is whole again");
        service.Until(() => Proc.ChildrenOf(service.Pid).All(child => child.State != 'Z'), "no zombie is left");
        service.Until(() => Proc.OpenFiles(service.Pid) <= files + 8, "no descriptor is lost");
        service.Until(() => Strangers(service, scratch).Count == 0, "no worker outlives its supervisor");
        Assert.That(Directory.GetFileSystemEntries(scratch["spool/queue"]), Is.Empty);
        Assert.That(Directory.GetFileSystemEntries(scratch["spool/incoming"]), Is.Empty);
        Assert.That(
            Directory.GetFiles(scratch["spool/work"], "*", SearchOption.AllDirectories)
                .Where(file => Path.GetFileName(file) != "probe")
                .Where(file => !file.Contains("/out/0-", StringComparison.Ordinal)),
            Is.Empty);
    }

    // Workers of this spool that are not children of the living supervisor.
    static List<string> Strangers(Serving service, Scratch scratch) =>
        [.. Directory.GetDirectories("/proc").Select(Path.GetFileName).OfType<string>()
            .Where(name => int.TryParse(name, CultureInfo.InvariantCulture, out var pid) && Proc.Lives(pid)
                && Proc.CommandLine(pid).Any(word => word.StartsWith(scratch["spool/work"], StringComparison.Ordinal))
                && !service.Workers().Contains(pid))];

    static void Tell(Storm storm, Serving service)
    {
        var taken = storm.Recoveries(Path.Combine(service.Spool, "ledger.db"));
        if (taken.Count == 0) return;
        double At(double share) => taken[Math.Min(taken.Count - 1, (int)(share * taken.Count))];
        TestContext.Out.WriteLine(
            $"{storm.Blows} blows; SIGKILL of a busy worker to the turn that took its job back, ms, of {taken.Count}: "
            + $"p50 {At(0.5):0.0} p99 {At(0.99):0.0} max {taken[^1]:0.0}");
    }
}
