using Decryptor.Protocol;
using Decryptor.Supervisor.Scheduling;
using Decryptor.Supervisor.Storage;

namespace Decryptor.Supervisor.Tests.Storage;

/// <summary>What is found at the start, whoever put it there.</summary>
sealed class ListingTests : OnSpool
{
    [Test]
    public void Inputs_are_found_where_they_are()
    {
        Home.Write("spool/queue/4~acme~a%7Eb.xlog", "abc");
        Home.Write(Path.Combine(Held, "w2.9", "in", "5~~c.xlog"), "abcd");
        var listing = Spool.List([]);
        Assert.That(listing.Queued, Is.EqualTo(new[] { new FoundInput(4, "a~b.xlog", "acme", 3) }));
        Assert.That(listing.Work[new(2, 9)], Is.EqualTo(new[] { new FoundInput(5, "c.xlog", "", 4) }));
        Assert.That(listing.HighestJob, Is.EqualTo(5));
        Assert.That(Spool.Warnings, Is.Empty);
    }

    [Test]
    public void What_nobody_here_has_put_there_is_named_and_left_alone()
    {
        foreach (var name in new[] { "queue/notes.txt", "work/lost+found/x", "failed/readme", "work/w1.2/in/hello" })
            Home.Write($"spool/{name}", "");
        File.CreateSymbolicLink($"{Home.SpoolPath}/queue/3~~link.xlog", "/etc/passwd");
        var listing = Spool.List([]);
        Assert.That(listing.Queued, Is.Empty);
        Assert.That(listing.Work.Keys, Is.EqualTo(new[] { new Incarnation(1, 2) }));
        Assert.That(listing.HighestJob, Is.EqualTo(3));
        Assert.That(Spool.Warnings, Has.Count.EqualTo(5));
        Assert.That(File.Exists($"{Home.SpoolPath}/queue/notes.txt"), Is.True);
    }

    [Test]
    public void Two_inputs_of_one_number_are_one_and_a_warning()
    {
        Home.Write("spool/queue/4~~a.xlog", "abc");
        Home.Write("spool/queue/4~~b.xlog", "abc");
        Home.Write(Path.Combine(Held, "w1.1", "in", "4~~a.xlog"), "abc");
        var listing = Spool.List([]);
        Assert.That(listing.Queued.Count + listing.Work[new(1, 1)].Count, Is.EqualTo(1));
        Assert.That(Spool.Warnings, Has.Count.EqualTo(2));
    }

    [Test]
    public void Reports_of_open_jobs_are_read_and_the_room_says_what_became_of_them()
    {
        WriteReport("completed/1",
            new() { Id = "1", Source = "a", State = "Failed", Outcome = "failed", Code = "NONSENSE" });
        WriteReport("failed/2",
            new() { Id = "2", Source = "b", State = "Completed", Outcome = "complete", BytesOut = -5 });
        WriteReport("completed/3", new() { Id = "3", Source = "c", State = "Completed", Outcome = "complete" });
        var published = Spool.List([1, 2, 99]).Published;
        Assert.That(published.Keys, Is.EquivalentTo(new[] { 1L, 2L }));
        Assert.That((published[1].State, published[1].Outcome, published[1].Code),
            Is.EqualTo(("Completed", "partial", (string?)null)));
        Assert.That((published[2].State, published[2].Outcome, published[2].Code, published[2].BytesOut),
            Is.EqualTo(("Failed", "failed", "INTERNAL", 0L)));
    }

    [Test]
    public void A_report_that_is_none_is_not_believed_and_holds_nothing_up()
    {
        Home.Write("spool/completed/1/report.json", "{\"id\":");
        Directory.CreateDirectory($"{Home.SpoolPath}/completed/2");
        File.CreateSymbolicLink($"{Home.SpoolPath}/completed/2/report.json", "/dev/zero");
        Scratch.Shell($"mkdir {Home.SpoolPath}/completed/3 && mkfifo {Home.SpoolPath}/completed/3/report.json");
        Directory.CreateDirectory($"{Home.SpoolPath}/completed/4");
        Scratch.Shell($"truncate -s 17M {Home.SpoolPath}/completed/4/report.json");
        Assert.That(Spool.List([1, 2, 3, 4]).Published, Is.Empty);
        Assert.That(Spool.Warnings, Has.Count.EqualTo(4));
    }

    [Test]
    public void What_was_broken_off_is_mended()
    {
        Home.Write("spool/failed/.new-1/report.json", "{}");
        Home.Write("spool/failed/.old-2/input", "abc");
        Home.Write("spool/failed/.old-3/report.json", "{}");
        Home.Write("spool/completed/.gone-4/report.json", "{}");
        Assert.That(Spool.List([]).HighestJob, Is.EqualTo(4));
        Assert.That(Home.In("failed"), Is.EqualTo(new[] { "2", "2/input" }));
        Assert.That(Home.In("completed"), Is.Empty);
        Assert.That(Spool.Warnings, Is.Empty);
    }

    void WriteReport(string folder, Report report)
    {
        Directory.CreateDirectory($"{Home.SpoolPath}/{folder}");
        File.WriteAllBytes($"{Home.SpoolPath}/{folder}/report.json", report.ToJson());
    }
}
