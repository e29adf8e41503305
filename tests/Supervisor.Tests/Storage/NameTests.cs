using System.Text;
using CsCheck;
using Decryptor.Supervisor.Storage;

namespace Decryptor.Supervisor.Tests.Storage;

sealed class NameTests
{
    [Test]
    public void Any_bytes_become_text_and_the_same_bytes_again() =>
        Gen.Byte[1, 255].Array[1, 255].Sample(bytes =>
            NameText.ToBytes(NameText.FromBytes(bytes)).AsSpan().SequenceEqual(bytes));

    [TestCase("boot.xlog", "boot.xlog")]
    [TestCase("启动 日志.xlog", "启动 日志.xlog")]
    [TestCase("a\\b", "a\\x5Cb")]
    [TestCase("line\nend\u001b[31m", "line\\x0Aend\\x1B[31m")]
    [TestCase("gpj.\u202Eexe", "gpj.\\xE2\\x80\\xAEexe")]
    public void What_people_can_read_stays_and_the_rest_is_spelt_out(string name, string text) =>
        Assert.That(NameText.FromBytes(Encoding.UTF8.GetBytes(name)), Is.EqualTo(text));

    [Test]
    public void Bytes_that_are_no_text_are_spelt_out() =>
        Assert.That(NameText.FromBytes([0x61, 0xff, 0xc3, 0x62]), Is.EqualTo("a\\xFF\\xC3b"));

    [Test]
    public void A_zero_byte_is_in_no_name() =>
        Assert.Throws<ArgumentException>(() => NameText.ToBytes("a\\x00b"));

    [Test]
    public void What_fits_an_inputs_name_comes_back_whole() =>
        Gen.Select(Gen.Long[1, 1_000_000_000], Gen.String[0, 8], Gen.String[0, 16]).Sample((job, tenant, source) =>
        {
            var name = new InputName(job, Clean(tenant), Clean(source));
            return InputName.TryParse(name.ToString(), out var parsed) && parsed == name;
        });

    [Test]
    public void The_name_of_what_a_name_says_is_that_name() =>
        Gen.Select(Gen.Long[1, long.MaxValue / 10_000], Gen.String[0, 300], Gen.String[0, 300])
            .Sample((job, tenant, source) =>
        {
            var name = new InputName(job, tenant, source).ToString();
            return Encoding.UTF8.GetByteCount(name) <= InputName.BytesMax
                && !name.Contains('/', StringComparison.Ordinal)
                && NameText.FromBytes(Encoding.UTF8.GetBytes(name)) == name
                && InputName.TryParse(name, out var parsed)
                && parsed.ToString() == name && parsed.Job == job;
        });

    [TestCase("")]
    [TestCase("17")]
    [TestCase("17~boot.xlog")]
    [TestCase("017~~boot.xlog")]
    [TestCase("+17~~boot.xlog")]
    [TestCase("0~~boot.xlog")]
    [TestCase("17~~a~b")]
    [TestCase("17~~a%2")]
    [TestCase("17~~a%41")]
    [TestCase("17~~a\\b")]
    [TestCase("9223372036854775807~~boot.xlog")]
    public void A_name_that_was_not_made_here_is_not_read(string name) =>
        Assert.That(InputName.TryParse(name, out _), Is.False);

    // What is no text cannot come back as it was: half of a surrogate pair becomes the mark for it.
    static string Clean(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
