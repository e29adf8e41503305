using System.Text.Json;
using Decryptor.Protocol;
using Decryptor.Supervisor.Observability;
using Decryptor.Supervisor.Scheduling;
using Decryptor.Supervisor.Tests.Storage;

namespace Decryptor.Supervisor.Tests;

/// <summary>What the status says, in text and in JSON, of things as they may stand.</summary>
sealed class StatusTests
{
    const string Hostile = "\u001b[2J日志日志日志日志日志日志日志日志日志日志\n\u202Egolx a very long name that goes on and on";

    static readonly DateTimeOffset _now = new(2026, 11, 24, 10, 31, 7, 412, TimeSpan.Zero);

    static DateTimeOffset Ago(double seconds) => _now.AddSeconds(-seconds);

    static Snapshot Calm { get; } = new()
    {
        At = Ago(0.2),
        Target = 1,
        Large = (0, 1),
        LawHeld = 4711,
        Workers = [Idle(1, 17)],
        Tally = new() { Accepted = 3, Starts = 1 },
        Tenants = [],
        Waiting = 0,
    };

    static SlotView Idle(int slot, long number) =>
        new(slot, new(slot, number), "idle", null, null, Ago(5), null, "", null, 12);

    static SlotView Busy(int slot, long job, long bytes, long read, double quiet) => new(
        slot, new(slot, 100 + slot), "busy",
        new() { Id = job, Source = Hostile, Bytes = bytes, Attempts = 2, Worker = new(slot, 100 + slot) },
        new(new(job, 2, new(slot, 100 + slot)), read, read * 7, 5), Ago(100), Ago(quiet), "kill unless it moves",
        _now.AddSeconds(15 - quiet), 3);

    static Snapshot Troubled { get; } = Calm with
    {
        Target = 6,
        Waiting = 1234,
        Running = 3,
        Suspects = 1,
        Poison = 5,
        Large = (1, 3),
        WorkerFailures = 3,
        StartsFrom = _now.AddSeconds(1.3),
        Tenants =
        [
            new("", 1000, 1, 1, 0, Ago(38)), new(Hostile, 203, 1, 4, 2, Ago(7)),
            .. Enumerable.Range(1, 20).Select(i => new TenantView($"tenant-{i}", 31, 0, 1, 0, Ago(3))),
        ],
        WaitingOf = Enumerable.Range(1, 130).ToDictionary(i => $"tenant-{i}", _ => 31),
        Workers =
        [
            Idle(1, 17), Busy(2, 1723, 19293798, 18874368, 0.1), Busy(3, 1724, 10L << 30, 5L << 30, 13.7),
            new(4, new(4, 104), "leaving", null, null, null, null,
                "w4.104 froze over it: no word for 15 s " + Hostile, _now.AddSeconds(4), 0),
            new(5, new(5, 109), "starting", null, null, Ago(1), null, "kill unless it greets", _now.AddSeconds(9), 0),
            new(6, null, "vacant", null, null, null, null, "start", _now.AddSeconds(1.3), 0),
        ],
        Tally = new()
        {
            Accepted = 5557,
            Starts = 37,
            Exits = 31,
            StaleWords = 41,
            Failures = System.Collections.Immutable.ImmutableSortedDictionary<string, FailureCount>.Empty
                .Add("KEY_NO_MATCH", new(6007, 1733)),
        },
    };

    static StatusSources SourcesOf(Snapshot snapshot, string folder = "spool/run") => new(
        folder, "0.1.0", () => _now, () => snapshot, worker => (2100 + worker.Slot, (60L + worker.Slot) << 20),
        () => ["landlock:7 seccomp rlimits"], () => ["prod-2025 xlog", "web logan"]);

    static StatusSources Worst(string folder = "spool/run")
    {
        var ends = new WorkerEnds();
        var died = new Job { Id = 1719, Source = "a", Attempts = 3, Worker = new(4, 103) };
        ends.Watch(new()
        {
            Rows =
            [
                new Row.JobIs(died, "it died"),
                new Row.WorkerEnded(new(4, 103), Ago(3), "exit 139 (SIGSEGV)", 1719),
                new Row.WorkerEnded(new(1, 16), Ago(2), "exit 0", null),
            ],
        });
        return SourcesOf(Troubled, folder) with
        {
            Ends = ends,
            HeldBack = () => new Dictionary<string, long> { [""] = 9001, ["elsewhere"] = 77 },
            ReloadRefused = () => "at 10:30:00Z: workers is 0; " + Hostile,
            Trouble = () => "a turn is repeated since 10:31:02Z: the disk is full (7 times)",
            Flight = () => new("spool/run/flight/000017.txt", 12, "No space left on device"),
            Confinements = () => ["landlock:7 seccomp rlimits", "none: " + Hostile],
        };
    }

    static StatusView View(StatusSources sources) =>
        StatusSurvey.Make(sources, Ago(3 * 86400 + 15120), "SIGUSR1 from pid 4411 (uid 0)");

    static string Text(StatusSources sources) => StatusText.Render(View(sources));

    static string[] Lines(StatusSources sources) => Text(sources).TrimEnd('\n').Split('\n');

    [Test]
    public void Nothing_in_it_is_wider_than_the_page_or_acts_on_a_terminal()
    {
        foreach (var sources in new[] { SourcesOf(Calm), SourcesOf(Troubled), Worst() })
        {
            TestContext.Out.WriteLine(Text(sources));
            foreach (var line in Lines(sources))
            {
                Assert.That(Page.Width(line), Is.LessThanOrEqualTo(StatusText.Columns), line);
                Assert.That(Harmless.Text(line), Is.EqualTo(line));
            }
        }
    }

    [Test]
    public void All_is_well_when_all_is_well() =>
        Assert.That(Lines(SourcesOf(Calm))[1], Is.EqualTo("VERDICT   OK · every worker is as it should be"));

    [Test]
    public void The_verdict_is_above_all_and_says_why()
    {
        Assert.That(View(SourcesOf(Troubled)).Verdict, Is.EqualTo("degraded"));
        Assert.That(Lines(Worst())[1], Does.StartWith("VERDICT   DEGRADED · a turn is repeated since 10:31:02Z"));
        var stopping = View(SourcesOf(Calm with { DrainBy = _now.AddSeconds(12) }));
        Assert.That((stopping.Verdict, stopping.Reasons[0]), Is.EqualTo(
            ("stopping", "running jobs have until 10:31:19Z")));
    }

    [Test]
    public void A_loop_that_does_not_turn_is_wedged_and_since_when_is_said()
    {
        var at = Ago(5.5);
        var lines = Lines(SourcesOf(Calm with { At = at }));
        Assert.That(lines[1], Is.EqualTo("VERDICT   WEDGED · the event loop is silent since 10:31:01Z"));
        Assert.That(lines, Has.Some.StartsWith("loop      silent since 10:31:01Z, for 5.5s"));
        Assert.That(View(SourcesOf(Calm with { At = Ago(4.9) })).Verdict, Is.EqualTo("ok"));
        var unborn = StatusSurvey.Make(SourcesOf(Calm with { At = default }), Ago(1), "clock");
        Assert.That((unborn.Verdict, unborn.LoopSilentSeconds), Is.EqualTo(("ok", 1)), "it has not turned yet");
        var known = View(SourcesOf(Calm with { At = at }) with { Trouble = () => "the ledger is locked" });
        Assert.That((known.Verdict, known.Reasons[0]), Is.EqualTo(("degraded", "the ledger is locked")));
    }

    [Test]
    public void The_worst_worker_comes_first()
    {
        var table = Lines(Worst()).SkipWhile(line => !line.StartsWith("WORKER ", StringComparison.Ordinal)).Skip(1);
        Assert.That(table.Where(line => line[0] != ' ').Select(line => line.Split(' ')[0]),
            Is.EqualTo(new[] { "w4.104", "(6)", "w5.109", "w3.103", "w2.102", "w1.17" }));
    }

    [Test]
    public void The_last_crash_is_told_with_its_card_wherever_that_lies()
    {
        using var scratch = new Scratch();
        var sources = Worst($"{scratch.Path}/run");
        Assert.That(View(sources).LastCrash, Is.EqualTo(
            new StatusCrash("w4.103", Ago(3), 3, "exit 139 (SIGSEGV)", 1719, 3, true, null)));
        scratch.Write("failed/1719/crash-3.json", "{}");
        Assert.That(View(sources).LastCrash!.Card, Is.EqualTo("failed/1719/crash-3.json"));
        scratch.Write("run/crashes/1719-3.json", "{}");
        Assert.That(View(sources).LastCrash!.Card, Is.EqualTo("run/crashes/1719-3.json"));
        Assert.That(View(sources).WorkersGoneLately, Is.EqualTo(2));
    }

    [Test]
    public void What_the_dead_have_left_behind_is_told_where_there_is_any()
    {
        var sources = Worst();
        Assert.That(Text(sources), Does.Not.Contain("could not be kept").And.Not.Contain("had left"));
        var text = Text(sources with { Remains = () => (CardsLost: 2, OrphansEnded: 13) });
        Assert.That(text, Does.Contain("13 processes ended that dead workers had left"));
        Assert.That(text, Does.Contain("2 crash cards could not be kept"));
    }

    [Test]
    public void Every_number_of_the_text_is_in_the_JSON()
    {
        var view = View(Worst());
        using var json = JsonDocument.Parse(view.ToJson());
        var numbers = Numbers(json.RootElement).ToHashSet();
        long[] distinct =
            [4711, 5557, 1234, 3, 1, 5, 37, 31, 41, 9001, 77, 12, 1719, 1723, 1724, 203, 4, 2, 6007, 1733];
        foreach (var number in distinct)
        {
            Assert.That(Text(Worst()), Does.Match($@"\b{number}\b"));
            Assert.That(numbers, Does.Contain(number));
        }

        Assert.That(json.RootElement.GetProperty("v").GetInt32(), Is.EqualTo(1));
        Assert.That(json.RootElement.GetProperty("law").GetProperty("heldForTurns").GetInt64(), Is.EqualTo(4711));
    }

    static IEnumerable<long> Numbers(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Number => element.TryGetInt64(out var number) ? [number] : [],
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Numbers),
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property => Numbers(property.Value)),
        _ => [],
    };

    [Test]
    public void Why_a_worker_leaves_is_told_below_it()
    {
        var lines = Lines(Worst());
        var at = Array.FindIndex(lines, line => line.StartsWith("w4.104 ", StringComparison.Ordinal));
        Assert.That(lines[at], Does.EndWith("4.0s: kill"));
        Assert.That(lines[at + 1], Does.StartWith("        w4.104 froze over it: no word for 15 s"));
        const string busy = @"^w2\.102 .* 18\.0M/18\.4M 98% +126M +0\.1s +62\.0M 15s: kill unless it moves$";
        Assert.That(lines, Has.Some.Matches(busy));
    }

    [Test]
    public void What_does_not_fit_is_counted()
    {
        var lines = Lines(Worst());
        Assert.That(lines, Has.Some.Matches("^ +… and [0-9]+ more$"));
        var many = Calm with { Workers = [.. Enumerable.Range(1, 256).Select(slot => Idle(slot, slot))] };
        Assert.That(Lines(SourcesOf(many))[^1], Is.EqualTo("… and 216 more"));
    }

    [Test]
    public void A_fact_too_long_for_a_line_goes_on_below_and_ends_somewhere()
    {
        var page = new Page(40);
        page.Facts("name", "short", string.Join(' ', Enumerable.Range(100, 60)), new string('x', 99), "end");
        var lines = page.ToString().TrimEnd('\n').Split('\n');
        Assert.That(lines[0], Is.EqualTo("name      short · 100 101 102 103 104"));
        Assert.That(lines[1], Does.StartWith("          105 106"));
        Assert.That(lines, Has.Length.LessThan(9).And.All.Length.LessThanOrEqualTo(40));
        Assert.That(lines[^1], Does.EndWith("end"));
    }

    [Test]
    public void A_text_is_cut_by_what_it_takes_on_a_terminal()
    {
        Assert.That(Page.Cut("日志日志", 8), Is.EqualTo("日志日志"));
        Assert.That(Page.Cut("日志日志", 7), Is.EqualTo("日志日…"));
        Assert.That(Page.Cut("e\u0301e\u0301", 2), Is.EqualTo("e\u0301e\u0301"));
        Assert.That(StatusText.Age(0.04), Is.EqualTo("0.0s"));
        Assert.That(StatusText.Age(119.6), Is.EqualTo("120s"));
        Assert.That(StatusText.Age(3 * 86400 + 15120), Is.EqualTo("3d"));
    }

    [Test]
    public void It_is_written_while_the_thread_pool_is_starved()
    {
        using var scratch = new Scratch();
        Directory.CreateDirectory($"{scratch.Path}/run");
        using var starved = new Starvation();
        var status = new StatusFile(SourcesOf(Calm, $"{scratch.Path}/run"));
        status.Start();
        var text = $"{scratch.Path}/run/status.txt";
        Assert.That(SpinWait.SpinUntil(() => File.Exists(text), TimeSpan.FromSeconds(20)), "the page is there");
        var first = File.GetLastWriteTimeUtc(text);
        Assert.That(
            SpinWait.SpinUntil(() => File.GetLastWriteTimeUtc(text) > first, TimeSpan.FromSeconds(20)), "and anew");
        Assert.That(status.Write("SIGUSR1").Text, Does.Contain("· SIGUSR1"));
        Assert.That(starved.Holds, "the pool was starved all the time");
        status.Stop();
    }

    /// <summary>Every thread that the pool may have is blocked.</summary>
    sealed class Starvation : IDisposable
    {
        readonly ManualResetEventSlim _end = new();
        readonly int _workers;
        readonly int _ports;
        volatile bool _fed;

        public Starvation()
        {
            ThreadPool.GetMaxThreads(out _workers, out _ports);
            ThreadPool.GetMinThreads(out var least, out _);
            var most = Math.Max(least, ThreadPool.ThreadCount);
            Assert.That(ThreadPool.SetMaxThreads(most, _ports));
            for (var i = 0; i < most; i++) ThreadPool.UnsafeQueueUserWorkItem(_ => _end.Wait(), null);
            ThreadPool.UnsafeQueueUserWorkItem(_ => _fed = true, null);
        }

        public bool Holds => !_fed;

        public void Dispose()
        {
            _end.Set();
            ThreadPool.SetMaxThreads(_workers, _ports);
        }
    }
}
