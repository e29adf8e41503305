using System.Text;
using Decryptor.Samples;
using Decryptor.Worker.Formats.Age;
using Org.BouncyCastle.Math.EC.Rfc7748;

namespace Decryptor.Worker.Tests;

/// <summary>Headers and armor that were made to hurt.</summary>
[Parallelizable(ParallelScope.Children)]
sealed class AgeHostileTests
{
    static readonly AgePair Ours = new(new Random(1));

    static AgeRing Ring => new AgeRing().Identity("ours", Ours.Private).Password("words", "password");

    static AgeEncoder Encoder => new(new Random(3));

    [Test]
    public void A_header_of_64_KiB_is_read_and_one_byte_more_is_not()
    {
        var room = AgeHeader.LengthMax - (Encoder.For(Ours.Public).Seal([]).Length - 32) - "-> \n\n".Length;
        var trial = new AgeTrial(Encoder.For(Ours.Public).Stanza(new('x', room), []).Seal([]), Ring);
        Assert.That(trial.Code, Is.Empty, trial.Refusal?.Message);
        trial = new AgeTrial(Encoder.For(Ours.Public).Stanza(new('x', room + 1), []).Seal([]), Ring);
        Assert.That((trial.Code, trial.Opened), Is.EqualTo(("UNSUPPORTED", false)));
        Assert.That(trial.Refusal!.Message, Does.Contain("65536"));
    }

    [Test]
    public void A_header_of_256_recipients_is_read_and_one_more_is_not()
    {
        var encoder = Encoder.For(Ours.Public);
        for (var i = 1; i < AgeHeader.StanzasMax; i++) encoder.Stanza("grease", []);
        Assert.That(new AgeTrial(encoder.Seal([]), Ring).Code, Is.Empty);
        var trial = new AgeTrial(encoder.Stanza("grease", []).Seal([]), Ring);
        Assert.That(trial.Code, Is.EqualTo("UNSUPPORTED"));
        Assert.That(trial.Refusal!.Message, Does.Contain("256"));
    }

    [TestCase("21")]
    [TestCase("23")]
    [TestCase("64")]
    [TestCase("999")]
    public void A_password_derivation_past_the_limit_is_refused_before_anything_is_asked_or_taken(string log)
    {
        var ring = Ring;
        var salt = AgeEncoder.Base64(new byte[16]);
        var trial = new AgeTrial(Encoder.Stanza($"scrypt {salt} {log}", new byte[32]).Seal([]), ring);
        Assert.That(trial.Code, Is.EqualTo("LIMIT_KDF"));
        Assert.That(trial.Refusal!.Message, Does.Contain($"2^{log} ").And.Contain("2^20"));
        Assert.That(ring.Asked, Is.Zero);
    }

    [Test]
    public void All_tries_together_take_no_more_work_than_eight_of_the_dearest()
    {
        var file = Encoder.ForPassword("the last one", 6).Seal([]);
        var ring = new AgeRing();
        for (var i = 0; i < 16; i++) ring.Password($"word {i}", $"{i}");
        ring.Password("last", "the last one");
        var trial = new AgeTrial(file, ring, scryptLog: 7);
        Assert.That(trial.Code, Is.EqualTo("LIMIT_KDF"));
        Assert.That(trial.Refusal!.Message, Does.StartWith("16 of 17 passwords"));
        Assert.That(new AgeTrial(file, ring, scryptLog: 8).Code, Is.Empty);
    }

    [Test]
    public void A_share_with_which_every_key_agrees_upon_zeros_is_damage_and_is_not_asked_for()
    {
        string[] shares =
        [
            new('0', 64), "01" + new string('0', 62), "EC" + new string('F', 60) + "7F",
            "ED" + new string('F', 60) + "7F", "EE" + new string('F', 60) + "FF",
            "E0EB7A7C3B41B8AE1656E3FAF19FC46ADA098DEB9C32B1FD866205165F49B800",
            "5F9C95BCA3508C24B1D0B1559C83EF5B04445CC4581C8E86D8224EDDD09F11D7",
        ];
        foreach (var share in shares.Select(Convert.FromHexString))
        {
            Assert.That(X25519.CalculateAgreement(Ours.Private, share, new byte[32]), Is.False, "it is of low order");
            foreach (var kind in new[] { "X25519", "ssh-ed25519 AAAAAA" })
            {
                var ring = Ring;
                var trial = new AgeTrial(Encoder.For(Ours.Public)
                    .Stanza($"{kind} {AgeEncoder.Base64(share)}", new byte[32]).Seal([]), ring);
                Assert.That((trial.Code, ring.Asked), Is.EqualTo(("DAMAGED", 0)));
            }
        }

        Assert.That(LowOrder.Contains(Ours.Public), Is.False);
    }

    [Test]
    public void A_line_of_armor_that_does_not_end_is_refused_at_its_beginning()
    {
        var line = $"-----BEGIN AGE ENCRYPTED FILE-----\n{new string('A', 1 << 20)}\n";
        var trial = new AgeTrial(Encoding.ASCII.GetBytes(line), Ring);
        Assert.That(trial.Code, Is.EqualTo("DAMAGED"));
        Assert.That(trial.Refusal!.Message, Does.Contain("line 2, at byte 35").And.Contain("64 columns"));
    }

    [Test]
    public void Armor_behind_more_blanks_than_anybody_types_is_no_armor()
    {
        var armor = AgeEncoder.Armor(Encoder.For(Ours.Public).Seal([]));
        byte[] most = Encoding.ASCII.GetBytes(new string('\n', AgeArmor.BlankMax) + armor);
        Assert.That(AgeLayer.Begins(most));
        Assert.That(new AgeTrial(most, Ring).Code, Is.Empty);
        Assert.That(AgeLayer.Begins([(byte)'\n', .. most]), Is.False);
        Assert.That(new AgeTrial([(byte)'\n', .. most], Ring).Code, Is.EqualTo("DAMAGED"));
    }

    [Test]
    public void Blanks_behind_the_armor_are_looked_through_to_the_end()
    {
        var armor = AgeEncoder.Armor(Encoder.For(Ours.Public).Seal([1, 2, 3])) + new string(' ', 5_000_000);
        Assert.That(new AgeTrial(Encoding.ASCII.GetBytes(armor), Ring).Code, Is.Empty);
        var trial = new AgeTrial(Encoding.ASCII.GetBytes(armor + "x"), Ring);
        Assert.That((trial.Code, trial.Text.Length), Is.EqualTo(("DAMAGED", 3)));
    }

    [Test]
    public void Names_of_kinds_are_repeated_only_so_far()
    {
        var encoder = Encoder;
        for (var i = 0; i < 200; i++) encoder.Stanza($"kind{i}{new string('x', 150)}", []);
        var trial = new AgeTrial(encoder.Seal([]), Ring);
        Assert.That(trial.Code, Is.EqualTo("KEY_NO_MATCH"));
        Assert.That(trial.Refusal!.Message, Has.Length.LessThan(300));
    }

    [Test]
    public void Garbage_behind_the_first_line_is_damage_wherever_it_stands()
    {
        var random = new Random(4);
        for (var i = 0; i < 300; i++)
        {
            var garbage = new byte[random.Next(1, 3000)];
            random.NextBytes(garbage);
            var trial = new AgeTrial([.. "age-encryption.org/v1\n"u8, .. garbage], Ring);
            Assert.That(trial.Code, Is.EqualTo("DAMAGED").Or.EqualTo("TRUNCATED"));
            trial = new AgeTrial([.. "-----BEGIN AGE ENCRYPTED FILE-----\n"u8, .. garbage], Ring);
            Assert.That(trial.Code, Is.EqualTo("DAMAGED").Or.EqualTo("TRUNCATED"));
        }
    }

    [Test]
    public void Armor_with_a_wound_gives_nothing_that_was_not_sealed()
    {
        var text = AgeTests.Text(70_000);
        var armor = Encoding.ASCII.GetBytes(AgeEncoder.Armor(Encoder.For(Ours.Public).Seal(text)));
        var random = new Random(5);
        for (var i = 0; i < 300; i++)
        {
            var at = random.Next(armor.Length);
            byte[] wounded = random.Next(3) switch
            {
                0 => [.. armor[..at], (byte)random.Next(256), .. armor[at..]],
                1 => [.. armor[..at], .. armor[(at + 1)..]],
                _ => [.. armor[..at], .. armor[Math.Min(armor.Length, at + random.Next(5000))..]],
            };
            var trial = new AgeTrial(wounded, Ring);
            Assert.That(text.AsSpan().StartsWith(trial.Text.ToArray()));
            Assert.That(trial.Code.Length > 0 || trial.Text.Length == text.Length);
        }
    }
}
