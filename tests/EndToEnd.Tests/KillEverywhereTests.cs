using System.Text;

namespace Decryptor.EndToEnd.Tests;

/// <summary>
/// SIGKILL of the supervisor at each step of a turn, on the real disk: after a restart every job has ended once, and
/// its text is whole. The places are those of FailPoint; each is tried at its first passages.
/// </summary>
sealed class KillEverywhereTests
{
    const int Jobs = 3;

    static IEnumerable<TestCaseData> Places()
    {
        foreach (var (place, passages) in new[] { ("move", 24), ("moved", 8), ("committed", 8), ("ordered", 8) })
            for (var passage = 1; passage <= passages; passage++)
                yield return new TestCaseData($"{place}:{passage}")
                    .SetName($"Killed_at_{place}_{passage}_every_job_ends_once");
    }

    [TestCaseSource(nameof(Places)), CancelAfter(60_000)]
    public void Killed_at_any_step_every_job_ends_once(string place)
    {
        using var scratch = new Scratch();
        for (var i = 0; i < Jobs; i++) Serving.Drop(scratch, $"{i}.{(i == 0 ? "bin" : "txt")}", Content(i));
        using (var first = new Serving(scratch, ["--workers", "2"], new() { ["DECRYPTOR_DIE_AT"] = place }))
        {
            first.Until(() => first.HasExited || first.Ended().Count == Jobs, "it dies, or has nothing more to do");
            first.Send(Proc.SigKill);
            first.AwaitExit();
        }

        using var second = new Serving(scratch, ["--workers", "2"]);
        var ended = second.AwaitEnded(Jobs);
        Assert.That(ended["0.bin"].Report.State, Is.EqualTo("Failed"));
        for (var i = 1; i < Jobs; i++)
        {
            var (folder, report) = ended[$"{i}.txt"];
            Assert.That(File.ReadAllBytes(Path.Combine(folder, report.Files.Single().Path!)), Is.EqualTo(Content(i)));
        }

        second.Until(() => AllEnded(second), "the ledger says so too");
        second.Until(
            () => File.Exists(Path.Combine(second.Ended()["0.bin"].Folder, "input")),
            "the failed one's input is kept");
        Assert.That(second.Ended(), Has.Count.EqualTo(Jobs), "nothing ends twice");
        Assert.That(Directory.GetFileSystemEntries(scratch["spool/queue"]), Is.Empty);
    }

    static byte[] Content(int i) => i == 0 ? [0, 1, 2, 0, 255] : Encoding.UTF8.GetBytes($"the text of upload {i}\n");

    static bool AllEnded(Serving service)
    {
        var states = service.Jobs().Select(job => job.GetProperty("state").GetString()).ToList();
        return states.Count == Jobs && states.TrueForAll(state => state is "Completed" or "Failed");
    }
}
