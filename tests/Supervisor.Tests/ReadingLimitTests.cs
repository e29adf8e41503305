using System.Text;
using Decryptor.Supervisor.Cli;
using Decryptor.Supervisor.Cli.Reading;

namespace Decryptor.Supervisor.Tests;

/// <summary>Each limit of reading, at it and one above.</summary>
sealed class ReadingLimitTests
{
    static readonly HeadReader Heads = new(new DateTime(2026, 11, 24, 12, 0, 0));
    static readonly LocalZone Zone = new(TimeZoneInfo.Utc);

    string _folder = "";

    [SetUp]
    public void Make() => _folder = Directory.CreateTempSubdirectory("decryptor-test-").FullName;

    [TearDown]
    public void Remove() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void So_many_texts_are_merged_as_the_limit_says()
    {
        var selection = new EntrySelection(new(), default, new(Stream.Null, asJson: false), tail: null);
        new MergedTexts(Texts(MergedTexts.TextsMax), Heads, Zone).CopyTo(selection);
        Assert.That(selection.Matches, Is.EqualTo(MergedTexts.TextsMax));
    }

    [Test]
    public void One_text_more_is_refused()
    {
        var refused = Assert.Throws<UsageException>(() => Merge(MergedTexts.TextsMax + 1));
        Assert.That((refused!.ExitCode, refused.Message), Is.EqualTo((76,
            "65537 texts are too many to merge: the limit is 65536")));
    }

    [TestCase(3, true), TestCase(4, false)]
    public void So_many_files_are_walked(int files, bool fits)
    {
        for (var i = 0; i < files; i++) File.WriteAllText(Path.Combine(_folder, $"{i}"), "");
        InputList Walk() => new([_folder], _ => { }, entriesMax: 3);
        if (fits) Assert.That(Walk().Files, Has.Count.EqualTo(files));
        else Assert.That(Assert.Throws<UsageException>(() => Walk())!.ExitCode, Is.EqualTo(76));
    }

    [TestCase(4096, true), TestCase(4097, false)]
    public void A_pattern_has_so_many_characters(int characters, bool fits)
    {
        void Read() => _ = new TextPattern(new('x', characters));
        if (fits) Assert.DoesNotThrow(Read);
        else Assert.Throws<FormatException>(Read);
    }

    [TestCase(3, 30, 3, false), TestCase(2, 30, 2, false), TestCase(3, 29, 2, true)]
    public void Context_is_held_up_to_a_number_and_up_to_bytes(int count, long bytes, int held, bool lost)
    {
        var entries = new HeldEntries(count, bytes);
        foreach (var text in new[] { "entry 1..\n", "entry 2..\n", "entry 3..\n" })
            entries.Hold(new("a", "a"), new(Encoding.UTF8.GetBytes(text), 0, new(), default, EntryPart.Whole));
        Assert.That(entries.HasLost, Is.EqualTo(lost));
        Assert.That(entries.Release().Count(), Is.EqualTo(held));
    }

    [TestCase(19_999), TestCase(20_000)]
    public void A_stack_trace_of_many_lines_stays_whole(int lines)
    {
        var text = Encoding.UTF8.GetBytes(
            $"2026-11-24 09:00:00 x\n{string.Concat(Enumerable.Repeat("\tat a.b\n", lines))}2026-11-24 09:00:01 y\n");
        var splitter = new EntrySplitter(Heads);
        splitter.Feed(text);
        Assert.That(splitter.TryNext(ended: false, out var entry));
        Assert.That((entry.Part, entry.Bytes.Length), Is.EqualTo((EntryPart.Whole, 22 + 8 * lines)));
    }

    [Test]
    public void What_is_given_out_before_its_end_goes_on_as_a_further_piece()
    {
        var splitter = new EntrySplitter(Heads);
        splitter.Feed("2026-11-24 09:00:00 one\n"u8);
        Assert.That(splitter.TryNext(ended: false, out _), Is.False);
        Assert.That(Held(splitter), Is.EqualTo(new[] { ("2026-11-24 09:00:00 one\n", EntryPart.Cut) }));
        splitter.Feed("\tmore\n2026-11-24 09:0"u8);
        Assert.That(Held(splitter), Is.EqualTo(new[] { ("\tmore\n2026-11-24 09:0", EntryPart.Cut | EntryPart.Rest) }));
        splitter.Feed("0:01 two\n2026-11-24 09:00:02 three\n"u8);
        Assert.That(splitter.TryNext(ended: false, out var rest));
        Assert.That((Encoding.UTF8.GetString(rest.Bytes.Span), rest.Part), Is.EqualTo(("0:01 two\n", EntryPart.Rest)));
        Assert.That(Held(splitter), Is.EqualTo(new[] { ("2026-11-24 09:00:02 three\n", EntryPart.Cut) }));
        Assert.That(Held(splitter), Is.Empty);
    }

    static List<(string, EntryPart)> Held(EntrySplitter splitter)
    {
        var pieces = new List<(string, EntryPart)>();
        while (splitter.TryHeld(out var entry)) pieces.Add((Encoding.UTF8.GetString(entry.Bytes.Span), entry.Part));
        return pieces;
    }

    void Merge(int count) => _ = new MergedTexts(Texts(count), Heads, Zone);

    List<TextFile> Texts(int count)
    {
        var path = Path.Combine(_folder, "text");
        File.WriteAllText(path, "2026-11-24 09:00:00 x\n");
        return [.. Enumerable.Range(0, count).Select(i => new TextFile($"{i}", "text") { Path = path })];
    }
}
