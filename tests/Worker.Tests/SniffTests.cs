using System.Text;
using Decryptor.Protocol;

namespace Decryptor.Worker.Tests;

sealed class SniffTests
{
    [Test]
    public void An_empty_file_is_EMPTY()
    {
        using var trial = Trial.OfBytes([]);
        trial.MustBeSound();
        Assert.That((trial.Finished.Outcome, trial.Finished.Code, trial.Only.Path),
            Is.EqualTo((Outcome.Failed, "EMPTY", (string?)null)));
    }

    [Test]
    public void Plain_text_passes_as_it_is([Values("one line without an end",
        "\u00e4\u00f6\u00fc \u65e5\u5fd7\r\n\ttext\r\n", "\x1b[31mred\x1b[0m\n")] string text)
    {
        using var trial = Trial.OfBytes(Encoding.UTF8.GetBytes(text), source: "notes.txt");
        trial.MustBeSound();
        Assert.Multiple(() =>
        {
            Assert.That(Encoding.UTF8.GetString(trial.Text), Is.EqualTo(text));
            Assert.That((trial.Finished.Outcome, trial.Only.Format, trial.Only.Path),
                Is.EqualTo((Outcome.Complete, "text", "notes.log")));
        });
    }

    [Test]
    public void Wide_text_passes_as_it_is_with_its_mark_or_without([Values] bool bigEndian, [Values] bool mark)
    {
        var encoding = new UnicodeEncoding(bigEndian, mark);
        byte[] text = [.. encoding.GetPreamble(), .. encoding.GetBytes("2026-11-23 a line of a Windows log\r\n")];
        using var trial = Trial.OfBytes(text, source: "app.log");
        trial.MustBeSound();
        Assert.That(trial.Text, Is.EqualTo(text));
        Assert.That((trial.Finished.Outcome, trial.Only.Format), Is.EqualTo((Outcome.Complete, "text")));
    }

    [Test]
    public void Zeros_in_a_text_are_passed_on_and_told()
    {
        byte[] text = [.. "a line\0of a log\n"u8, .. new byte[4000], .. "and what was written after a crash\n"u8];
        using var trial = Trial.OfBytes(text, source: "app.log");
        trial.MustBeSound();
        Assert.That(trial.Text, Is.EqualTo(text));
        Assert.That(trial.Only.Warnings.Single(), Does.Contain("zero bytes stand in the text"));
    }

    [TestCase("<!DOCTYPE html>\n<title>502</title>", "an HTML page")]
    [TestCase("\u00ef\u00bb\u00bf <HTML><body>", "an HTML page")]
    [TestCase("GIF89a", "a GIF image")]
    [TestCase("%PDF-1.7\n", "a PDF document")]
    public void What_is_no_log_is_named_for_what_it_looks_like(string text, string looks)
    {
        using var trial = Trial.OfBytes(Encoding.Latin1.GetBytes(text));
        trial.MustBeSound();
        Assert.That(trial.Finished.Code, Is.EqualTo("UNKNOWN_FORMAT"));
        Assert.That(trial.Finished.Text, Does.Contain($"looks like {looks}"));
    }

    [Test]
    public void Text_in_another_encoding_than_UTF_8_passes_byte_for_byte()
    {
        byte[] gbk = [.. Enumerable.Repeat<byte[]>([0xC8, 0xD5, 0xD6, 0xBE, 0x0A], 100).SelectMany(line => line)];
        using var trial = Trial.OfBytes(gbk);
        Assert.That(trial.Text.AsSpan().SequenceEqual(gbk));
    }

    [Test]
    public void Text_that_stops_to_be_text_passes_whole_and_tells_where()
    {
        byte[] text = [.. Enumerable.Repeat("a line of an ordinary log\n"u8.ToArray(), 20_000).SelectMany(line => line),
            0, 1, 2];
        using var trial = Trial.OfBytes(text);
        trial.MustBeSound();
        Assert.Multiple(() =>
        {
            Assert.That(trial.Text.AsSpan().SequenceEqual(text));
            Assert.That(trial.Only.Warnings.Single(), Does.Contain("does not look like text"));
        });
    }

    [Test]
    public void Random_bytes_are_UNKNOWN_FORMAT_and_the_message_shows_how_they_begin(
        [Values(64, 1000, 300_000)] int length)
    {
        var bytes = new byte[length];
        new Random(5).NextBytes(bytes);
        using var trial = Trial.OfBytes(bytes);
        trial.MustBeSound();
        Assert.Multiple(() =>
        {
            Assert.That(trial.Finished.Code, Is.EqualTo("UNKNOWN_FORMAT"));
            Assert.That(trial.Finished.Text,
                Does.Contain($"{length} bytes").And.Contain($"{bytes[0]:x2} {bytes[1]:x2} {bytes[2]:x2}"));
        });
    }

    [Test]
    public void Zeros_alone_are_damage_unless_the_name_is_that_of_a_buffer()
    {
        using var trial = Trial.OfBytes(new byte[10_000]);
        trial.MustBeSound();
        Assert.That((trial.Finished.Outcome, trial.Finished.Code), Is.EqualTo((Outcome.Failed, "DAMAGED")));
    }

    [TestCase(new byte[] { 0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C, 0 }, "7z")]
    [TestCase(new byte[] { 0x52, 0x61, 0x72, 0x21, 0x1A, 7, 1, 0 }, "rar")]
    public void A_format_known_by_sight_only_is_UNSUPPORTED_and_named(byte[] bytes, string name)
    {
        using var trial = Trial.OfBytes(bytes);
        trial.MustBeSound();
        Assert.Multiple(() =>
        {
            Assert.That(trial.Finished.Code, Is.EqualTo("UNSUPPORTED"));
            Assert.That(trial.Finished.Text, Does.Contain(name));
        });
    }

    [Test]
    public void An_input_that_is_not_there_is_NO_INPUT_and_so_is_a_folder(
        [Values("/nowhere/at/all", "/tmp")] string path)
    {
        using var trial = Trial.OfFile(path, Ring.Empty);
        trial.MustBeSound();
        Assert.That((trial.Finished.Outcome, trial.Finished.Code), Is.EqualTo((Outcome.Failed, "NO_INPUT")));
    }
}
