using System.Text;
using CsCheck;
using Decryptor.Protocol;
using Decryptor.Worker.Formats.Logan;

namespace Decryptor.Worker.Tests;

/// <summary>Logan: what is recovered of what, and what is said of it.</summary>
[Parallelizable(ParallelScope.Children)]
sealed class LoganTests
{
    [Test]
    public void What_the_encoder_writes_comes_back_byte_for_byte() =>
        Gen.Select(Gen.Int[0, 400], Gen.Int[0, 1_000_000], Gen.Byte).Sample((lines, seed, system) =>
        {
            var (file, text) = LoganMade.Day(lines + 1, seed, system);
            var decoded = LoganDecoded.Of(file, LoganMade.Ours);
            return decoded.IsComplete && !decoded.Notes.Any() && decoded.Text.AsSpan().SequenceEqual(text);
        }, iter: 60);

    [Test]
    public void A_line_over_many_blocks_is_not_broken()
    {
        var random = new Random(5);
        var line = Encoding.UTF8.GetBytes(LoganMade.Line(random, 1, 150_000));
        var (encoder, file) = (LoganMade.Encoder(), new MemoryStream());
        encoder.Add(file, line);
        encoder.Flush(file);
        var decoded = LoganDecoded.Of(file.ToArray(), LoganMade.Ours);
        Assert.That(decoded.Blocks.Total, Is.GreaterThan(4));
        Assert.That(decoded.Text, Is.EqualTo(line));
        Assert.That(decoded.IsComplete && !decoded.Notes.Any(), decoded.Told);
    }

    [Test]
    public void A_block_without_a_byte_in_it_is_no_damage()
    {
        var (encoder, file) = (LoganMade.Encoder(), new MemoryStream());
        encoder.Add(file, "{\"c\":\"a\"}\n"u8);
        for (var flush = 0; flush < 4; flush++) encoder.Flush(file);
        encoder.Add(file, "{\"c\":\"b\"}\n"u8);
        encoder.Flush(file);
        encoder.Flush(file);
        var decoded = LoganDecoded.Of(file.ToArray(), LoganMade.Ours);
        Assert.That(decoded.Lines, Is.EqualTo("{\"c\":\"a\"}\n{\"c\":\"b\"}\n"));
        Assert.That(decoded.IsComplete && !decoded.Notes.Any(), decoded.Told);
    }

    [Test]
    public void A_crash_costs_part_of_the_last_line_and_no_other()
    {
        var (encoder, file) = (LoganMade.Encoder(), new MemoryStream());
        var random = new Random(8);
        var first = string.Concat(Enumerable.Range(0, 12).Select(number => LoganMade.Line(random, number)));
        foreach (var line in first.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            encoder.Add(file, Encoding.UTF8.GetBytes(line + "\n"));
        encoder.Crash(file);
        encoder.Add(file, "{\"c\":\"after\"}\n"u8);
        encoder.Flush(file);
        var decoded = LoganDecoded.Of(file.ToArray(), LoganMade.Ours);
        var half = decoded.Lines[..decoded.Lines.IndexOf("{\"c\":\"after\"}\n", StringComparison.Ordinal)];
        Assert.That(first, Does.StartWith(half.TrimEnd('\n')));
        Assert.That(half, Does.EndWith("\n").And.Length.GreaterThan(first.Length - 100));
        Assert.That(decoded.IsComplete, decoded.Told);
        Assert.That(decoded.Notes, Has.One.StartsWith("the block at 0 was never closed"));
    }

    [Test]
    public void A_buffer_file_gives_its_blocks_and_not_the_stale_ones_behind()
    {
        var (file, text) = LoganMade.Day(50, 3);
        var (stale, _) = LoganMade.Day(30, 4);
        var cache = Decryptor.Samples.LoganEncoder.CacheFile(file, stale);
        var decoded = LoganDecoded.Of(cache, LoganMade.Ours);
        Assert.That(decoded.Text, Is.EqualTo(text));
        Assert.That(decoded.IsComplete, decoded.Told);
        Assert.That(decoded.Notes, Has.One.Contains("stale"));
        Assert.That(LoganDecoder.Sniff(cache.AsSpan(0, 4096)), Is.EqualTo(0));
    }

    [Test]
    public void An_empty_buffer_file_is_complete()
    {
        var decoded = LoganDecoded.Of(Decryptor.Samples.LoganEncoder.CacheFile([], []), LoganMade.Ours);
        Assert.That(decoded.IsComplete && decoded.Text.Length == 0, decoded.Told);
        Assert.That(decoded.Notes, Has.One.Contains("nothing was waiting"));
    }

    [Test]
    public void Without_a_key_the_frames_are_counted_and_the_published_key_is_not_used()
    {
        var (file, _) = LoganMade.Day(300, 6);
        var blocks = LoganMade.Borders(file).Length - 1;
        var decoded = LoganDecoded.Of(file);
        Assert.That((decoded.Code, decoded.Text.Length, decoded.Blocks),
            Is.EqualTo(("KEY_MISSING", 0, new BlockCount(blocks, 0, blocks))));
        Assert.That(decoded.Verdict!.Value.Message,
            Is.EqualTo($"framing is whole, 0 of {blocks} blocks opened: the ring has no logan key"));
        Assert.That(decoded.Verdict!.Value.Hint, Does.Not.Contain("published"));
    }

    [Test]
    public void A_file_with_the_published_key_says_so_in_its_hint_or_its_warning()
    {
        var (encoder, file) = (new Decryptor.Samples.LoganEncoder("0123456789012345"u8, "0123456789012345"u8),
            new MemoryStream());
        encoder.Add(file, "{\"c\":\"a\"}\n"u8);
        encoder.Flush(file);
        var shut = LoganDecoded.Of(file.ToArray());
        Assert.That((shut.Code, shut.Text.Length), Is.EqualTo(("KEY_MISSING", 0)));
        Assert.That(shut.Verdict!.Value.Hint, Does.Contain("\"logan 0123456789012345 0123456789012345\""));
        var opened = LoganDecoded.Of(file.ToArray(), LoganMade.Ours, LoganDecoded.Published);
        Assert.That((opened.Lines, opened.Findings.Keys), Is.EqualTo(("{\"c\":\"a\"}\n", "logan-default")));
        Assert.That(opened.Findings.Warnings, Has.Exactly(1).Items.And.One.Contains("published sample"));
    }

    [Test]
    public void A_wrong_key_and_a_wrong_iv_are_told_apart()
    {
        var (file, _) = LoganMade.Day(300, 7);
        var wrongIv = LoganDecoded.Of(file, LoganDecoded.Published, ("almost", LoganMade.Ours.Key, "a wrong iv, here"));
        Assert.That((wrongIv.Code, wrongIv.Text.Length), Is.EqualTo(("KEY_NO_MATCH", 0)));
        Assert.That(wrongIv.Verdict!.Value.Message,
            Does.Contain("with 2 keys; almost has the right key and a wrong IV"));
        var wrongKey = LoganDecoded.Of(file, ("other", "a wrong key here", LoganMade.Ours.Iv));
        Assert.That((wrongKey.Code, wrongKey.Text.Length), Is.EqualTo(("KEY_NO_MATCH", 0)));
        Assert.That(wrongKey.Verdict!.Value.Message, Does.EndWith("with 1 key"));
    }

    [Test]
    public void An_attempt_that_has_asked_too_often_is_told_so()
    {
        var decoded = LoganDecoded.WithoutAnswer(LoganMade.Day(30, 1).File);
        Assert.That(decoded.Verdict!.Value.Message, Does.Contain("as many keys as it may"));
    }

    [Test]
    public void Files_of_two_apps_on_end_are_opened_each_with_its_key()
    {
        var (file, text) = LoganMade.Day(80, 9);
        var (encoder, other) = (new Decryptor.Samples.LoganEncoder("0123456789012345"u8, "0123456789012345"u8),
            new MemoryStream());
        encoder.Add(other, "{\"c\":\"a\"}\n"u8);
        encoder.Flush(other);
        var decoded = LoganDecoded.Of([.. file, .. other.ToArray(), .. file], LoganMade.Ours, LoganDecoded.Published);
        Assert.That(decoded.Text, Is.EqualTo((byte[])[.. text, .. "{\"c\":\"a\"}\n"u8, .. text]));
        Assert.That(decoded.Findings.Keys, Is.EqualTo("app, logan-default"));
        Assert.That(decoded.Notes, Has.Some.Contains("is the same as the one at 0"));
    }

    [Test]
    public void A_flipped_bit_costs_few_lines_of_its_block_and_none_is_made_up()
    {
        var random = new Random(12);
        var (file, text) = LoganMade.Day(400, 11);
        var lines = Encoding.UTF8.GetString(text).Split('\n');
        var known = lines.ToHashSet();
        var (unknown, lost) = (0, 0);
        for (var round = 0; round < 150; round++)
        {
            var wounded = (byte[])file.Clone();
            wounded[random.Next(wounded.Length)] ^= (byte)(1 << random.Next(8));
            var decoded = LoganDecoded.Of(wounded, LoganMade.Ours);
            var given = decoded.Lines.Split('\n');
            unknown += given.Count(line => !known.Contains(line));
            lost += lines.Length - given.Length;
            if (given.Any(line => !known.Contains(line)))
                Assert.That(decoded.Findings.Warnings, Has.Some.Contains("unverified"), decoded.Told);
            Assert.That(decoded.IsComplete && decoded.Text.Length != text.Length, Is.False, decoded.Told);
        }

        TestContext.Out.WriteLine($"{lost} lines lost and {unknown} made up in 150 wounded files");
        Assert.That(unknown, Is.LessThan(8));
        Assert.That(lost, Is.LessThan(150 * 40));
    }

    [TestCase(0)]
    [TestCase(-1)]
    [TestCase(-16)]
    [TestCase(int.MaxValue)]
    [TestCase(0x7FFFFFF0)]
    [TestCase(17)]
    [TestCase(16)]
    [TestCase(1024 * 1024)]
    [TestCase(2 * 1024 * 1024)]
    public void A_length_that_lies_costs_no_text(int length)
    {
        var (file, text) = LoganMade.Day(300, 13);
        var at = LoganMade.Borders(file)[2];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(at + 1), length);
        var decoded = LoganDecoded.Of(file, LoganMade.Ours);
        if (length == 16)
            Assert.That(decoded.Text, Has.Length.GreaterThan(text.Length / 2));
        else
            Assert.That(decoded.Text, Is.EqualTo(text), decoded.Told);
        Assert.That((decoded.Verdict?.Outcome, decoded.Code), Is.EqualTo((Outcome.Partial, "DAMAGED")), decoded.Told);
        Assert.That(decoded.Findings.Gaps.Any(gap => gap.Offset >= at && gap.Offset < at + 32), decoded.Told);
    }

    [Test]
    public void A_length_that_leads_to_another_block_is_held_against_the_proof()
    {
        var (file, text) = LoganMade.Day(300, 14);
        var borders = LoganMade.Borders(file);
        var both = borders[4] - borders[2] - 6;
        both -= both % 16;
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(borders[2] + 1), both);
        var decoded = LoganDecoded.Of(file, LoganMade.Ours);
        Assert.That(decoded.Text, Is.EqualTo(text), decoded.Told);
    }

    [Test]
    public void A_block_whose_mark_is_wrong_is_read_all_the_same()
    {
        var (file, text) = LoganMade.Day(300, 17);
        var at = LoganMade.Borders(file)[3];
        file[at] = 0x41;
        var decoded = LoganDecoded.Of(file, LoganMade.Ours);
        Assert.That(decoded.Text, Is.EqualTo(text), decoded.Told);
        Assert.That(decoded.Findings.Gaps.Select(gap => (gap.Offset, gap.Length)), Is.EqualTo([((long)at, 1L)]));
    }

    [Test]
    public void What_is_left_of_a_line_over_many_blocks_is_given_on_lines_of_its_own()
    {
        var random = new Random(5);
        var line = LoganMade.Line(random, 1, 90_000);
        var (encoder, file) = (LoganMade.Encoder(), new MemoryStream());
        encoder.Add(file, "{\"c\":\"first\"}\n"u8);
        encoder.Flush(file);
        encoder.Add(file, Encoding.UTF8.GetBytes(line));
        encoder.Add(file, "{\"c\":\"next\"}\n"u8);
        var borders = LoganMade.Borders(file.ToArray());
        encoder.Crash(file);
        encoder.Add(file, "{\"c\":\"last\"}\n"u8);
        encoder.Flush(file);
        var wounded = file.ToArray();
        wounded.AsSpan(borders[^3], borders[^2] - borders[^3]).Fill(0x55);
        var decoded = LoganDecoded.Of(wounded, LoganMade.Ours);
        var lines = decoded.Lines.Split('\n');
        Assert.That(lines[0], Is.EqualTo("{\"c\":\"first\"}"));
        Assert.That(line, Does.StartWith(lines[1]), decoded.Told);
        Assert.That(line, Does.Contain(lines[2]), decoded.Told);
        Assert.That(lines[1].Length + lines[2].Length, Is.InRange(40_000, line.Length - 1000));
        Assert.That(lines[^2], Is.EqualTo("{\"c\":\"last\"}"), decoded.Told);
    }

    [Test]
    public void A_cut_file_is_decoded_to_its_last_whole_line()
    {
        var (file, text) = LoganMade.Day(300, 15);
        var all = Encoding.UTF8.GetString(text);
        for (var cut = file.Length - 1; cut > file.Length - 3000; cut -= 37)
        {
            var decoded = LoganDecoded.Of(file[..cut], LoganMade.Ours);
            Assert.That(all.StartsWith(decoded.Lines, StringComparison.Ordinal), $"cut at {cut}\n{decoded.Told}");
            Assert.That(decoded.Lines, Does.EndWith("\n"));
            if (!decoded.IsComplete)
                Assert.That(decoded.Code, Is.EqualTo("TRUNCATED"), $"cut at {cut}\n{decoded.Told}");
            else Assert.That(decoded.Text.Length == text.Length || decoded.Notes.Any()
                || LoganMade.Borders(file).Any(border => cut == border || cut == border - 1), $"cut at {cut}");
        }
    }

    [Test]
    public void Bad_padding_bad_bits_and_a_bad_checksum_are_told_in_the_same_words()
    {
        var encoder = LoganMade.Encoder();
        var text = Encoding.UTF8.GetBytes(LoganMade.Line(new Random(1), 1));
        var member = encoder.Member(text);
        byte[] badSum = [.. member];
        badSum[^6] ^= 1;
        byte[] badBits = [.. member];
        badBits.AsSpan(20, 30).Fill(0xFF);
        byte[] badPad = [.. member, .. Enumerable.Repeat((byte)0xEE, 16 - member.Length % 16)];
        byte[][] blocks = [encoder.Block(badSum), encoder.Block(badBits), encoder.Bare(badPad)];
        foreach (var block in blocks)
        {
            var decoded = LoganDecoded.Of(block, LoganMade.Ours);
            Assert.That(decoded.Told, Does.Contain("does not pass its checks").And.Not.Contain("padding"));
            Assert.That(decoded.Code, Is.EqualTo(block == blocks[2] ? null : "DAMAGED"), decoded.Told);
        }

        Assert.That(LoganDecoded.Of(blocks[2], LoganMade.Ours).Text, Is.EqualTo(text));
    }

    [Test]
    public void Bytes_that_are_no_utf8_pass_as_they_are()
    {
        byte[] line = [.. "{\"c\":\""u8, 0xED, 0xA0, 0xBD, 0xED, 0xB8, 0x80, 0xC0, 0x80, 0xFF, .. "\",\"f\":1}\n"u8];
        var (encoder, file) = (LoganMade.Encoder(), new MemoryStream());
        encoder.Add(file, line);
        encoder.Crash(file);
        encoder.Add(file, line);
        encoder.Flush(file);
        var decoded = LoganDecoded.Of(file.ToArray(), LoganMade.Ours);
        Assert.That(decoded.Text.AsSpan()[^line.Length..].SequenceEqual(line), decoded.Told);
    }

    [Test]
    public void A_file_without_a_sign_of_logan_is_not_asked_for()
    {
        var noise = new byte[300_000];
        new Random(2).NextBytes(noise);
        noise[0] = 7;
        var decoded = LoganDecoded.Of(noise, LoganMade.Ours);
        Assert.That((decoded.Verdict, decoded.Asked), Is.EqualTo(((Formats.Verdict?)null, 0)));
    }

    [Test]
    public void Text_in_front_and_line_feeds_behind_take_nothing_away()
    {
        var (file, text) = LoganMade.Day(100, 16);
        var decoded = LoganDecoded.Of([.. "HTTP/1.1 200 OK\r\nContent-Type: x\r\n\r\n"u8, .. file, .. "\n\n"u8],
            LoganMade.Ours);
        Assert.That(decoded.Text, Is.EqualTo(text));
        Assert.That(decoded.Findings.Gaps.Single().Offset, Is.Zero);
    }

    [TestCase(256 * 1024 - 1)]
    [TestCase(256 * 1024)]
    [TestCase(256 * 1024 + 1)]
    [TestCase(2 * 1024 * 1024)]
    [TestCase(2 * 1024 * 1024 + 1)]
    public void The_members_of_a_block_give_their_text_whatever_pieces_it_is_inflated_in(int length)
    {
        var encoder = LoganMade.Encoder();
        var lines = string.Concat(Enumerable.Repeat("0123456789 abcdefghij\n", length / 22 + 1));
        var text = Encoding.ASCII.GetBytes(lines);
        text = text[..length];
        byte[] three = [.. encoder.Member(text), .. encoder.Member("{\"c\":\"b\"}\n"u8), .. encoder.Member(text)];
        byte[] file = [.. encoder.Block(encoder.Member(text)), .. encoder.Block(three)];
        var decoded = LoganDecoded.Of(file, LoganMade.Ours);
        byte[] whole = [.. text, .. text, .. "{\"c\":\"b\"}\n"u8, .. text];
        Assert.That(decoded.IsComplete, decoded.Told);
        Assert.That(decoded.Text.AsSpan().SequenceEqual(whole));
    }

    [Test]
    public void A_text_larger_than_any_real_one_is_passed_on_in_bounded_memory_and_stopped_by_its_limit()
    {
        var encoder = LoganMade.Encoder();
        var block = encoder.Block(encoder.Member(new byte[40 << 20]));
        Assert.That(LoganDecoded.Of(block, LoganMade.Ours).Text, Has.Length.EqualTo(40 << 20));
        var limits = Trial.Usual with { RatioFloor = 8 << 20 };
        var stopped = LoganDecoded.Within(limits, block, LoganMade.Ours);
        Assert.That(stopped.Code, Is.EqualTo("LIMIT_RATIO"));
        Assert.That(stopped.Blocks, Is.EqualTo(new BlockCount(1, 0, 1)));
    }
}
