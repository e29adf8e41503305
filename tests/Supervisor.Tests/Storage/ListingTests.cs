using Decryptor.Protocol;
using Decryptor.Supervisor.Scheduling;
using Decryptor.Supervisor.Storage;

namespace Decryptor.Supervisor.Tests.Storage;

/// <summary>What is found at the start, whoever put it there.</summary>
sealed class ListingTests
{
    Scratch _scratch;
    Spool _spool;

    [SetUp]
    public void SetUp()
    {
        _scratch = new();
        _spool = _scratch.OpenSpool();
    }

    [TearDown]
    public void TearDown()
    {
        _spool.Dispose();
        _scratch.Dispose();
    }

    [Test]
    public void Inputs_are_found_where_they_are()
    {
        _scratch.Write("spool/queue/4~acme~a%7Eb.xlog", "abc");
        _scratch.Write("spool/work/w2.9/in/5~~c.xlog", "abcd");
        var listing = _spool.List([]);
        Assert.That(listing.Queued, Is.EqualTo(new[] { new FoundInput(4, "a~b.xlog", "acme", 3) }));
        Assert.That(listing.Work[new(2, 9)], Is.EqualTo(new[] { new FoundInput(5, "c.xlog", "", 4) }));
        Assert.That(listing.HighestJob, Is.EqualTo(5));
        Assert.That(_spool.Warnings, Is.Empty);
    }

    [Test]
    public void What_nobody_here_has_put_there_is_named_and_left_alone()
    {
        foreach (var name in new[] { "queue/notes.txt", "work/lost+found/x", "failed/readme", "work/w1.2/in/hello" })
            _scratch.Write($"spool/{name}", "");
        File.CreateSymbolicLink($"{_scratch.SpoolPath}/queue/3~~link.xlog", "/etc/passwd");
        var listing = _spool.List([]);
        Assert.That(listing.Queued, Is.Empty);
        Assert.That(listing.Work.Keys, Is.EqualTo(new[] { new Incarnation(1, 2) }));
        Assert.That(listing.HighestJob, Is.EqualTo(3));
        Assert.That(_spool.Warnings, Has.Count.EqualTo(5));
        Assert.That(File.Exists($"{_scratch.SpoolPath}/queue/notes.txt"), Is.True);
    }

    [Test]
    public void Two_inputs_of_one_number_are_one_and_a_warning()
    {
        _scratch.Write("spool/queue/4~~a.xlog", "abc");
        _scratch.Write("spool/queue/4~~b.xlog", "abc");
        _scratch.Write("spool/work/w1.1/in/4~~a.xlog", "abc");
        var listing = _spool.List([]);
        Assert.That(listing.Queued.Count + listing.Work[new(1, 1)].Count, Is.EqualTo(1));
        Assert.That(_spool.Warnings, Has.Count.EqualTo(2));
    }

    [Test]
    public void Reports_of_open_jobs_are_read_and_the_room_says_what_became_of_them()
    {
        WriteReport("completed/1",
            new() { Id = "1", Source = "a", State = "Failed", Outcome = "failed", Code = "NONSENSE" });
        WriteReport("failed/2",
            new() { Id = "2", Source = "b", State = "Completed", Outcome = "complete", BytesOut = -5 });
        WriteReport("completed/3", new() { Id = "3", Source = "c", State = "Completed", Outcome = "complete" });
        var published = _spool.List([1, 2, 99]).Published;
        Assert.That(published.Keys, Is.EquivalentTo(new[] { 1L, 2L }));
        Assert.That((published[1].State, published[1].Outcome, published[1].Code),
            Is.EqualTo(("Completed", "partial", (string?)null)));
        Assert.That((published[2].State, published[2].Outcome, published[2].Code, published[2].BytesOut),
            Is.EqualTo(("Failed", "failed", "INTERNAL", 0L)));
    }

    [Test]
    public void A_report_that_is_none_is_not_believed_and_holds_nothing_up()
    {
        _scratch.Write("spool/completed/1/report.json", "{\"id\":");
        Directory.CreateDirectory($"{_scratch.SpoolPath}/completed/2");
        File.CreateSymbolicLink($"{_scratch.SpoolPath}/completed/2/report.json", "/dev/zero");
        Scratch.Shell($"mkdir {_scratch.SpoolPath}/completed/3 && mkfifo {_scratch.SpoolPath}/completed/3/report.json");
        Directory.CreateDirectory($"{_scratch.SpoolPath}/completed/4");
        Scratch.Shell($"truncate -s 17M {_scratch.SpoolPath}/completed/4/report.json");
        Assert.That(_spool.List([1, 2, 3, 4]).Published, Is.Empty);
        Assert.That(_spool.Warnings, Has.Count.EqualTo(4));
    }

    [Test]
    public void What_was_broken_off_is_mended()
    {
        _scratch.Write("spool/failed/.new-1/report.json", "{}");
        _scratch.Write("spool/failed/.old-2/input", "abc");
        _scratch.Write("spool/failed/.old-3/report.json", "{}");
        _scratch.Write("spool/completed/.gone-4/report.json", "{}");
        Assert.That(_spool.List([]).HighestJob, Is.EqualTo(4));
        Assert.That(_scratch.In("failed"), Is.EqualTo(new[] { "2", "2/input" }));
        Assert.That(_scratch.In("completed"), Is.Empty);
        Assert.That(_spool.Warnings, Is.Empty);
    }

    void WriteReport(string folder, Report report)
    {
        Directory.CreateDirectory($"{_scratch.SpoolPath}/{folder}");
        File.WriteAllBytes($"{_scratch.SpoolPath}/{folder}/report.json", report.ToJson());
    }
}
