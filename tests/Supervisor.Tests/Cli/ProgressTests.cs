using System.Text;
using Decryptor.Protocol;
using Decryptor.Supervisor.Cli;
using Decryptor.Supervisor.Cli.Progressing;
using Decryptor.Supervisor.Observability;
using Decryptor.Supervisor.Scheduling;

namespace Decryptor.Supervisor.Tests.Cli;

/// <summary>What a person sees of a run that takes its time.</summary>
sealed class ProgressTests
{
    const long MiB = 1 << 20;

    static readonly InputSight _day = new("app_20261124.xlog", 55 * MiB, 41 * MiB, 160 * MiB, new(812, 809, 3));
    static readonly InputSight _odd = new("日志\u001b[2J-of-a-user-whose-name-is-rather-long.xlog", 3, 1, 0, default);
    static readonly RunSight _sight = new(5, 1, 100 * MiB, 43 * MiB, new(812, 809, 3), [_day, _odd]);

    [Test]
    public void No_line_is_wider_than_the_terminal_whatever_its_width()
    {
        var paces = Paces();
        for (var columns = 20; columns <= 200; columns++)
            foreach (var line in ProgressText.Bars(_sight, paces, columns, 24, BarStyle.Lines))
                Assert.That(Page.Width(line), Is.LessThanOrEqualTo(columns), line);
    }

    [Test]
    public void A_wide_terminal_shows_sizes_and_pace_and_a_narrow_one_the_share_alone()
    {
        var wide = ProgressText.Bars(_sight, Paces(), 79, 24, BarStyle.Ascii);
        Assert.That(wide, Is.EqualTo(new[]
        {
            "  app_20261124.xlog ############..... 74 %      41.0 MiB/55.0 MiB     8.2 MiB/s",
            "  日志\\u001b[2J-of… #####............ 33 %                1 B/3 B         0 B/s",
            "1/5 inputs · 43 % · 8.6 MiB/s · ETA 0:06 · 812 blocks, 3 bad",
        }));
        var narrow = ProgressText.Bars(_sight, Paces(), 39, 24, BarStyle.Ascii);
        Assert.That(narrow[0], Does.Match(@"^  app_20261124.xl… #+\.+ 74 %$"));
        Assert.That(narrow[^1], Is.EqualTo("1/5 inputs · 43 % · ETA 0:06"));
        Assert.That(narrow[1], Does.Not.Contain('\u001b'), "a name does not drive the terminal");
    }

    [TestCase(24, 3, ""), TestCase(24, 8, ""), TestCase(24, 9, "1 more in hand"), TestCase(5, 9, "6 more in hand")]
    [TestCase(1, 9, "9 more in hand"), TestCase(0, 9, "9 more in hand")]
    public void The_bars_fit_the_terminal_and_are_eight_at_most(int rows, int running, string told)
    {
        var many = _sight with { Running = [.. Enumerable.Repeat(_day, running)] };
        var lines = ProgressText.Bars(many, Paces(), 120, rows, BarStyle.Lines);
        Assert.That(lines, Has.Count.LessThanOrEqualTo(Math.Max(1, rows - 1)));
        Assert.That(lines[^1], told.Length > 0 ? Does.EndWith(told) : Does.Not.Contain("in hand"));
    }

    [Test]
    public void Without_bars_each_input_in_hand_is_told_in_a_line() =>
        Assert.That(ProgressText.Line(_day, Paces().Of(_day)), Is.EqualTo(
            "app_20261124.xlog: 41.0 MiB of 55.0 MiB read · 74 % · 160.0 MiB of text · 8.2 MiB/s · 812 blocks, 3 bad"));

    [Test]
    public void A_run_that_knows_nothing_yet_claims_nothing()
    {
        var nothing = new RunSight(1, 0, 0, 0, default, []);
        Assert.That(ProgressText.Total(nothing, new()), Is.EqualTo("0/1 input"));
        Assert.That(ProgressText.Total(nothing with { Bytes = 10 }, new()), Is.EqualTo("0/1 input · 0 % · ETA -:--"));
    }

    [Test]
    public void A_pace_is_that_of_the_last_five_seconds()
    {
        var pace = new Pace();
        pace.See(TimeSpan.Zero, 0);
        Assert.That(pace.PerSecond, Is.Null);
        for (var second = 1; second <= 10; second++) pace.See(TimeSpan.FromSeconds(second), second * 100);
        Assert.That(pace.PerSecond, Is.EqualTo(100).Within(0.01));
        for (var second = 11; second <= 15; second++) pace.See(TimeSpan.FromSeconds(second), 1000);
        Assert.That(pace.PerSecond, Is.Zero);
        Assert.That(pace.TimeFor(5), Is.Null, "at a standstill nobody knows");
    }

    [TestCase(40, 10, "0:04"), TestCase(600_000, 100, "1:40:00"), TestCase(7_000, 100, "1:10")]
    public void The_time_that_is_left_is_the_rest_at_this_pace(long rest, long pace, string told)
    {
        var seen = new Pace();
        seen.See(TimeSpan.Zero, 0);
        seen.See(TimeSpan.FromSeconds(1), pace);
        var sight = new RunSight(1, 0, rest + pace, pace, default, []);
        Assert.That(ProgressText.Total(sight, seen), Does.EndWith($"ETA {told}"));
    }

    [Test]
    public void What_has_ended_counts_whole_and_what_is_in_hand_as_its_worker_says()
    {
        var ended = Job(1) with { State = JobState.Completed, Outcome = Outcome.Complete, Blocks = new(9, 9, 0) };
        var running = Job(2) with { State = JobState.Decrypting };
        var slot = new SlotView(
            1, new(1, 1), "busy", running, new(running.Attempt, 30, 90, 0) { Blocks = new(4, 3, 1) },
            null, null, "", null, 0);
        var sight = RunSight.Of(3, [ended, running], [slot]);
        Assert.That((sight.Inputs, sight.Ended, sight.Bytes, sight.Read), Is.EqualTo((3, 1, 200L, 130L)));
        Assert.That(sight.Blocks, Is.EqualTo(new BlockCount(13, 12, 1)));
        Assert.That(sight.Running.Single(), Is.EqualTo(new InputSight("b.xlog", 100, 30, 90, new(4, 3, 1))));
    }

    [TestCase(null, "en_US.UTF-8", '━'), TestCase("C", "en_US.UTF-8", '#'), TestCase("", "C.utf8", '━')]
    [TestCase(null, null, '#')]
    public void Bars_are_lines_only_where_the_locale_can_show_them(string? all, string? language, char full)
    {
        var style = BarStyle.Of(name => name switch { "LC_ALL" => all, "LANG" => language, _ => null });
        Assert.That(style.Full, Is.EqualTo(full));
    }

    [TestCase(0, "......"), TestCase(99, "#####."), TestCase(100, "######"), TestCase(500, "######")]
    public void A_bar_is_full_only_at_the_end(long done, string drawn) =>
        Assert.That(BarStyle.Ascii.Draw(done, 100, 6), Is.EqualTo(drawn));

    [Test]
    public void A_picture_takes_the_place_of_the_last_one_and_what_was_said_stays_above()
    {
        using var terminal = new MemoryStream();
        var screen = new BarScreen(terminal);
        screen.Draw([], ["a", "b"]);
        screen.Draw(["said"], ["c"]);
        screen.Draw([], []);
        Assert.That(Encoding.UTF8.GetString(terminal.ToArray()), Is.EqualTo(
            "\ra\e[K\nb\e[K\n\e[J" + "\r\e[2Asaid\e[K\nc\e[K\n\e[J" + "\r\e[1A\e[J"));
    }

    [Test]
    public void Where_nothing_was_drawn_nothing_is_wiped_away()
    {
        using var terminal = new MemoryStream();
        new BarScreen(terminal).Draw([], []);
        Assert.That(terminal.Length, Is.Zero);
    }

    // Into a pipe a pager may be drawing on the same terminal.
    [TestCase(null, false, "terminal terminal", ExpectedResult = "Bars")]
    [TestCase(null, true, "terminal terminal", ExpectedResult = "None")]
    [TestCase(null, true, "terminal pipe", ExpectedResult = "None")]
    [TestCase(null, true, "terminal file", ExpectedResult = "Bars")]
    [TestCase(null, false, "other file", ExpectedResult = "None")]
    [TestCase("auto", false, "terminal pipe", ExpectedResult = "Bars")]
    [TestCase("always", true, "terminal pipe", ExpectedResult = "Bars")]
    [TestCase("always", true, "terminal terminal", ExpectedResult = "Lines")]
    [TestCase("always", false, "other pipe", ExpectedResult = "Lines")]
    [TestCase("never", false, "terminal terminal", ExpectedResult = "None")]
    public string Bars_are_drawn_where_they_are_in_nobodys_way(string? word, bool printsText, string streams) =>
        new Streams(streams.StartsWith("terminal", StringComparison.Ordinal),
            streams.EndsWith("terminal", StringComparison.Ordinal), streams.EndsWith("file", StringComparison.Ordinal))
            .Mode(word, printsText).ToString();

    [TestCase("0", 0L), TestCase("17", 17L), TestCase("2k", 2048L), TestCase("1M", MiB), TestCase("16G", 16L << 30)]
    [TestCase("1T", 1L << 40), TestCase("9223372036854775807", long.MaxValue), TestCase("8388608T", null)]
    [TestCase("", null), TestCase("K", null), TestCase("-1", null), TestCase("1.5G", null), TestCase("1 G", null)]
    public void A_size_is_digits_and_at_most_one_letter(string word, long? number) =>
        Assert.That(LimitOptions.Number(word), Is.EqualTo(number));

    [TestCase(40), TestCase(80), TestCase(100)]
    public void The_table_fits_and_of_very_many_it_lists_what_is_not_whole(int columns)
    {
        var results = Enumerable.Range(1, 200)
            .Select(i => ($"upload-{i}-of-a-user-with-a-name.zip", Ended(i))).ToList();
        var lines = UnpackedTable.Lines(results, 201, columns).ToList();
        Assert.That(lines.Select(Page.Width), Is.All.LessThanOrEqualTo(columns));
        Assert.That(lines, Has.Count.EqualTo(columns < 60 ? 1 + 40 + 3 : 1 + 40 + 2));
        Assert.That(lines.Count(line => line.Contains("partial ", StringComparison.Ordinal)), Is.EqualTo(40));
        Assert.That(lines, Does.Contain("and 60 more that are not whole"));
        Assert.That(UnpackedTable.Lines(results[..40], 40, 100).Count(), Is.EqualTo(1 + 40 + 1));
        Assert.That(UnpackedTable.Lines(results, 201, 100).Last(), Is.EqualTo(
            "201 inputs: 100 complete, 100 partial, 0 failed, 1 not done"));
    }

    static Job Ended(int id) => id % 2 == 0
        ? Job(id) with { State = JobState.Completed, Outcome = Outcome.Complete }
        : Job(id) with
        {
            State = JobState.Completed,
            Outcome = Outcome.Partial,
            Code = "DAMAGED",
            Blocks = new(9, 8, 1),
        };

    static Job Job(long id) => new()
    {
        Id = id,
        Source = $"{(char)('a' + id - 1)}.xlog",
        Bytes = 100,
        Attempts = 1,
        Worker = new(1, 1),
    };

    static Paces Paces()
    {
        var paces = new Paces();
        var before = _sight with { Read = 0, Running = [.. _sight.Running.Select(one => one with { Read = 0 })] };
        paces.See(TimeSpan.Zero, before);
        paces.See(TimeSpan.FromSeconds(5), _sight);
        return paces;
    }
}
