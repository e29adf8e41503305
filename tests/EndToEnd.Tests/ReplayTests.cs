using Decryptor.Supervisor.Observability;
using Decryptor.Supervisor.Scheduling;

namespace Decryptor.EndToEnd.Tests;

/// <summary>What the flight recorder of a real service keeps is a play that goes as it went.</summary>
sealed class ReplayTests
{
    static Ran Replay(params string[] arguments) => Programs.Run(["replay", .. arguments]);

    [Test, CancelAfter(120_000)]
    public void An_incident_becomes_a_play_that_can_be_kept()
    {
        using var scratch = new Scratch();
        using (var service = new Serving(scratch, ["--worker-program", Programs.FakeWorker, "--workers", "2"]))
        {
            service.AwaitReady();
            Serving.Drop(scratch, "crash-native~1.txt", "some text\n"u8.ToArray());
            Serving.Drop(scratch, "with space and\nline.txt", "some text\n"u8.ToArray());
            Serving.Drop(scratch, "fork-holder~1.txt", "some text\n"u8.ToArray());
            service.AwaitEnded(3);
            service.Send(Proc.SigTerm);
            Assert.That(service.AwaitExit(), Is.Zero, service.Stderr);
        }

        var segment = Directory.GetFiles(scratch["spool/run/flight"]).Single();
        var replayed = Replay(segment);
        Assert.That(replayed.ExitCode, Is.Zero, replayed.ToString());
        Assert.That(replayed.Text, Does.Contain("deaths 1: w").And.Contain("crashed over it: exit 139 (SIGSEGV)"));
        Assert.That(replayed.Text, Does.Contain("Completed attempt 2").And.Contain(@"arrive with\x20space\x20and\x"));
        using var performed = new StringWriter();
        new Script(performed).Perform(replayed.Text.TrimEnd('\n').Split('\n'));
        Assert.That(performed.ToString(), Is.EqualTo(replayed.Text), "what is shown is a play that passes");
        Assert.That(Replay(segment, "--all").Text.Length, Is.GreaterThanOrEqualTo(replayed.Text.Length));
        ReplayItsEnd(scratch, segment);
        ReplayAnother(scratch, replayed.Text);
    }

    static void ReplayItsEnd(Scratch scratch, string segment)
    {
        var last = Replay(segment, "--last", "5");
        Assert.That(last.ExitCode, Is.Zero, last.ToString());
        Assert.That(last.Text, Does.StartWith("at 2").And.Contain("\nstate {"));
        var file = scratch.Write("last.txt", last.Stdout);
        Assert.That(Replay(file).Text, Is.EqualTo(last.Text));
    }

    [Test, CancelAfter(60_000)]
    public void A_full_disk_costs_the_record_and_when_there_is_room_it_goes_on()
    {
        using var scratch = new Scratch();
        using var disk = new SmallDisk(scratch["run"]);
        using var recorder = new FlightRecorder(
            scratch["run/flight"], () => output => output.Write("{}"u8), new() { Pause = TimeSpan.Zero });
        var now = DateTimeOffset.UnixEpoch;
        Event[] events = [new Event.WorkerGone(new(1, 1), new string('x', 1000))];
        var filler = disk.Fill();
        Until(() => recorder.View.Refused is not null, "the disk is full");
        Assert.That(recorder.View.Refused, Does.Contain("No space left on device"));
        File.Delete(filler);
        Until(() => recorder.View is { Refused: null, Segment: not null, Dropped: > 0 }, "it goes on");

        void Until(Func<bool> holds, string what)
        {
            var watch = System.Diagnostics.Stopwatch.StartNew();
            while (!holds())
            {
                Assert.That(watch.Elapsed.TotalSeconds, Is.LessThan(30), what);
                for (var i = 0; i < 100; i++) recorder.Take(now += TimeSpan.FromSeconds(1), events);
                Thread.Sleep(1);
            }
        }
    }

    // One that was written down otherwise than it goes.
    static void ReplayAnother(Scratch scratch, string text)
    {
        var file = scratch.Write("other.txt", System.Text.Encoding.UTF8.GetBytes(
            text.Replace("crashed over it", "slipped away", StringComparison.Ordinal)));
        var other = Replay(file);
        Assert.That(other.ExitCode, Is.EqualTo(1), other.Stderr);
        Assert.That(other.Text, Is.EqualTo(text));
        Assert.That(other.Stderr, Does.Contain("another turn follows than is written there")
            .And.Contain("slipped away").And.Contain("crashed over it"));
    }

    [TestCase("arrive a 1\n----\n\nnonsense\n", "line 4: nothing happens that is called nonsense")]
    [TestCase("state {}\nstate {\"target\":\"many\"}\n", "line 2: ")]
    [TestCase("arrive \xff 1\n", "line 1: it is no text in UTF-8")]
    [CancelAfter(60_000)]
    public void What_is_no_play_is_refused_with_the_line(string text, string said)
    {
        using var scratch = new Scratch();
        var file = scratch.Write("odd.txt", System.Text.Encoding.Latin1.GetBytes(text));
        var ran = Replay(file);
        Assert.That(ran.ExitCode, Is.EqualTo(65), ran.ToString());
        Assert.That(ran.Stderr, Does.Contain(said));
    }

    [Test, CancelAfter(60_000)]
    public void A_file_that_is_not_there_is_66_and_one_too_large_is_not_read()
    {
        using var scratch = new Scratch();
        Assert.That(Replay(scratch["nothing.txt"]).ExitCode, Is.EqualTo(66));
        Assert.That(Replay(scratch.Folder).ExitCode, Is.EqualTo(66));
        using (var large = File.Create(scratch["large.txt"])) large.SetLength(1L << 30);
        var ran = Replay(scratch["large.txt"]);
        Assert.That(ran.ExitCode, Is.EqualTo(76), ran.ToString());
        Assert.That(ran.Stderr, Does.Contain("is larger than 256.0 MiB").And.Contain("hint: "));
        using (var line = File.Create(scratch["line.txt"])) line.SetLength(40L << 20);
        Assert.That(Replay(scratch["line.txt"]).Stderr, Does.Contain("line 1: it has more than"));
    }
}
