using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Decryptor.EndToEnd.Tests;

/// <summary>
/// Workers and supervisors are killed and stopped at random while uploads come in. Afterwards every job has ended once,
/// with its own text, and nothing is left of the dead. The seed is printed; DECRYPTOR_STORM_SECONDS makes it longer,
/// DECRYPTOR_STORM_SEED repeats one.
/// </summary>
[NonParallelizable]
sealed class StormTests
{
    static readonly object _impatient = new
    {
        workers = 4,
        deadlines = new { frozenSeconds = 1, stalledSeconds = 2, helloSeconds = 3 },
        rescanSeconds = 0.5,
    };

    static readonly string[] _deeds =
        ["ok", "ok", "ok", "crash-native~1", "exit0~1", "garbage~1", "finished-exit0", "ask"];

    readonly List<string> _dropped = [];
    readonly HashSet<string> _poison = [];
    Random _random = new(0);

    [TestCase(false), TestCase(true), CancelAfter(3_600_000)]
    public void Whatever_is_killed_every_job_ends_once_with_its_own_text(bool misbehaving)
    {
        Begin(misbehaving);
        using var scratch = new Scratch();
        var service = Start(scratch, misbehaving);
        try
        {
            service.Until(() => service.Workers().Count == 4, "four workers live");
            var files = Proc.OpenFiles(service.Pid);
            service = Rage(scratch, service, misbehaving);
            var ended = service.AwaitEnded(_dropped.Count, 120);
            Check(service, ended);
            NothingIsLeft(service, scratch, files);
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

    static byte[] Content(string name)
    {
        var lines = name.Length * 7919 % 4000;
        var text = string.Concat(Enumerable.Range(0, lines).Select(i => $"{name} line {i}\n"));
        return Encoding.UTF8.GetBytes($"{text}end of {name}\n");
    }

    void Begin(bool misbehaving)
    {
        var seed = Setting("DECRYPTOR_STORM_SEED", misbehaving ? 4711 : 4712);
        TestContext.Out.WriteLine($"seed {seed}");
        _random = new(seed);
        _dropped.Clear();
        _poison.Clear();
    }

    /// <summary>Uploads, kills and restarts until the time is over; the last life is left alone.</summary>
    Serving Rage(Scratch scratch, Serving service, bool misbehaving)
    {
        var until = DateTime.UtcNow.AddSeconds(Setting("DECRYPTOR_STORM_SECONDS", 8));
        while (DateTime.UtcNow < until || _dropped.Count < 100)
        {
            Drop(scratch, misbehaving);
            var dice = _random.Next(100);
            if (dice < 15 && service.Workers() is { Count: > 0 } workers)
                Proc.Send(workers[_random.Next(workers.Count)], dice < 4 ? Proc.SigStop : Proc.SigKill);
            if (dice == 99 || _dropped.Count % 60 == 0)
            {
                service.Dispose();
                service = Start(scratch, misbehaving);
            }

            Thread.Sleep(_random.Next(40));
        }

        return service;
    }

    void Drop(Scratch scratch, bool misbehaving)
    {
        var number = _dropped.Count;
        var deed = !misbehaving ? "job"
            : number % 50 == 49 ? "kill-self" : _deeds[_random.Next(_deeds.Length)];
        // FakeWorker takes its deed from the name without its extension.
        var name = $"{deed}.{number}";
        if (deed == "kill-self") _poison.Add(name);
        _dropped.Add(name);
        Serving.Drop(scratch, name, Content(name));
    }

    void Check(Serving service, IReadOnlyDictionary<string, (string Folder, Protocol.Report Report)> ended)
    {
        Assert.That(ended.Keys, Is.EquivalentTo(_dropped), "each ends, and none twice");
        var unlucky = 0;
        foreach (var (name, (folder, report)) in ended)
        {
            if (report.Code == "POISON")
            {
                // Three of our own kills may meet one job by chance; it must have had its chances, and keep its input.
                Assert.That(report.Attempts, Is.GreaterThanOrEqualTo(3), name);
                Assert.That(File.ReadAllBytes(Path.Combine(folder, "input")), Is.EqualTo(Content(name)), name);
                if (!_poison.Contains(name)) unlucky++;
                continue;
            }

            Assert.That(_poison, Does.Not.Contain(name), "it kills every worker");
            Assert.That(TextIn(folder), Is.EqualTo(Content(name)), $"{name}: {report.Code} {report.Message}");
        }

        TestContext.Out.WriteLine($"{ended.Count} jobs, {unlucky} of them met by three kills");
        Assert.That(unlucky, Is.LessThanOrEqualTo(ended.Count / 50));

        var ends = new[] { "Completed", "Failed" };
        service.Until(() => Jobs(service).TrueForAll(ends.Contains), "the ledger says so too");
        Assert.That(Jobs(service), Has.Count.EqualTo(_dropped.Count));
    }

    static byte[] TextIn(string folder)
    {
        var texts = Directory.GetFiles(folder)
            .Where(file => Path.GetFileName(file) is var name && name is not ("report.json" or "input")
                && !Protocol.OutputNames.IsCrash(name)).ToArray();
        return texts.Length == 1 ? File.ReadAllBytes(texts[0]) : [];
    }

    static List<string> Jobs(Serving service) =>
        [.. Programs.Run("jobs", "--spool", service.Spool, "--json", "--limit", "100000").Text
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("state").GetString()!)];

    static void NothingIsLeft(Serving service, Scratch scratch, int files)
    {
        service.Until(() => service.Workers().Count == 4, "the pool is whole again");
        service.Until(() => Proc.ChildrenOf(service.Pid).All(child => child.State != 'Z'), "no zombie is left");
        service.Until(() => Proc.OpenFiles(service.Pid) <= files + 4, "no descriptor is lost");
        service.Until(() => Strangers(service, scratch).Count == 0, "no worker outlives its supervisor");
        Assert.That(Directory.GetFileSystemEntries(scratch["spool/queue"]), Is.Empty);
        Assert.That(Directory.GetFileSystemEntries(scratch["spool/incoming"]), Is.Empty);
        Assert.That(Directory.GetFiles(scratch["spool/work"], "*", SearchOption.AllDirectories), Is.Empty);
    }

    // Workers of this spool that are not children of the living supervisor.
    static List<string> Strangers(Serving service, Scratch scratch) =>
        [.. Directory.GetDirectories("/proc").Select(Path.GetFileName).OfType<string>()
            .Where(name => int.TryParse(name, CultureInfo.InvariantCulture, out var pid) && Proc.Lives(pid)
                && Proc.CommandLine(pid).Any(word => word.StartsWith(scratch["spool/work"], StringComparison.Ordinal))
                && !service.Workers().Contains(pid))];
}
