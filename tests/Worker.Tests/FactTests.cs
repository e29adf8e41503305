using System.Text;
using Decryptor.Protocol;
using Decryptor.Samples;
using Decryptor.Worker.Formats;

namespace Decryptor.Worker.Tests;

/// <summary>What the report tells of a file beside its text, and that there are limits to it.</summary>
sealed class FactTests
{
    static Facts AllOf(byte[] file, Ring? ring = null) => Decoded.Of(file, ring).Findings.Evidence.Told()!;

    static BlockFacts FactsOf(byte[] file, Ring? ring = null) => AllOf(file, ring).Blocks!;

    [Test]
    public void A_sealed_file_tells_its_framing_its_client_and_its_hours_without_a_key([Values] Compression compression)
    {
        var (file, _) = Made.Session(compression, Made.Ours, blocks: 5);
        var facts = FactsOf(file);
        var isZstd = compression == Compression.Zstd;
        Assert.Multiple(() =>
        {
            Assert.That((facts.Framed, facts.Sealed, facts.Shut), Is.EqualTo((5, 5, 5)));
            Assert.That((facts.Zstd, facts.Deflate), Is.EqualTo(isZstd ? (5L, 0L) : (0L, 5L)));
            Assert.That((facts.Async, facts.Sync, facts.Plain, facts.Cut, facts.Damaged), Is.EqualTo((5, 0, 0, 0, 0)));
            Assert.That((facts.Hours!.First, facts.Hours.Last), Is.EqualTo((9, 9)));
            Assert.That(facts.ClientKeys!.Single(),
                Is.EqualTo(new ClientKeySeen(Convert.ToHexStringLower(file.AsSpan(9, 64)), 5, 0)));
            Assert.That(facts.Breaks, Is.Null);
        });
    }

    [Test]
    public void With_the_key_the_same_is_told_and_the_blocks_are_opened([Values] Compression compression)
    {
        var (file, _) = Made.Session(compression, Made.Ours, blocks: 5);
        var (shut, open) = (FactsOf(file), FactsOf(file, Made.Ring));
        Assert.That(open.ClientKeys!.Single().Opened, Is.EqualTo(5));
        Assert.That(open with { Shut = 5, ClientKeys = null, Hours = null },
            Is.EqualTo(shut with { ClientKeys = null, Hours = null }));
    }

    [TestCase(BlockFacts.ClientKeysMax, 0)]
    [TestCase(BlockFacts.ClientKeysMax + 1, 1)]
    public void Client_keys_are_listed_up_to_the_limit_and_counted_beyond(int sessions, int leftOut)
    {
        var file = Enumerable.Range(0, sessions)
            .SelectMany(i => Made.Session(Compression.Zstd, Made.Ours, blocks: 1, linesInBlock: 1, seed: i).File);
        var facts = FactsOf([.. file]);
        Assert.That(facts.ClientKeys, Has.Count.EqualTo(BlockFacts.ClientKeysMax));
        Assert.That((facts.ClientKeysLeftOut, facts.Sealed), Is.EqualTo((leftOut, sessions)));
    }

    [TestCase(BlockFacts.BreaksMax, 0)]
    [TestCase(BlockFacts.BreaksMax + 1, 1)]
    public void Breaks_are_listed_up_to_the_limit_and_counted_beyond(int breaks, int leftOut)
    {
        var evidence = new BlockEvidence();
        for (var i = 0; i < breaks; i++) evidence.Break(i, 1, "wrong");
        Assert.That(evidence.Told().Breaks, Has.Count.EqualTo(BlockFacts.BreaksMax));
        Assert.That(evidence.Told().BreaksLeftOut, Is.EqualTo(leftOut));
    }

    [TestCase(Facts.RecipientsMax, null)]
    [TestCase(Facts.RecipientsMax + 1, 1L)]
    public void Kinds_of_recipients_are_listed_up_to_the_limit_and_counted_beyond(int kinds, long? leftOut)
    {
        var evidence = new Evidence();
        for (var i = 0; i < kinds; i++) evidence.Recipient($"kind-{i}");
        evidence.Recipient("kind-0");
        Assert.That(evidence.Told()!.Recipients, Has.Count.EqualTo(Facts.RecipientsMax));
        Assert.That(evidence.Told()!.Recipients![0], Is.EqualTo(new Recipients("kind-0", 2)));
        Assert.That(evidence.Told()!.RecipientsLeftOut, Is.EqualTo(leftOut));
    }

    [TestCase(Facts.RecipientNameMax, 0)]
    [TestCase(Facts.RecipientNameMax + 1, 1)]
    public void A_kind_is_repeated_up_to_a_length(int length, int cut)
    {
        var evidence = new Evidence();
        evidence.Recipient(new('x', length));
        Assert.That(evidence.Told()!.Recipients!.Single().Kind,
            Is.EqualTo(new string('x', Facts.RecipientNameMax) + (cut == 0 ? "" : "…")));
    }

    [Test]
    public void All_hours_of_a_day_are_told_and_an_hour_24_is_no_block()
    {
        byte[] payload = [.. "[I]line\n"u8];
        var blocks = Enumerable.Range(0, 25).Select(hour =>
        {
            var block = Made.Block(0x08, payload);
            block[3] = block[4] = (byte)hour;
            return block;
        });
        var facts = FactsOf([.. blocks.SelectMany(block => block)]);
        Assert.That(facts.Hours!.Seen, Is.EqualTo(Enumerable.Range(0, 24)));
        Assert.That((facts.Hours.First, facts.Hours.Last, facts.Framed), Is.EqualTo((0, 23, 24)));
    }

    [Test]
    public void Where_frames_do_not_follow_each_other_is_told_to_the_byte_without_a_key()
    {
        var (file, _) = Made.Session(Compression.Zstd, Made.Ours, blocks: 4);
        var second = 73 + BitConverter.ToInt32(file, 5) + 1;
        byte[] torn = [.. file[..second], .. Enumerable.Repeat((byte)0xEE, 333), .. file[second..]];
        var facts = FactsOf(torn);
        Assert.That(facts.Framed, Is.EqualTo(4));
        Assert.That(facts.Breaks!.Select(gap => (gap.Offset, gap.Length)), Is.EqualTo(new[] { ((long)second, 333L) }));
    }

    [Test]
    public void A_cut_and_a_tail_of_zeros_are_told_without_a_key()
    {
        var (file, _) = Made.Session(Compression.Zstd, Made.Ours, blocks: 3);
        var cut = FactsOf(file[..^40]);
        Assert.That((cut.Framed, cut.Cut, cut.Breaks!.Count), Is.EqualTo((2, 1, 1)));
        var facts = AllOf([.. file, .. new byte[4096]]);
        Assert.That(facts.Traces, Is.EqualTo(new[] { new TraceFound(Trace.ZeroTail, file.Length, 4096) }));
        Assert.That(facts.Blocks!.Breaks, Is.Null);
    }

    [Test]
    public void The_fields_of_open_sessions_are_no_client_keys()
    {
        var (file, _) = Made.Session(Compression.Zstd, null, blocks: 2);
        "nghai"u8.CopyTo(file.AsSpan(9));
        Assert.That(FactsOf(file).ClientKeys, Is.Null);
    }

    [Test]
    public void A_repeated_block_is_a_trace()
    {
        var (file, _) = Made.Session(Compression.Deflate, Made.Ours, blocks: 2);
        var second = 73 + BitConverter.ToInt32(file, 5) + 1;
        var facts = AllOf([.. file[..second], .. file[..second], .. file[second..]], Made.Ring);
        Assert.That(facts.Traces, Is.EqualTo(new[] { new TraceFound(Trace.Repeated, second, 1) }));
    }

    [Test]
    public void Base64_of_a_known_format_is_told_and_base64_of_anything_else_is_text()
    {
        var (file, _) = Made.Session(Compression.Zstd, Made.Ours, blocks: 2);
        using var disguised = Trial.OfBytes(Lines(file));
        Assert.That(disguised.Only.Facts!.Traces!.Single().Name, Is.EqualTo(Trace.Base64));
        using var other = Trial.OfBytes(Lines(Encoding.UTF8.GetBytes(new string('a', 4000))));
        Assert.That(other.Only.Facts, Is.Null);
        static byte[] Lines(byte[] bytes) =>
            Encoding.ASCII.GetBytes(Convert.ToBase64String(bytes, Base64FormattingOptions.InsertLineBreaks));
    }

    [Test]
    public void What_was_read_as_utf8_and_written_again_is_told_and_other_bytes_are_not()
    {
        var random = new byte[4096];
        new Random(5).NextBytes(random);
        using var wasted = Trial.OfBytes(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(random)), source: "a.bin");
        Assert.That(wasted.Only.Code, Is.EqualTo("UNKNOWN_FORMAT"));
        Assert.That(wasted.Only.Facts!.Traces!.Single().Name, Is.EqualTo(Trace.Reencoded));
        using var other = Trial.OfBytes(random, source: "a.bin");
        Assert.That(other.Only.Facts, Is.Null);
    }

    [Test]
    public void An_age_file_tells_for_whom_it_is_sealed_and_how_dear_its_password_is()
    {
        var encoder = new AgeEncoder(new(1)).For(new AgePair(new(2)).Public).For(new AgePair(new(3)).Public);
        using var shared = Trial.OfBytes(encoder.Seal("text\n"u8), source: "a.age");
        Assert.That(shared.Only.Facts!.Recipients, Is.EqualTo(new[] { new Recipients("X25519", 2) }));
        using var locked = Trial.OfBytes(new AgeEncoder(new(1)).ForPassword("secret", 21).Seal("text\n"u8));
        Assert.That((locked.Only.Code, locked.Only.Facts!.WorkFactor), Is.EqualTo(("LIMIT_KDF", 21)));
    }

    [Test]
    public void Nothing_is_made_for_a_block()
    {
        var evidence = new BlockEvidence();
        byte[][] keys = [.. Enumerable.Range(1, 70).Select(i => Enumerable.Repeat((byte)i, 64).ToArray())];
        foreach (var key in keys) evidence.Client(key, opened: true);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100_000; i++)
        {
            evidence.Hours(9, 10);
            evidence.Client(keys[i % keys.Length], opened: false);
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
        Assert.That(evidence.Told().ClientKeysLeftOut, Is.GreaterThan(0));
    }

    [Test]
    public void Plain_text_has_no_facts()
    {
        using var trial = Trial.OfBytes("hello\n"u8.ToArray(), source: "a.txt");
        Assert.That(trial.Only.Facts, Is.Null);
    }
}
