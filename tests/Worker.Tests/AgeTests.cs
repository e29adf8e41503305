using System.Text;
using CsCheck;
using Decryptor.Samples;
using Decryptor.Worker.Formats;
using Decryptor.Worker.Formats.Age;
using Org.BouncyCastle.Crypto.Generators;

namespace Decryptor.Worker.Tests;

[Parallelizable(ParallelScope.Children)]
sealed class AgeTests
{
    static readonly AgePair Ours = new(new Random(1));
    static readonly AgePair Theirs = new(new Random(2));

    static AgeRing Ring => new AgeRing().Identity("ours", Ours.Private);

    [Test]
    public void What_an_encoder_seals_is_opened_again_at_every_border_of_a_chunk(
        [Values(0, 1, 65535, 65536, 65537, 131072)] int length, [Values] bool armored)
    {
        var text = Text(length);
        var file = Sealed(text);
        if (armored) file = Encoding.ASCII.GetBytes(AgeEncoder.Armor(file));
        var trial = new AgeTrial(file, Ring);
        Assert.That(trial.Code, Is.Empty, trial.Refusal?.Message);
        Assert.That(trial.Text.ToArray(), Is.EqualTo(text));
        Assert.That(trial.Findings.Keys, Is.EqualTo("ours"));
    }

    [Test]
    public void Whatever_the_length_the_buffer_and_the_pieces_the_text_comes_back() =>
        Gen.Select(Gen.Int[0, 200_000], Gen.Int[1, 70_000], Gen.Int[1, 5], Gen.Bool, Gen.Bool).Sample(
            (length, buffer, receivers, armored, dos) =>
            {
                var encoder = new AgeEncoder(new Random(length));
                for (var i = 1; i < receivers; i++) encoder.For(new AgePair(new Random(100 + i)).Public);
                var text = Text(length);
                var file = encoder.For(Ours.Public).Seal(text);
                var armor = AgeEncoder.Armor(file, dos ? "\r\n" : "\n");
                var trial = new AgeTrial(armored ? Encoding.ASCII.GetBytes($" \n{armor}\n \t") : file, Ring, buffer);
                return trial.Code.Length == 0 && trial.Text.ToArray().AsSpan().SequenceEqual(text);
            }, iter: 60);

    [Test]
    public void A_file_that_is_cut_anywhere_gives_its_whole_chunks_and_says_so()
    {
        var text = Text(150_000);
        var file = Sealed(text);
        int[] lengths = [1, 20, 100, 183, 184, 190, 30_000, 65_735, 65_736, 65_740, 65_753, 131_287, 131_288, 131_289];
        foreach (var kept in lengths)
        {
            var trial = new AgeTrial(file[..kept], Ring);
            var chunks = Math.Max(0, kept - 184) / (64 * 1024 + 16);
            Assert.That(trial.Text.ToArray(), Is.EqualTo(text[..(chunks * 64 * 1024)]), $"{kept}");
            Assert.That(trial.Code, Is.EqualTo(Code(kept)),
                $"{kept}: {trial.Refusal?.Message}");
        }

        // Of a single chunk nobody can tell whether it was cut or changed.
        static string Code(int kept) => kept switch
        {
            < 20 => "DAMAGED",
            30_000 or 65_735 => "NOT_AUTHENTIC",
            _ => "TRUNCATED",
        };
    }

    [Test]
    public void A_byte_that_is_changed_anywhere_lets_nothing_through_but_the_chunks_before_it()
    {
        var text = Text(100_000);
        var file = Sealed(text);
        Gen.Select(Gen.Int[0, file.Length - 1], Gen.Int[1, 255]).Sample((at, change) =>
        {
            var changed = (byte[])file.Clone();
            changed[at] ^= (byte)change;
            var trial = new AgeTrial(changed, Ring);
            var before = at >= 184 + 64 * 1024 + 16 ? 64 * 1024 : 0;
            return trial.Code.Length > 0 && trial.Text.ToArray().AsSpan().SequenceEqual(text.AsSpan(0, before));
        }, iter: 400);
        for (var at = 0; at < 184; at++)
        {
            var changed = (byte[])file.Clone();
            changed[at] ^= 1;
            var trial = new AgeTrial(changed, Ring);
            Assert.That((trial.Code.Length > 0, trial.Text.Length), Is.EqualTo((true, 0)), $"{at}");
        }
    }

    [Test]
    public void A_damaged_armor_gives_what_is_authentic_before_the_damage_and_names_the_line()
    {
        var text = Text(200_000);
        var armor = AgeEncoder.Armor(Sealed(text)).ToCharArray();
        armor[3000 * 65 + 70] = '*';
        var trial = new AgeTrial(Encoding.ASCII.GetBytes(armor), Ring);
        Assert.That(trial.Code, Is.EqualTo("DAMAGED"));
        Assert.That(trial.Refusal!.Message, Does.Contain("line 3002"));
        Assert.That(trial.Text.ToArray(), Is.EqualTo(text[..(2 * 65536)]));
    }

    [Test]
    public void A_cut_armor_is_truncated_and_not_damaged()
    {
        var armor = AgeEncoder.Armor(Sealed(Text(100_000)));
        var trial = new AgeTrial(Encoding.ASCII.GetBytes(armor[..^500]), Ring);
        Assert.That((trial.Code, trial.Text.Length), Is.EqualTo(("TRUNCATED", 65536)));
    }

    [Test]
    public void Why_the_stream_around_broke_off_is_passed_on()
    {
        var file = Sealed(Text(100_000));
        var trial = new AgeTrial(new BreakingStream(file[..90_000]), Ring);
        Assert.That((trial.Code, trial.Text.Length), Is.EqualTo(("IO_ERROR", 65536)));
        trial = new AgeTrial(new BreakingStream(file), Ring);
        Assert.That((trial.Code, trial.Text.Length), Is.EqualTo(("IO_ERROR", 100_000)), "the end is not certain");
        trial = new AgeTrial(new BreakingStream(file[..100]), Ring);
        Assert.That((trial.Code, trial.Opened), Is.EqualTo(("IO_ERROR", false)));
    }

    [Test]
    public void A_key_that_fits_does_not_excuse_a_header_that_was_changed()
    {
        var file = new AgeEncoder(new Random(1)).For(Theirs.Public).For(Ours.Public).Seal(Text(10));
        var header = Encoding.Latin1.GetString(file);
        var second = header.IndexOf("-> X25519", 30, StringComparison.Ordinal);
        var first = header.IndexOf("-> X25519", StringComparison.Ordinal);
        var without = header[..first] + header[second..];
        var trial = new AgeTrial(Encoding.Latin1.GetBytes(without), Ring);
        Assert.That((trial.Code, trial.Opened), Is.EqualTo(("NOT_AUTHENTIC", false)));
    }

    [Test]
    public void A_ring_without_such_keys_is_told_from_one_whose_keys_do_not_fit()
    {
        var file = Sealed(Text(10));
        Assert.That(new AgeTrial(file, new AgeRing()).Code, Is.EqualTo("KEY_MISSING"));
        Assert.That(new AgeTrial(file, new AgeRing().Identity("theirs", Theirs.Private)).Code,
            Is.EqualTo("KEY_NO_MATCH"));
        var password = new AgeEncoder(new Random(1)).ForPassword("secret", 1).Seal(Text(10));
        Assert.That(new AgeTrial(password, Ring).Code, Is.EqualTo("KEY_MISSING"));
        Assert.That(new AgeTrial(password, new AgeRing().Password("words", "other")).Code, Is.EqualTo("KEY_NO_MATCH"));
    }

    [Test]
    public void A_recipient_that_only_hardware_has_is_unsupported_and_named()
    {
        var file = new AgeEncoder(new Random(1)).Stanza("piv-p256 AAAA BBBB", new byte[32]).Seal(Text(10));
        var trial = new AgeTrial(file, Ring);
        Assert.That(trial.Code, Is.EqualTo("UNSUPPORTED"));
        Assert.That(trial.Refusal!.Message, Does.Contain("piv-p256"));
        file = new AgeEncoder(new Random(1)).Stanza("example.com/enigma", []).Seal(Text(10));
        trial = new AgeTrial(file, Ring);
        Assert.That(trial.Code, Is.EqualTo("KEY_NO_MATCH"));
        Assert.That(trial.Refusal!.Message, Does.Contain("example.com/enigma"));
        file = new AgeEncoder(new Random(1)).Stanza("example.com/enigma", []).For(Ours.Public).Seal(Text(10));
        Assert.That(new AgeTrial(file, Ring).Code, Is.Empty);
    }

    [Test]
    public void Another_version_is_unsupported_and_named()
    {
        var file = Sealed(Text(10));
        file[20] = (byte)'2';
        var trial = new AgeTrial(file, Ring);
        Assert.That(trial.Code, Is.EqualTo("UNSUPPORTED"));
        Assert.That(trial.Refusal!.Message, Does.Contain("v2"));
    }

    [Test]
    public void All_recipients_are_asked_for_however_large_the_ring()
    {
        var encoder = new AgeEncoder(new Random(1));
        for (var i = 0; i < 30; i++) encoder.For(new AgePair(new Random(50 + i)).Public);
        var file = encoder.For(Ours.Public).Seal(Text(10));
        var ring = new AgeRing { Strangers = 300 }.Identity("ours", Ours.Private);
        Assert.That(new AgeTrial(file, ring).Code, Is.Empty);
        Assert.That(ring.Asked, Is.EqualTo(1 + 3), "16 records of 301 keys are too many, 13 are not");
        Assert.That(new AgeTrial(file, new AgeRing { QuestionsMax = 1, Strangers = 1 }).Code,
            Is.EqualTo("KEY_NO_MATCH"));
    }

    [Test]
    public void A_password_of_the_ring_opens_a_file_sealed_with_it()
    {
        var file = new AgeEncoder(new Random(1)).ForPassword("電池 staple", 4).Seal(Text(1000));
        var trial = new AgeTrial(file, new AgeRing().Password("a", "x").Password("b", "電池 staple"));
        Assert.That((trial.Code, trial.Findings.Keys), Is.EqualTo(("", "b")));
    }

    [Test]
    public void Scrypt_makes_the_same_key_as_another_implementation()
    {
        for (var log = 1; log <= 10; log++)
        {
            var (password, salt) = (Encoding.UTF8.GetBytes($"password {log}"), Text(28));
            using var scrypt = new Scrypt(log);
            Assert.That(scrypt.Derive(password, salt), Is.EqualTo(SCrypt.Generate(password, salt, 1 << log, 8, 1, 32)));
            Assert.That(scrypt.Derive([], []), Is.EqualTo(SCrypt.Generate([], [], 1 << log, 8, 1, 32)), "used again");
        }
    }

    internal static byte[] Text(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    static byte[] Sealed(byte[] text) => new AgeEncoder(new Random(7)).For(Ours.Public).Seal(text);

    /// <summary>A stream that breaks off behind its bytes.</summary>
    sealed class BreakingStream(byte[] bytes) : ForwardStream
    {
        int _at;

        public override int Read(Span<byte> buffer)
        {
            var count = Math.Min(buffer.Length, bytes.Length - _at);
            if (count == 0) throw Faults.Reading("it broke");
            bytes.AsSpan(_at, count).CopyTo(buffer);
            _at += count;
            return count;
        }
    }
}
