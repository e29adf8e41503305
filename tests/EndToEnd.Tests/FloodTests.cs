namespace Decryptor.EndToEnd.Tests;

/// <summary>More jobs than may wait in memory, at a real service.</summary>
[CancelAfter(180_000)]
sealed class FloodTests
{
    const string KeyA = "xlog 4c269abe1751bb73126f268d3062fed3d234fe2e032afe5a9400ea401f4a9e96";

    [Test]
    public void Far_more_uploads_than_may_wait_are_all_decrypted_once()
    {
        const int files = 600;
        using var scratch = new Scratch();
        foreach (var tenant in new[] { "flood", "calm" })
            Directory.CreateDirectory(scratch[$"spool/incoming/{tenant}"]);
        for (var i = 0; i < files; i++) scratch.Write($"spool/incoming/flood/{i}.txt", "some text\n"u8.ToArray());
        using var service = new Serving(
            scratch, ["--worker-program", Programs.FakeWorker],
            config: new { workers = 2, fairness = new { waitingMax = 20 } });
        service.AwaitReady();
        Serving.Drop(scratch, "calm/urgent.txt", "more text\n"u8.ToArray());
        var most = 0;
        service.Until(() =>
        {
            most = Math.Max(most, Directory.GetFiles(scratch["spool/queue"]).Length);
            return Directory.GetDirectories(scratch["spool/completed"]).Length == files + 1;
        }, "all are completed", seconds: 150);
        Assert.That(service.Ended().Keys.Select(name => name.Split(' ')[0]).Distinct().Count(), Is.EqualTo(files + 1));
        Assert.That(most, Is.LessThanOrEqualTo(60));
        TestContext.Out.WriteLine($"at most {most} jobs waited");
    }

    [Test]
    public void Jobs_that_wait_for_a_key_come_back_as_there_is_room()
    {
        const int files = 60;
        var file = File.ReadAllBytes(Path.Combine(Programs.NeedCorpus("xlog/good"), "async-zlib-crypt-4k.xlog"));
        using var scratch = new Scratch();
        var ring = scratch.Ring("# empty for now");
        for (var i = 0; i < files; i++) scratch.Write($"spool/incoming/{i}.xlog", file);
        using var service = new Serving(
            scratch, ["--keys", ring], config: new { workers = 2, fairness = new { waitingMax = 10 } });
        service.Until(() => Directory.Exists(scratch["spool/failed"])
            && Directory.GetDirectories(scratch["spool/failed"]).Length == files, "all fail", seconds: 120);
        File.WriteAllText(Path.Combine(ring, "ring"), KeyA);
        service.Send(Proc.SigHup);
        var most = 0;
        service.Until(() =>
        {
            most = Math.Max(most, Directory.GetFiles(scratch["spool/queue"]).Length);
            return Directory.GetDirectories(scratch["spool/completed"]).Length == files;
        }, "all are completed", seconds: 120);
        Assert.That(most, Is.LessThanOrEqualTo(30));
    }
}
