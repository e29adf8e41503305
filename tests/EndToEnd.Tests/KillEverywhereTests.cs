using System.Globalization;
using System.Text;
using Decryptor.Supervisor.Storage;

namespace Decryptor.EndToEnd.Tests;

/// <summary>
/// SIGKILL of the supervisor at each step of a turn, on the real disk: after a restart every job has ended once, and
/// its text is whole. Each place of FailPoint is tried at a few of its passages, or at its first DECRYPTOR_DEATHS.
/// </summary>
sealed class KillEverywhereTests
{
    static readonly int _deaths = int.Parse(
        Environment.GetEnvironmentVariable("DECRYPTOR_DEATHS") is { Length: > 0 } set ? set : "0",
        CultureInfo.InvariantCulture);

    // Each job makes a few passages of each place.
    static readonly int _jobs = Math.Max(3, _deaths / 2);

    static IEnumerable<TestCaseData> Places()
    {
        foreach (var place in FailPoint.Places)
        {
            foreach (var passage in Passages(place))
                yield return new TestCaseData($"{place}:{passage}")
                    .SetName($"Killed_at_{place}_{passage}_every_job_ends_once");
        }
    }

    // The first changes on the disk are those of the opening.
    static IEnumerable<int> Passages(string place) =>
        _deaths > 0 ? Enumerable.Range(1, _deaths) : place == "move" ? [1, 14, 18, 22, 26] : [1, 3, 6];

    [TestCaseSource(nameof(Places)), CancelAfter(120_000)]
    public void Killed_at_any_step_every_job_ends_once(string place)
    {
        using var scratch = new Scratch();
        DropAll(scratch);
        using (var first = Start(scratch, place))
        {
            first.Until(() => first.HasExited || first.Ended().Count == _jobs, "it dies, or has nothing more to do");
            first.Send(Proc.SigKill);
            first.AwaitExit();
        }

        AssertAllEnd(scratch);
    }

    [Test, CancelAfter(120_000)]
    public void Killed_in_its_recovery_again_and_again_every_job_ends_once()
    {
        const int killed = 128 + Proc.SigKill;
        using var scratch = new Scratch();
        DropAll(scratch);
        foreach (var place in new[] { "ordered:4", "carry:1", "carry:2", "moved:1", "row:2", "written:1", "turn:2" })
        {
            using var life = Start(scratch, place);
            Assert.That(life.AwaitExit(), Is.EqualTo(killed), $"{place}\n{life.Stderr}");
        }

        AssertAllEnd(scratch);
    }

    [Test, CancelAfter(60_000)]
    public void Held_at_a_place_for_ever_it_still_writes_its_status_and_the_next_start_goes_on()
    {
        using var scratch = new Scratch();
        DropAll(scratch);
        using (var wedged = new Serving(scratch, ["--workers", "2"], new() { ["DECRYPTOR_WEDGE_AT"] = "committed:3" }))
        {
            wedged.Until(() => wedged.Says("serves"), "it serves");
            var page = Path.Combine(scratch["spool"], "run", "status.txt");
            for (var writes = 0; writes < 3; writes++)
            {
                var before = File.Exists(page) ? File.GetLastWriteTimeUtc(page) : DateTime.MinValue;
                wedged.Until(
                    () => File.Exists(page) && File.GetLastWriteTimeUtc(page) > before, "the status is written again");
            }

            Assert.That(wedged.Ended(), Has.Count.LessThan(_jobs));
            wedged.Send(Proc.SigKill);
            wedged.AwaitExit();
        }

        AssertAllEnd(scratch);
    }

    static Serving Start(Scratch scratch, string dieAt) =>
        new(scratch, ["--workers", "2"], new() { ["DECRYPTOR_DIE_AT"] = dieAt });

    static void DropAll(Scratch scratch)
    {
        for (var i = 0; i < _jobs; i++) Serving.Drop(scratch, $"{i}.{(i == 0 ? "bin" : "txt")}", Content(i));
    }

    static void AssertAllEnd(Scratch scratch)
    {
        using var last = new Serving(scratch, ["--workers", "2"]);
        var ended = last.AwaitEnded(_jobs);
        Assert.That(ended["0.bin"].Report.State, Is.EqualTo("Failed"));
        for (var i = 1; i < _jobs; i++)
        {
            var (folder, report) = ended[$"{i}.txt"];
            Assert.That(File.ReadAllBytes(Path.Combine(folder, report.Files.Single().Path!)), Is.EqualTo(Content(i)));
        }

        last.Until(() => AllEnded(last), "the ledger says so too");
        last.Until(
            () => File.Exists(Path.Combine(last.Ended()["0.bin"].Folder, "input")),
            "the failed one's input is kept");
        Assert.That(last.Ended(), Has.Count.EqualTo(_jobs), "nothing ends twice");
        Assert.That(Directory.GetFileSystemEntries(scratch["spool/queue"]), Is.Empty);
        Assert.That(last.Says("is damaged"), Is.False);
    }

    static byte[] Content(int i) => i == 0 ? [0, 1, 2, 0, 255] : Encoding.UTF8.GetBytes($"the text of upload {i}\n");

    static bool AllEnded(Serving service)
    {
        var states = service.Jobs().Select(job => job.GetProperty("state").GetString()).ToList();
        return states.Count == _jobs && states.TrueForAll(state => state is "Completed" or "Failed");
    }
}
