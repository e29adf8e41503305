using System.Diagnostics;
using Decryptor.Protocol;
using Decryptor.Supervisor.Observability;
using Decryptor.Supervisor.Scheduling;
using Decryptor.Supervisor.Tests.Storage;

namespace Decryptor.Supervisor.Tests;

sealed class FlightRecorderTests
{
    static readonly DateTimeOffset _start = new(2026, 11, 23, 9, 0, 0, TimeSpan.Zero);

    /// <summary>Some hundred steps of a scheduler with one worker, and what each time followed.</summary>
    static string Live(FlightRecorder recorder, int steps)
    {
        var turns = new StringWriter();
        var scheduler = new Scheduler(new() { Workers = 1 }, new());
        var worker = new Incarnation(1, 1);
        var now = _start;
        for (var i = 0; i < steps; i++)
        {
            now += TimeSpan.FromTicks(12_345_678 + i);
            Event[] events = i switch
            {
                0 => [new Event.JobArrived("t/a b\n", "a b\n", "t", 7, false)],
                1 => [new Event.WorkerSaid(worker, new Hello(Message.Version, worker, "", "", ""))],
                _ => [new Event.WorkerSaid(worker, new Progress(new(1, 1, worker), i, 0, 0))],
            };
            recorder.Take(now, events);
            foreach (var line in Notation.Lines(scheduler.Step(now, events))) turns.WriteLine(line);
        }

        return turns.ToString();
    }

    static string Flight(Scratch scratch) => $"{scratch.Path}/flight";

    static Action<Stream> NoState() => OneWorker;

    static void OneWorker(Stream output) =>
        NotedJson.Write(output, SchedulerState.Of(new() { Workers = 1 }, new()));

    static string[] Segments(string folder) => [.. Directory.GetFiles(folder, "*.txt").Order()];

    [Test]
    public void What_was_recorded_is_a_play_and_decides_the_same()
    {
        using var scratch = new Scratch();
        string turns;
        using (var recorder = new FlightRecorder(Flight(scratch), NoState)) turns = Live(recorder, 300);
        var recorded = File.ReadAllText(Segments(Flight(scratch)).Single());
        var performed = Scheduling.Play.Perform(recorded);
        var follows = performed.Split('\n').Where(line => line.StartsWith("  ", StringComparison.Ordinal))
            .Select(line => line[2..])
            .Where(line => line != "nothing" && !line.StartsWith("wake", StringComparison.Ordinal));
        Assert.That(string.Join('\n', follows) + "\n", Is.EqualTo(turns));
        Assert.That(Scheduling.Play.Perform(performed), Is.EqualTo(performed), "and what replay shows is a play too");
    }

    [Test]
    public void A_play_may_begin_anywhere_with_the_state_of_the_scheduler()
    {
        var folder = Path.Combine(Repository.Root, "tests", "Supervisor.Tests", "Transcripts");
        foreach (var file in Directory.GetFiles(folder, "*.txt"))
        {
            var lines = File.ReadAllLines(file);
            var whole = Perform(lines, 0, out var steps);
            for (var first = 1; first < steps; first++)
            {
                var part = Perform(lines, first, out _);
                var begun = part[(part.IndexOf("\n\n", StringComparison.Ordinal) + 2)..];
                Assert.That(whole, Does.EndWith(begun), $"{file} from step {first} on");
                if (NamesJobs(part)) continue;
                Assert.That(Perform(part.TrimEnd('\n').Split('\n'), 0, out _), Is.EqualTo(part));
            }
        }
    }

    // Of jobs that ended before it begins a part knows nothing; a recorder would have told it.
    static bool NamesJobs(string part) =>
        part.Contains("keys changed 1", StringComparison.Ordinal)
        || part.Contains("\noperator ", StringComparison.Ordinal);

    static string Perform(string[] lines, long leaveOut, out long steps)
    {
        using var output = new StringWriter();
        var script = new Script(output) { LeaveOutFirst = leaveOut };
        script.Perform(lines);
        steps = script.Steps;
        return output.ToString();
    }

    [Test]
    public void Segments_follow_each_other_and_the_oldest_make_room()
    {
        using var scratch = new Scratch();
        var sizes = new FlightSizes { SegmentBytes = 2_000, TotalBytes = 10_000 };
        using (var recorder = new FlightRecorder(Flight(scratch), NoState, sizes))
        {
            Until(() =>
            {
                Live(recorder, 20);
                return recorder.View.Segment is { } segment && Number(segment) >= 20;
            }, "twenty segments are full");
        }

        var segments = Segments(Flight(scratch));
        Assert.That(Number(segments[0]), Is.GreaterThan(1));
        Assert.That(segments.Select(Number), Is.EqualTo(Enumerable.Range(Number(segments[0]), segments.Length)));
        Assert.That(segments.Select(File.ReadAllLines).Select(lines => lines[2]), Is.All.StartsWith("state {"));
    }

    static int Number(string segment) => int.Parse(Path.GetFileNameWithoutExtension(segment), null);

    [Test]
    public void A_service_that_cannot_stay_up_does_not_wipe_out_what_it_was_at_first()
    {
        using var scratch = new Scratch();
        var sizes = new FlightSizes { Segments = 5 };
        for (var i = 0; i < 9; i++)
            using (var recorder = new FlightRecorder(Flight(scratch), NoState, sizes)) Live(recorder, 2);
        Assert.That(Segments(Flight(scratch)).Select(Number), Is.EqualTo(new[] { 5, 6, 7, 8, 9 }));
    }

    [Test]
    public void What_cannot_be_kept_is_counted_and_the_next_segment_says_so()
    {
        using var scratch = new Scratch();
        var stuck = new ManualResetEventSlim();
        var first = true;
        Action<Stream> Capture()
        {
            if (!first) return OneWorker;
            first = false;
            return output =>
            {
                stuck.Wait();
                OneWorker(output);
            };
        }

        using (var recorder = new FlightRecorder(Flight(scratch), Capture, new() { Waiting = 50 }))
        {
            Live(recorder, 200);
            stuck.Set();
            Until(() => recorder.View.Segment is not null, "it writes");
            Live(recorder, 10);
            Until(() => recorder.View.Dropped > 0, "it has written more");
        }

        var segments = Segments(Flight(scratch));
        Assert.That(segments, Has.Length.GreaterThan(1));
        foreach (var later in segments[1..])
            Assert.That(File.ReadLines(later).ElementAt(1), Does.Match("^# before it, [0-9]+ steps are missing$"));
    }

    [Test]
    public void A_disk_that_refuses_costs_the_record_and_nothing_else()
    {
        using var scratch = new Scratch();
        File.WriteAllText(Flight(scratch), "a file where the folder should be");
        using var recorder = new FlightRecorder(Flight(scratch), NoState, new() { Pause = TimeSpan.Zero });
        Live(recorder, 10);
        Until(() => recorder.View is { Refused: not null, Dropped: 10 }, "the disk has refused");
        Assert.That(recorder.View.Segment, Is.Null);
        File.Delete(Flight(scratch));
        Until(() =>
        {
            Live(recorder, 1);
            return recorder.View is { Refused: null, Segment: not null };
        }, "it goes on by itself");
    }

    [Test, Explicit("a measurement")]
    public void What_a_step_costs_the_loop()
    {
        using var scratch = new Scratch();
        using var recorder = new FlightRecorder(Flight(scratch), NoState, new() { Waiting = 10_000_000 });
        Live(recorder, 10_000);
        var worker = new Incarnation(1, 1);
        Event[] events = [new Event.WorkerSaid(worker, new Progress(new(1, 1, worker), 1_000_000, 2_000_000, 300_000))];
        const int count = 1_000_000;
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < count; i++) recorder.Take(_start.AddTicks(i), events);
        var taken = watch.Elapsed;
        recorder.Dispose();
        var written = watch.Elapsed;
        TestContext.Out.WriteLine(
            $"{taken.TotalMicroseconds / count:0.00} µs a turn on the loop, "
            + $"{written.TotalMicroseconds / count:0.00} µs until it is on disk, {recorder.View.Dropped} dropped, "
            + $"{Segments(Flight(scratch)).Sum(file => new FileInfo(file).Length) >> 20} MiB kept");
    }

    static void Until(Func<bool> holds, string what)
    {
        var watch = Stopwatch.StartNew();
        while (!holds())
        {
            if (watch.Elapsed.TotalSeconds > 20) Assert.Fail($"waited in vain until {what}");
            Thread.Sleep(1);
        }
    }
}
