using System.Text;
using Decryptor.Protocol;
using Decryptor.Supervisor.Cli.Reading;

namespace Decryptor.Supervisor.Tests;

sealed class ReadingTests
{
    static readonly HeadReader Heads = new(new DateTime(2026, 11, 24, 12, 0, 0));

    [TestCase("09:00", null, 9, 23), TestCase(null, "09:10", 0, 9), TestCase("09:10", "11:59:59.9", 9, 11)]
    [TestCase("2026-11-24T22:30", "2026-11-25T01:00", 22, 1), TestCase("2026-11-24T09:00", "2026-11-24", 9, 23)]
    [TestCase("2026-11-24T09:00", "2026-11-24T09:59", 9, 9), TestCase("2026-11-24", "2026-11-24", 0, 23)]
    [TestCase("2026-11-24T09:00", "2026-11-25T08:00", 0, 23), TestCase("2026-11-24T09:00", "2026-11-30T10:00", 0, 23)]
    [TestCase("2026-11-24T09:00", null, 0, 23), TestCase("2026-11-24T09:00Z", "2026-11-24T10:00Z", 0, 23)]
    [TestCase("09:00Z", "10:00Z", 0, 23), TestCase("30m", null, 0, 23), TestCase("2026-11-24", "09:00", 0, 9)]
    public void A_window_of_time_wants_the_hours_that_may_be_in_it(string? since, string? until, int first, int last)
    {
        TimeBound? Bound(string? words) => words is null ? null : TimeWords.Read(words)!.Value;
        var request = new ReadingRequest { Filter = new() { Window = new(Bound(since), Bound(until)) } };
        Assert.That(WantedHours.Of(request), Is.EqualTo(HourSet.Between(first, last)));
        Assert.That(WantedHours.Of(request with { Follow = true }), Is.EqualTo(HourSet.All));
        Assert.That(WantedHours.Of(request with { Limits = new(1, null, null) }), Is.EqualTo(HourSet.All));
    }

    [TestCase("[I][2026-11-20 +8.0 09:59:02.163][21873, 21907*][net.http][a.kt:139, f][hello\n",
        "2026-11-20T09:59:02.163+08:00 I net.http 21873 21907 hello")]
    [TestCase("[E][2026-11-20 +80 09:59:02.163][1, 2][t][a, b][x\n", "2026-11-20T09:59:02.163+08:00 E t 1 2 x")]
    [TestCase("[W][2026-11-20 -3.5 09:59:02.163][1, 2][t][a, b][x\n", "2026-11-20T09:59:02.163-03:30 W t 1 2 x")]
    [TestCase("11-20 09:59:02.163  100  200 W Tag     : hello\n", "2026-11-20T09:59:02.163 W Tag 100 200 hello")]
    [TestCase("11-25 23:00:00.000  100  200 W Tag: hello\n", "2025-11-25T23:00:00.000 W Tag 100 200 hello")]
    [TestCase("11-20 09:59:02.163 D/Tag( 77): hello\n", "2026-11-20T09:59:02.163 D Tag 77 -1 hello")]
    [TestCase("E/Tag( 77): hello\n", "- E Tag 77 -1 hello")]
    [TestCase("[ 11-20 09:59:02.163  7: 9 I/Tag ]\nhello\n", "2026-11-20T09:59:02.163 I Tag 7 9 hello")]
    [TestCase("2026-11-24 09:00:00,123 ERROR app.db - hello\n", "2026-11-24T09:00:00.123 E app.db -1 -1 hello")]
    [TestCase("2026-11-24T09:00:00Z warn net: hello\n", "2026-11-24T09:00:00.000Z W net -1 -1 hello")]
    [TestCase("2026-01-01T00:00:00.127 [77:pool] [V][net.http] GET /\n",
        "2026-01-01T00:00:00.127 V net.http -1 -1 GET /")]
    [TestCase("Nov 20 09:59:02 host sshd[42]: hello\n", "2026-11-20T09:59:02.000 - sshd 42 -1 hello")]
    public void A_head_tells_time_level_tag_process_thread_and_message(string line, string told)
    {
        var bytes = Encoding.UTF8.GetBytes(line);
        Assert.That(Heads.Read(bytes, out var head));
        var time = head.Time.IsKnown ? head.Time.ToString() : "-";
        var tag = Encoding.UTF8.GetString(bytes, head.TagAt, head.TagLength);
        var message = Encoding.UTF8.GetString(bytes[head.MessageAt..]).TrimEnd('\n');
        Assert.That($"{time} {LogLevels.Letter(head.Level)} {tag} {head.Pid} {head.Tid} {message}", Is.EqualTo(told));
    }

    [Test]
    public void A_line_of_logan_has_its_instant_its_thread_and_its_message()
    {
        var line = "{\"c\":\"a \\\"l\\\":7 b\",\"f\":1,\"l\":1767225600000,\"n\":\"main\",\"i\":5,\"m\":true}\n"u8;
        Assert.That(Heads.Read(line, out var head));
        Assert.That(head.Time.ToString(), Is.EqualTo("2026-01-01T00:00:00.000Z"));
        Assert.That((head.Tid, LoganHead.Message(line)), Is.EqualTo((5, "a \"l\":7 b")));
    }

    [TestCase("\tat com.example.Main.run(Main.java:7)\n")]
    [TestCase("Caused by: java.lang.IllegalStateException\n")]
    [TestCase("[2026] is no date\n")]
    [TestCase("2026-13-40 09:00:00 no such day\n")]
    [TestCase("{\"key\": \"pretty-printed\"}\n")]
    public void Other_lines_belong_to_the_entry_before_them(string line) =>
        Assert.That(Heads.Read(Encoding.UTF8.GetBytes(line), out _), Is.False);

    [Test]
    public void Where_a_text_is_cut_does_not_depend_on_how_it_comes()
    {
        var long_ = new string('ä', 60);
        var text = Encoding.UTF8.GetBytes($"before\n2026-11-24 09:00:00 one\n  more\n2026-11-24 09:00:01 {long_}\n"
            + $"  tail\n2026-11-24 09:00:02 last");
        var whole = Split(text, text.Length, 100);
        Assert.That(string.Concat(whole.Select(piece => piece.Text)), Is.EqualTo(Encoding.UTF8.GetString(text)));
        Assert.That(whole.Select(piece => piece.Part), Is.EqualTo(new[]
        {
            EntryPart.Whole, EntryPart.Whole, EntryPart.Cut, EntryPart.Rest, EntryPart.Whole,
        }));
        for (var step = 1; step < 70; step++) Assert.That(Split(text, step, 100), Is.EqualTo(whole), $"{step}");
    }

    [TestCase(100, 1)]
    [TestCase(101, 2)]
    public void An_entry_at_the_limit_is_whole_and_one_above_is_cut(int length, int pieces)
    {
        var head = "2026-11-24 09:00:00 ";
        var text = Encoding.UTF8.GetBytes(head + new string('x', length - head.Length - 1) + "\n");
        Assert.That(Split(text, text.Length, 100), Has.Count.EqualTo(pieces));
    }

    [TestCase("09:00", "2026-11-24 09:00:59 x", true)]
    [TestCase("09:00", "2026-11-23 08:59:59 x", false)]
    [TestCase("2026-11-24", "2026-11-24 00:00:00 x", true)]
    [TestCase("2026-11-24T09:00Z", "2026-11-24 17:00:00+08:00 x", true)]
    [TestCase("2026-11-24T09:00Z", "2026-11-24 16:59:59+08:00 x", false)]
    [TestCase("2026-11-24T09:00", "2026-11-24 09:00:00+08:00 x", true)]
    public void Since_takes_what_is_not_before_it(string since, string line, bool holds)
    {
        var window = new TimeWindow(TimeWords.Read(since), null);
        Heads.Read(Encoding.UTF8.GetBytes(line), out var head);
        Assert.That(window.Holds(head.Time, new(TimeZoneInfo.Utc)), Is.EqualTo(holds));
    }

    [TestCase("2026-11-24", "2026-11-24 23:59:59 x", true)]
    [TestCase("2026-11-24", "2026-11-25 00:00:00 x", false)]
    [TestCase("09:10", "2026-11-24 09:10:59.999 x", true)]
    [TestCase("09:10", "2026-11-24 09:11:00 x", false)]
    public void Until_takes_all_that_its_words_cover(string until, string line, bool holds)
    {
        var window = new TimeWindow(null, TimeWords.Read(until));
        Heads.Read(Encoding.UTF8.GetBytes(line), out var head);
        Assert.That(window.Holds(head.Time, new(TimeZoneInfo.Utc)), Is.EqualTo(holds));
    }

    [TestCase(""), TestCase("24:00"), TestCase("9"), TestCase("2026-02-30"), TestCase("30x"), TestCase("09:00+99")]
    public void What_is_no_time_is_refused(string words) => Assert.That(TimeWords.Read(words), Is.Null);

    [TestCase("timeout|reset", true), TestCase("time.ut$", true), TestCase("^timeout", false)]
    [TestCase("^a t[ia]me", true), TestCase("(?i)RESET", true)]
    public void A_pattern_is_words_or_an_expression(string pattern, bool found) =>
        Assert.That(new TextPattern(pattern).IsIn("a timeout\nor a reset"u8), Is.EqualTo(found));

    [TestCase("a("), TestCase("(a)\\1"), TestCase("(?=a)")]
    public void A_pattern_that_is_not_understood_is_refused(string pattern) =>
        Assert.Throws<FormatException>(() => new TextPattern(pattern));

    [Test]
    public void What_would_drive_a_terminal_is_shown_instead_however_it_comes()
    {
        var text = "日志\t\u001b[2J \u202e\r\nx\r\n"u8.ToArray().Append((byte)0xff).Append((byte)'\n').ToArray();
        for (var step = 1; step <= text.Length; step++)
        {
            using var seen = new MemoryStream();
            using var terminal = new TerminalText(seen);
            foreach (var piece in text.Chunk(step)) terminal.Write(piece);
            var shown = Encoding.UTF8.GetString(seen.ToArray()).Replace("\\u000d", "\r", StringComparison.Ordinal);
            Assert.That(shown, Is.EqualTo("日志\t\\u001b[2J \\u202e\r\nx\r\n\\xff\n"), $"{step}");
        }
    }

    static List<(string Text, long Offset, EntryPart Part)> Split(byte[] text, int step, int entryBytesMax)
    {
        var (splitter, pieces) = (new EntrySplitter(Heads, entryBytesMax), new List<(string, long, EntryPart)>());
        void Take(bool ended)
        {
            while (splitter.TryNext(ended, out var entry))
                pieces.Add((Encoding.UTF8.GetString(entry.Bytes.Span), entry.Offset, entry.Part));
        }

        foreach (var piece in text.Chunk(step))
        {
            splitter.Feed(piece);
            Take(ended: false);
        }

        Take(ended: true);
        return pieces;
    }
}
