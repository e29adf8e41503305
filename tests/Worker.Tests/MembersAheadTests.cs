using System.Text;
using Decryptor.Protocol;
using Decryptor.Samples;

namespace Decryptor.Worker.Tests;

/// <summary>
/// The members of a zip by several threads beside one: the same files in the same order with the same words, whatever
/// the package is.
/// </summary>
sealed class MembersAheadTests
{
    int _ahead;

    [Test]
    public void A_package_of_many_logs_is_the_same_to_several_threads([Values(2, 3, 64)] int threads)
    {
        var zip = ZipMade.Of([.. Enumerable.Range(0, 60).Select(Log)]);
        var files = Same(zip, threads: threads);
        Assert.That(files, Has.Count.EqualTo(60));
        Assert.That(files.All(file => file.Outcome == "complete"));
        Assert.That(_ahead, Is.EqualTo(60));
    }

    [Test]
    public void Members_of_one_name_get_their_numbers_in_the_order_of_the_package()
    {
        var parts = Enumerable.Range(0, 24).Select(i => new ZipPart("a/app.log", ZipMade.Text(i, 20 + i)));
        var files = Same(ZipMade.Of([.. parts]));
        Assert.That(files.Select(file => file.Path), Is.Unique);
    }

    [Test]
    public void Members_that_are_damaged_large_packages_or_no_text_are_the_same_to_several_threads()
    {
        var inner = ZipMade.Of(Log(90), new("deep.txt", ZipMade.Text(91, 50)), Damaged("deep.log"));
        ZipPart[] parts =
        [
            Log(1), Damaged("bad.log"), new("big.log", ZipMade.Text(2, 200_000)), Log(3), new("inner.zip", inner),
            new("picture.png", [0x89, .. "PNG\r\n\x1a\n"u8, .. new byte[500]]), new("empty.log", []), Log(4),
            new("../up.log", ZipMade.Text(5, 5)), Log(6), Damaged("worse.log"), new("inner2.zip", inner), Log(7),
        ];
        var files = Same(ZipMade.Of(parts));
        Assert.That(files.Count(file => file.Outcome == "complete"), Is.GreaterThan(7));
        Assert.That(files.Count(file => file.Code == "DAMAGED"), Is.GreaterThanOrEqualTo(4));
        Assert.That(files.Single(file => file.Source == "../up.log").Code, Is.EqualTo("UNSAFE_MEMBER"));
    }

    [Test, CancelAfter(120_000)]
    public void A_wounded_package_is_the_same_to_several_threads([Values(1, 2, 3)] int seed)
    {
        var random = new Random(seed);
        var whole = ZipMade.Of([.. Enumerable.Range(0, 12).Select(Log)]);
        for (var round = 0; round < 60; round++) Same(Wounds.In(whole, random));
    }

    [Test]
    public void A_limit_is_hit_at_the_same_member([Range(0, 30, 6)] int at)
    {
        var parts = Enumerable.Range(0, 30).Select(i => new ZipPart($"{i}.log", ZipMade.Text(i, 100))).ToArray();
        var zip = ZipMade.Of(parts);
        var before = parts.Take(at).Sum(part => (long)part.Data.Length);
        Same(zip, Trial.Usual with { OutputBytes = before });
        Same(zip, Trial.Usual with { OutputBytes = before + 1 });
        Same(zip, Trial.Usual with { OutputBytes = Math.Max(before - 1, 0) });
        Same(zip, Trial.Usual with { Members = at });
    }

    [Test]
    public void Bombs_among_the_members_are_judged_as_by_one_thread()
    {
        ZipPart Bomb(int i) => new($"bomb{i}.log", Encoding.UTF8.GetBytes(new string('a', 1_500_000)));
        var parts = Enumerable.Range(0, 8).SelectMany(i => new[] { Log(i), Bomb(i) });
        var limits = Trial.Usual with { Ratio = 10, RatioFloor = 1_000_000 };
        var files = Same(ZipMade.Of([.. parts]), limits);
        Assert.That(files.Any(file => file.Code == "LIMIT_RATIO"));
        Assert.That(files.Any(file => file.Outcome == "complete"));
    }

    [Test]
    public void Each_log_gets_the_answer_to_its_own_question_and_none_is_asked_twice()
    {
        var zip = ZipMade.Of([.. Enumerable.Range(0, 40).Select(Log)]);
        foreach (var questions in new[] { 4096, 79, 80, 40, 39, 20, 5, 0 })
            Same(zip, Trial.Usual with { Questions = questions });
    }

    [Test]
    public void A_package_that_is_cut_gives_what_it_has_and_says_so_at_its_end()
    {
        var zip = ZipMade.Of([.. Enumerable.Range(0, 20).Select(Log)]);
        for (var cut = 1; cut < zip.Length; cut += zip.Length / 40) Same(zip[..^cut]);
    }

    static ZipPart Log(int seed)
    {
        var (file, _) = Made.Session(Compression.Deflate, seed % 3 == 0 ? null : Made.Ours, 2 + seed % 4, 10);
        return seed % 5 == 4
            ? new($"log{seed}.txt", ZipMade.Text(seed, 30 + seed))
            : new($"log{seed}.xlog", file) { Method = seed % 2 == 0 ? 0 : 8 };
    }

    static ZipPart Damaged(string name)
    {
        var text = ZipMade.Text(77, 400);
        var raw = ZipMade.Deflated(text);
        raw[raw.Length / 2] ^= 0x40;
        return new(name, text) { Raw = raw };
    }

    IReadOnlyList<ReportedFile> Same(byte[] zip, Limits? limits = null, int threads = 3)
    {
        var usual = limits ?? Trial.Usual;
        using var alone = Trial.OfBytes(zip, Made.Ring, "logs.zip", usual);
        using var abreast = Trial.OfBytes(zip, Made.Ring, "logs.zip", usual with { Threads = threads });
        abreast.MustBeSound();
        Assert.That(alone.Ahead, Is.Zero);
        Assert.That(InWords(abreast), Is.EqualTo(InWords(alone)));
        Assert.That(abreast.Finished with { }, Is.EqualTo(alone.Finished));
        _ahead = abreast.Ahead;
        return abreast.Report.Files;
    }

    static string InWords(Trial trial) => Encoding.UTF8.GetString((trial.Report with { Seconds = 0 }).ToJson());
}
