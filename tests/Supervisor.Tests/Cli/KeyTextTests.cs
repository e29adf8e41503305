using System.Text;
using Decryptor.Supervisor.Cli.KeyCommands;
using Decryptor.Supervisor.Keys;

namespace Decryptor.Supervisor.Tests.Cli;

sealed class KeyTextTests
{
    const string Private = "145aa7717bf9745b91e9569b80bbf1eedaa6cc6cd0e26317d810e35710f44cf8";

    const string Public = "572d1e2710ae5fbca54c76a382fdd44050b3a675cb2bf39feebe85ef63d947af"
        + "f0fa4943f1112e8b6af34bebebbaefa1a0aae055d9259b89a1858f7cc9af9df1";

    [TestCase(Private + "\n", "xlog")]
    [TestCase("xlog " + Private, "xlog")]
    [TestCase("logan 0123456789012345 0123456789012345\n", "logan")]
    [TestCase("password two words\n", "password")]
    [TestCase("save private key\n" + Private + "\n\nappender_open's parameter:\n" + Public + "\n", "xlog")]
    [TestCase("save private key\nb'" + Private + "'\n\nappender_open's parameter:\n" + Public + "\n", "xlog")]
    public void A_secret_is_recognised_by_its_form(string text, string kind) =>
        Assert.That(Read(text).Select(key => key.Kind), Is.EqualTo(new[] { kind }));

    [Test]
    public void The_pair_that_Mars_publishes_has_the_public_key_that_Mars_publishes() =>
        Assert.That(Read(Private).Single().PublicPart, Is.EqualTo(Public));

    [Test]
    public void A_kind_that_is_said_needs_the_secret_alone()
    {
        Assert.That(Read("open sesame\n", "password").Single().Kind, Is.EqualTo("password"));
        Assert.That(Read("0123456789012345 5432109876543210\n", "logan").Single().Kind, Is.EqualTo("logan"));
    }

    [TestCase("", null)]
    [TestCase("# a comment alone\n", null)]
    [TestCase("S3CRET-nonsense", null)]
    [TestCase("xlog S3CRET", null)]
    [TestCase(Public, null)]
    [TestCase("xlog " + Private + "\nS3CRET line behind it\n", null)]
    [TestCase("AGE-SECRET-KEY-1S3CRET", null)]
    [TestCase("S3CRET\nS3CRET\n", "password")]
    public void Nonsense_is_refused_and_never_repeated(string text, string? kind)
    {
        var refused = Assert.Throws<UsageException>(() => Read(text, kind))!;
        Assert.That(refused.ExitCode, Is.EqualTo(65));
        Assert.That(refused.Message + refused.Hint, Does.Not.Contain("S3CRET").And.Not.Contain(Private[..16]));
    }

    [Test]
    public void Two_halves_that_do_not_belong_together_are_no_pair()
    {
        var text = $"save private key\n{Private}\n\nappender_open's parameter:\nff{Public[2..]}\n";
        Assert.That(() => Read(text), Throws.TypeOf<UsageException>().With.Message.Contains("belong together"));
    }

    [Test]
    public void A_new_xlog_key_and_the_ring_agree_on_its_public_part()
    {
        var made = Enumerable.Range(0, 40).Select(_ => XlogKey.Generate()).ToList();
        Assert.That(made, Is.Unique);
        Assert.That(made, Has.All.Length.EqualTo(64));
        var points = made.Select(digits => Read($"xlog {digits}").Single().PublicPart);
        Assert.That(points, Has.All.Match("^[0-9a-f]{128}$"));
    }

    [Test]
    public void A_new_age_identity_has_the_recipient_that_the_encoder_of_the_samples_computes()
    {
        var pair = new Decryptor.Samples.AgePair(new(4711));
        Assert.That(Read(pair.Identity).Single().PublicPart, Is.EqualTo(pair.Recipient));
        Assert.That(Read(AgeKey.Generate()).Single().PublicPart, Does.Match("^age1[a-z0-9]{58}$"));
    }

    [TestCase("a")]
    [TestCase("prod-2026.old_2+x@y")]
    [TestCase("生产")]
    public void A_name_of_letters_digits_and_a_few_marks_is_taken(string name) =>
        Assert.That(() => KeyFolder.CheckName(name), Throws.Nothing);

    [TestCase("")]
    [TestCase(".hidden")]
    [TestCase("../up")]
    [TestCase("-o")]
    [TestCase("a b")]
    [TestCase("a#2")]
    [TestCase("a,b")]
    [TestCase("a\n")]
    [TestCase("old~")]
    public void Another_name_is_refused(string name) =>
        Assert.That(() => KeyFolder.CheckName(name), Throws.TypeOf<UsageException>());

    [Test]
    public void A_name_has_at_most_128_bytes()
    {
        Assert.That(() => KeyFolder.CheckName(new('a', 128)), Throws.Nothing);
        Assert.That(() => KeyFolder.CheckName(new('a', 129)), Throws.TypeOf<UsageException>());
    }

    static IReadOnlyList<RingKey> Read(string text, string? kind = null) =>
        KeyText.Read("probe", Encoding.UTF8.GetBytes(text), kind).Keys;
}
