using System.Text;
using System.Text.Json;
using Decryptor.Supervisor.Cli;
using Decryptor.Supervisor.Cli.Manual;

namespace Decryptor.Supervisor.Tests.Cli;

/// <summary>The small pieces that all commands print with.</summary>
sealed class TextTests
{
    [TestCase("lsit", "list")]
    [TestCase("--keyz", "--keys")]
    [TestCase("--kys", "--keys")]
    [TestCase("explian", "explain")]
    public void A_slip_of_the_pen_leads_to_the_word_that_was_meant(string slip, string word) =>
        Assert.That(Near.Of(slip, ["list", "explain", "--keys", "--json", "help"]), Is.EqualTo(word));

    [TestCase("zebra")]
    [TestCase("")]
    [TestCase("boot.xlog")]
    public void A_word_that_is_near_to_none_leads_nowhere(string word) =>
        Assert.That(Near.Of(word, ["list", "explain", "keys"]), Is.Null);

    [Test]
    public void A_word_is_compared_up_to_40_letters_and_no_further()
    {
        var word = new string('a', 40);
        Assert.That(Near.Of(word, [word]), Is.EqualTo(word));
        Assert.That(Near.Of(word + "a", [word + "a"]), Is.Null);
    }

    [TestCase("ab", "ba", 1)]
    [TestCase("abc", "", 3)]
    [TestCase("kitten", "sitting", 3)]
    public void A_distance_counts_letters_that_are_wrong_missing_or_swapped(string a, string b, int distance) =>
        Assert.That(Near.Distance(a, b), Is.EqualTo(distance));

    [Test]
    public void English_is_broken_between_words_and_indented_below_its_first_line() =>
        Assert.That(Fill.Lines("one two three", 9, "- "), Is.EqualTo(new[] { "- one two", "  three" }));

    [Test]
    public void Chinese_is_broken_between_characters_but_not_before_a_mark_that_closes() =>
        Assert.That(Fill.Lines("密钥打不开，它", 10), Is.EqualTo(new[] { "密钥打不", "开，它" }));

    [Test]
    public void The_marks_of_what_is_typed_stay_with_it() =>
        Assert.That(Fill.Lines("请调大 `a.b` 或 `c.d`。", 12), Is.EqualTo(new[] { "请调大 `a.b`", "或 `c.d`。" }));

    [Test]
    public void No_line_is_wider_than_told_unless_a_word_is()
    {
        var text = "文件已加密 `decryptor keys check FILE`，可以看到是哪个密钥打开了文件。report.json has it all.";
        for (var columns = 30; columns <= 80; columns++)
            Assert.That(Fill.Lines(text, columns).Select(Fill.WidthOf), Has.All.LessThanOrEqualTo(columns));
        var joined = string.Concat(Fill.Lines(text, 30)).Replace(" ", "", StringComparison.Ordinal);
        Assert.That(joined, Is.EqualTo(text.Replace(" ", "", StringComparison.Ordinal)), "nothing is lost");
    }

    [TestCase("always", true, "1", "dumb", true)]
    [TestCase("never", false, null, "xterm", false)]
    [TestCase(null, false, null, "xterm", true)]
    [TestCase("auto", true, null, "xterm", false)]
    [TestCase("auto", false, "1", "xterm", false)]
    [TestCase("auto", false, "", "xterm", true)]
    [TestCase("auto", false, null, "dumb", false)]
    [TestCase("auto", false, null, null, false)]
    public void Colour_is_for_terminals_that_have_it_unless_somebody_says_otherwise(
        string? word, bool isRedirected, string? noColor, string? terminal, bool isOn) =>
        Assert.That(Tint.IsWanted(word, isRedirected, noColor, terminal), Is.EqualTo(isOn));

    [Test]
    public void Marks_become_bold_or_go()
    {
        Assert.That(new Tint(false).Marked("say `a b` now"), Is.EqualTo("say a b now"));
        Assert.That(new Tint(true).Marked("say `a b` now"), Is.EqualTo("say \e[1ma b\e[0m now"));
    }

    [Test]
    public void A_line_of_JSON_begins_with_its_type_and_escapes_what_moves_a_cursor()
    {
        using var stream = new MemoryStream();
        JsonLine.Write(stream, "probe", json => json.WriteString("name", "文\e[2J\u202ea\nb"));
        var line = Encoding.UTF8.GetString(stream.ToArray());
        Assert.That(line, Does.StartWith("""{"type":"probe","name":"文""").And.EndsWith("}\n"));
        Assert.That(line.TrimEnd('\n'), Does.Not.Match(@"[\x00-\x1f\u202e]"));
        using var parsed = JsonDocument.Parse(line);
        Assert.That(parsed.RootElement.GetProperty("name").GetString(), Is.EqualTo("文\e[2J\u202ea\nb"));
    }

    [TestCase(".so /etc/passwd", @"\&.so /etc/passwd")]
    [TestCase("'tis", @"\&'tis")]
    [TestCase(@"a\b", @"a\eb")]
    [TestCase("--keys `a-b`", @"\-\-keys \fBa\-b\fR")]
    public void Text_in_a_manual_page_is_text_and_no_request(string text, string roff) =>
        Assert.That(Roff.Text(text), Is.EqualTo(roff));
}
