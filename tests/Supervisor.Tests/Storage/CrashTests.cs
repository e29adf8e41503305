using Decryptor.Protocol;
using Decryptor.Supervisor.Scheduling;
using Decryptor.Supervisor.Storage;

namespace Decryptor.Supervisor.Tests.Storage;

/// <summary>
/// The supervisor ends at every single change of the disk, and again while it recovers from that: afterwards each
/// upload has ended once, with a report, and nothing is left lying about.
/// </summary>
[CancelAfter(120_000)]
sealed class CrashTests
{
    static readonly string[] Uploads = ["bad.xlog", "deadly.xlog", "good.xlog", "partial.xlog", "starving.xlog"];

    [Test]
    public void Whatever_the_moment_of_the_crash_every_upload_ends_once()
    {
        var changes = 0;
        while (!Survives(changes, changes % 23)) changes++;
        TestContext.Out.WriteLine($"{changes} moments");
        Assert.That(changes, Is.GreaterThan(60));
    }

    [Test]
    public void The_moments_between_the_steps_of_a_recovery_are_no_different()
    {
        for (var first = 5; first < 125; first += 12)
        {
            for (var again = 0; again < 24; again += 2) Survives(first, again);
        }
    }

    // True if the first life was not cut short.
    static bool Survives(int firstLife, int secondLife)
    {
        using var scratch = new Scratch(inMemory: true);
        foreach (var upload in Uploads) scratch.Write($"spool/incoming/{upload}", "abc");
        var fed = new HashSet<long>();
        var whole = Live(scratch, firstLife, fed);
        if (!whole) Live(scratch, secondLife, fed);
        Assert.That(Live(scratch, int.MaxValue, fed), Is.True);
        Check(scratch, $"after {firstLife} and {secondLife} changes");
        return whole;
    }

    static bool Live(Scratch scratch, int changes, HashSet<long> fed)
    {
        try
        {
            using var world = new World(scratch, changes, fed);
            world.Live();
            return true;
        }
        catch (WorldEndedException)
        {
            return false;
        }
    }

    static void Check(Scratch scratch, string when)
    {
        using var reader = JobLedger.OpenForReading($"{scratch.Path}/ledger.db");
        var jobs = reader.List();
        Assert.That(jobs.Select(job => job.Source).Order(StringComparer.Ordinal), Is.EqualTo(Uploads), when);
        foreach (var job in jobs)
        {
            var completed = job.Source is "good.xlog" or "partial.xlog" or "starving.xlog";
            Assert.That(job.State, Is.EqualTo(completed ? JobState.Completed : JobState.Failed),
                $"{job.Source} {when}");
            var folder = $"{scratch.SpoolPath}/{(completed ? "completed" : "failed")}/{job.Id}";
            var report = Report.FromJson(File.ReadAllBytes($"{folder}/report.json"));
            Assert.That(report.State, Is.EqualTo(job.State.ToString()), $"{job.Source} {when}");
            Assert.That(File.Exists($"{folder}/input"), Is.EqualTo(!completed), $"{job.Source} {when}");
            if (completed) Assert.That((job.Outcome, job.Code), Is.EqualTo(((Outcome?)Outcome.Complete, "")), when);
            if (job.Source != "deadly.xlog") continue;

            // The row of the last death may have been lost where the report that it led to was not.
            Assert.That(job.Code, Is.EqualTo("POISON"), when);
            Assert.That(job.Deaths, Is.InRange(2, 3), when);
            Assert.That(Directory.GetFiles(folder, "crash-*.json"), Has.Length.AtLeast(3), when);
        }

        Assert.That(scratch.In("incoming"), Is.Empty, when);
        Assert.That(scratch.In("queue"), Is.Empty, when);
        Assert.That(scratch.In("work").Where(path => path.Contains('~')), Is.Empty, when);
        Assert.That(scratch.In("run/crashes"), Is.Empty, when);
        Assert.That(scratch.In("completed"), Has.Length.EqualTo(6), when);
        Assert.That(scratch.In("failed").Where(name => !OutputNames.IsCrash(Path.GetFileName(name))),
            Has.Exactly(6).Items, when);
    }
}
