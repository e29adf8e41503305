using System.Text;
using Decryptor.Protocol;
using Decryptor.Samples;
using Decryptor.Worker.Formats;

namespace Decryptor.Worker.Tests;

/// <summary>Blocks of hours that nobody wants are passed over; whatever else is in the file is told as ever.</summary>
sealed class WantedHourTests
{
    static readonly HourSet Noon = HourSet.Between(12, 12);

    [TestCase(1), TestCase(4)]
    public void Only_what_may_be_of_the_hours_is_opened(int threads)
    {
        var file = Day(Made.Ours, 0, 9, 10, 11, 12, 13, 14, 23);
        var decoded = Decoded.Of(file, Made.Ring, foresight: At(Noon, threads));
        Assert.That(Encoding.UTF8.GetString(decoded.Text), Is.EqualTo(Text(0, 11, 12, 13)), "and a client's first");
        Assert.That((decoded.Code, decoded.Blocks), Is.EqualTo(((string?)null, new BlockCount(4, 4, 0))));
        var facts = decoded.Findings.Evidence.Blocks!.Told();
        Assert.That((facts.PassedOver, facts.Framed, facts.Breaks), Is.EqualTo((4, 8, (object?)null)));
        Assert.That(decoded.Findings.Warnings, Is.Empty, "no number is missing");
    }

    [Test]
    public void A_session_that_no_key_opens_is_not_told_of_where_nobody_wants_its_hours()
    {
        byte[] file = [.. Day(Made.Theirs, 2, 3, 4), .. Day(Made.Ours, 12)];
        var decoded = Decoded.Of(file, Made.Ring, foresight: At(Noon));
        Assert.That((decoded.Code, decoded.Questions), Is.EqualTo(((string?)null, 2)));
        Assert.That(Encoding.UTF8.GetString(decoded.Text), Is.EqualTo(Text(12)));
    }

    [Test]
    public void Where_nothing_is_wanted_the_file_is_whole_and_empty()
    {
        var decoded = Decoded.Of(Day(Made.Theirs, 2, 3, 4), Ring.Empty, foresight: At(Noon));
        Assert.That((decoded.Verdict!.Value.Outcome, decoded.Text.Length), Is.EqualTo((Outcome.Complete, 0)));
    }

    [TestCase(22, 1), TestCase(12, 11), TestCase(11, 11), TestCase(13, 13), TestCase(20, 12)]
    public void A_block_is_of_all_hours_from_its_opening_to_its_writing_and_of_those_beside(int begin, int end)
    {
        var file = Day(Made.Ours, 5);
        (file[3], file[4]) = ((byte)begin, (byte)end);
        var wanted = begin == 22 ? HourSet.Between(0, 0) : Noon;
        Assert.That(Decoded.Of(file, Made.Ring, foresight: At(wanted)).Text, Is.Not.Empty);
    }

    [Test]
    public void A_block_that_holds_another_is_looked_into()
    {
        var before = Day(Made.Ours, 12, 12);
        var inner = Day(Made.Ours, 12, 12, 12)[before.Length..];
        var swallowed = Made.Block(0x07, [.. new byte[40], .. inner[..^1]], inner[9..73]);
        (swallowed[3], swallowed[4]) = (2, 2);
        byte[] file = [.. before, .. swallowed];
        var decoded = Decoded.Of(file, Made.Ring, foresight: At(Noon));
        Assert.That(Encoding.UTF8.GetString(decoded.Text), Is.EqualTo(Text(12, 12, 12)));
    }

    [TestCase(0), TestCase(3)]
    public void Damage_is_told_as_ever(int unwanted)
    {
        var file = Day(Made.Ours, unwanted, unwanted, 12, 12);
        byte[] cut = [.. Day(Made.Ours, unwanted, 12), .. "rubbish between blocks"u8, .. file[..^30]];
        var decoded = Decoded.Of(cut, Made.Ring, foresight: At(Noon));
        Assert.That((decoded.Code, decoded.Blocks.Bad), Is.EqualTo(("DAMAGED", 1)));
        Assert.That(decoded.Findings.Gaps, Has.Count.EqualTo(2), "the rubbish and the cut");
    }

    [Test]
    public void With_all_hours_wanted_damaged_files_decode_as_before_and_with_few_never_to_more()
    {
        var random = new Random(11);
        var file = Day(Made.Ours, 9, 10, 11, 12, 13, 14, 15);
        for (var round = 0; round < 300; round++)
        {
            var hurt = file.ToArray();
            for (var i = 0; i < 3; i++) hurt[random.Next(hurt.Length)] = (byte)random.Next(256);
            var all = Decoded.Of(hurt, Made.Ring);
            var noon = Decoded.Of(hurt, Made.Ring, foresight: At(Noon));
            Assert.That(noon.Text, Has.Length.AtMost(all.Text.Length), $"round {round}");
            var lost = Lines(all)
                .Intersect(Text(12).Split('\n', StringSplitOptions.RemoveEmptyEntries)).Except(Lines(noon));
            Assert.That(lost, Is.Empty, $"round {round}: {all.Code}, {noon.Code}");
        }
    }

    static string[] Lines(Decoded decoded) => Encoding.UTF8.GetString(decoded.Text).Split('\n');

    static Foresight At(HourSet wanted, int threads = 1) =>
        new(threads) { Wanted = wanted, LeastPayload = 1, LeastStretch = 1 };

    static byte[] Day(KeyPair receiver, params int[] hours)
    {
        var file = new MemoryStream();
        var encoder = new XlogEncoder(Compression.Deflate, receiver, new Random(receiver == Made.Ours ? 5 : 6));
        foreach (var hour in hours)
        {
            encoder.Hour = (byte)hour;
            encoder.Add(Encoding.UTF8.GetBytes(Text(hour)));
            encoder.Flush(file);
        }

        return file.ToArray();
    }

    static string Text(params int[] hours) => string.Concat(hours.SelectMany(hour => Enumerable.Range(0, 30)
        .Select(i => $"[I][2026-11-24 +8.0 {hour:00}:{i:00}:00.000][1, 2][t][a, b][{Token(hour, i):x8}\n")));

    // Nothing that damage makes of the text of another hour looks like it.
    static int Token(int hour, int line) => new Random(hour * 100 + line).Next();
}
