using System.Text;
using Decryptor.Protocol;
using Decryptor.Worker.Formats.Logan;

namespace Decryptor.Worker.Tests;

/// <summary>
/// Good Logan files with wounds, and files made to cost time: whatever is in them, there is an outcome, and it is had
/// at the price of the bytes.
/// </summary>
[Parallelizable(ParallelScope.Children)]
sealed class LoganMutationTests
{
    const int Rounds = 400;

    [Test, CancelAfter(60_000)]
    public void Any_wound_ends_in_an_outcome([Values(1, 2, 3)] int seed)
    {
        var random = new Random(seed);
        var (file, text) = LoganMade.Day(120, seed);
        var encoder = LoganMade.Encoder();
        var crashed = new MemoryStream();
        encoder.Add(crashed, Encoding.UTF8.GetBytes(LoganMade.Line(random, 1)));
        encoder.Crash(crashed);
        byte[] whole = [.. file, .. crashed.ToArray(), .. LoganMade.Day(20, seed + 10).File];
        if (seed == 3) whole = Decryptor.Samples.LoganEncoder.CacheFile(whole, file);
        for (var round = 0; round < Rounds; round++)
        {
            var decoded = LoganDecoded.Of(Wounds.In(whole, random), LoganMade.Ours);
            var told = $"seed {seed}, round {round}: {decoded.Told}";
            Assert.That(decoded.Blocks.Total, Is.EqualTo(decoded.Blocks.Ok + decoded.Blocks.Bad), told);
            Assert.That(decoded.Text, Has.Length.LessThan(20 * text.Length), told);
            Assert.That(decoded.Asked, Is.LessThanOrEqualTo(1), told);
            if (decoded.Verdict is not { } verdict) continue;
            Assert.That(verdict.Outcome == Outcome.Complete, Is.EqualTo(verdict.Code is null), told);
            Assert.That(verdict.Code is not null && verdict.Message.Length * verdict.Hint.Length == 0, Is.False, told);
            Assert.That(verdict.Outcome == Outcome.Partial && decoded.Text.Length == 0, Is.False, told);
            Assert.That(decoded.Findings.Gaps.All(gap => gap is { Offset: >= 0, Length: > 0 }), told);
        }
    }

    [Test]
    public void What_is_cut_out_or_put_in_between_blocks_costs_no_other()
    {
        var (file, text) = LoganMade.Day(400, 21);
        var borders = LoganMade.Borders(file);
        var random = new Random(22);
        for (var round = 0; round < 60; round++)
        {
            var at = borders[random.Next(1, borders.Length - 1)];
            var noise = new byte[random.Next(1, 900)];
            random.NextBytes(noise);
            noise[0] = 0x55;
            var decoded = LoganDecoded.Of([.. file[..at], .. noise, .. file[at..]], LoganMade.Ours);
            Assert.That(decoded.Text, Is.EqualTo(text), decoded.Told);
            Assert.That(decoded.Findings.Gaps.Any(gap => gap.Offset == at && gap.Length == noise.Length), decoded.Told);
        }
    }

    [Test]
    public void Text_behind_a_wound_is_saved_with_what_precedes_it()
    {
        var (saved, lost) = (0, 0);
        var (file, text) = LoganMade.Day(400, 23);
        var known = Encoding.UTF8.GetString(text).Split('\n').ToHashSet();
        var borders = LoganMade.Borders(file);
        for (var i = 2; i + 1 < borders.Length; i++)
        {
            var wounded = (byte[])file.Clone();
            wounded[(borders[i] + borders[i + 1]) / 2] ^= 0x10;
            var decoded = LoganDecoded.Of(wounded, LoganMade.Ours);
            Assert.That(decoded.Lines.Split('\n').Count(line => !known.Contains(line)), Is.LessThan(2), decoded.Told);
            saved += decoded.Lines.Split('\n').Length;
            lost += known.Count - decoded.Lines.Split('\n').Length;
        }

        TestContext.Out.WriteLine($"{saved} lines kept, {lost} lost, a wound in the middle of each block in turn");
        Assert.That(lost, Is.LessThan(saved / 5));
    }

    [Test, CancelAfter(60_000)]
    public void Files_that_are_made_to_cost_time_cost_no_more_than_their_bytes([Range(0, 7)] int kind)
    {
        var (file, _) = LoganMade.Day(60, 31);
        var bait = Bait(kind, file, 1 << 20);
        (string, string, string)[] ring = [.. Enumerable.Range(0, 50).Select(i => ($"k{i}", $"key {i:00000000000}!",
            LoganMade.Ours.Iv)), LoganMade.Ours];
        var decoded = LoganDecoded.Of(bait, ring);
        Assert.That(decoded.Text, Has.Length.LessThan(8 * bait.Length), decoded.Verdict?.Message);
        Assert.That(decoded.IsComplete, Is.False);
        _ = LoganDecoder.Sniff(bait.AsSpan(0, 64 * 1024));
    }

    // A real beginning first, so that the ring is asked and its key proven.
    static byte[] Bait(int kind, byte[] file, int size)
    {
        var piece = kind switch
        {
            0 => [1],
            1 => file[..21],
            2 => [1, 0, 0, 0, 16],
            3 => [.. file[..21], .. new byte[3]],
            4 => file[..(file.Length / 3)],
            5 => [1, 0, 16, 0, 0, .. file[5..21]],
            6 => LoganMade.Encoder().Block([.. LoganMade.Encoder().Member("x\n"u8)[..13],
                .. Enumerable.Repeat<byte[]>([0, 0, 0xFF, 0xFF, 7], 40).SelectMany(flush => flush)]),

            // A line of a megabyte, then flushes without text, each of which could make one look for its end again.
            _ => LoganMade.Encoder().Block([.. LoganMade.Encoder().Member(new byte[1 << 20])[..^10],
                .. Enumerable.Repeat<byte[]>([0, 0, 0, 0xFF, 0xFF], 100_000).SelectMany(flush => flush)]),
        };
        var bait = new byte[size];
        file.CopyTo(bait, 0);
        for (var at = file.Length; at < size; at += piece.Length)
            piece.AsSpan(0, Math.Min(piece.Length, size - at)).CopyTo(bait.AsSpan(at));
        return bait;
    }
}
