using System.Text.Json;
using Decryptor.Samples;

namespace Decryptor.EndToEnd.Tests;

/// <summary>One verdict, the evidence for it, and the next move; from the program that is shipped.</summary>
sealed class DoctorTests
{
    [Test, CancelAfter(60_000)]
    public void A_file_sealed_for_another_key_is_said_to_be_that_with_counts()
    {
        using var scratch = new Scratch();
        var ring = scratch.Ring([.. Enumerable.Range(0, 3).Select(Sealed.OtherKeyLine)]);
        var file = scratch.Write("boot.xlog", Sealed.Xlog(blocks: 12));
        var ran = Programs.Run("doctor", file, "--keys", ring);
        Assert.That(ran.ExitCode, Is.EqualTo(Programs.Run("cat", file, "--keys", ring).ExitCode).And.EqualTo(77));
        Assert.That(OnOneLine(ran.Text), Does.Contain(
            "verdict sealed for another app's key: none of your 3 keys opens any of 12 blocks (KEY_NO_MATCH)")
            .And.Contain("next ask the app's makers"));
    }

    [Test, CancelAfter(60_000)]
    public void The_key_that_opens_a_damaged_file_is_named_with_what_is_damaged_and_where()
    {
        using var scratch = new Scratch();
        var ring = scratch.Ring(Sealed.OtherKeyLine(1), Sealed.KeyLine, "password open sesame");
        var log = Sealed.Xlog(blocks: 8);
        var at = Sealed.StartOf(log, 3);
        log.AsSpan(at, 60).Fill(0xEE);
        var file = scratch.Write("boot.xlog", log);
        var ran = Programs.Run("doctor", file, "--keys", ring);
        Assert.That(ran.ExitCode, Is.EqualTo(Programs.Run("cat", file, "--keys", ring).ExitCode).And.EqualTo(3));
        Assert.That(OnOneLine(ran.Text), Does.Match($"verdict key ring#2 opens .* at bytes {at} to ")
            .And.Contain("ring#2 xlog ").And.Contain("opens 7 sealed blocks").And.Contain("1 key of other kinds"));
        Assert.That(ran.Text + ran.Stderr, Does.Not.Contain(Sealed.Word).And.Not.Contain(Sealed.KeyHex));
    }

    [Test, CancelAfter(60_000)]
    public void Without_a_key_of_its_kind_it_says_so()
    {
        using var scratch = new Scratch();
        var file = scratch.Write("boot.xlog", Sealed.Xlog(blocks: 2));
        var ran = Programs.Run("doctor", file, "--keys", scratch.Ring("password open sesame"));
        Assert.That(ran.ExitCode, Is.EqualTo(77));
        Assert.That(OnOneLine(ran.Text), Does.Contain("the ring has no key of its kind: 2 blocks are sealed"));
    }

    [Test, CancelAfter(60_000)]
    public void A_whole_file_is_said_to_be_whole()
    {
        using var scratch = new Scratch();
        var log = scratch.Write("boot.xlog", Sealed.Xlog(blocks: 2));
        var text = scratch.Write("a.txt", "hello\n"u8.ToArray());
        var ran = Programs.Run("doctor", log, text, "--keys", scratch.Ring(Sealed.KeyLine));
        Assert.That((ran.ExitCode, ran.Stderr), Is.EqualTo((0, "")));
        Assert.That(OnOneLine(ran.Text), Does.Contain("key ring opens all 2 sealed blocks")
            .And.Contain("it needs no key, and all of it can be read: 6 B of text"));
    }

    [Test, CancelAfter(60_000)]
    public void What_was_done_to_a_file_decides_the_next_move()
    {
        using var scratch = new Scratch();
        var log = Sealed.Xlog(blocks: 2);
        var file = scratch.Write("mail.txt", System.Text.Encoding.ASCII.GetBytes(Convert.ToBase64String(log)));
        var ran = Programs.Run("doctor", file);
        Assert.That(OnOneLine(ran.Text), Does.Contain("trace base64 of a format known here")
            .And.Contain($"decode it, then try again: base64 -d {file} > DECODED"));
    }

    [Test, CancelAfter(60_000)]
    public void Compression_on_the_way_is_told_where_the_name_does_not_say_so()
    {
        using var scratch = new Scratch();
        using var packed = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionMode.Compress))
            gzip.Write(Sealed.Xlog(blocks: 2));
        var ring = scratch.Ring(Sealed.KeyLine);
        var (hidden, open) = (scratch.Write("a.xlog", packed.ToArray()), scratch.Write("b.xlog.gz", packed.ToArray()));
        Assert.That(Programs.Run("doctor", hidden, "--keys", ring).Text, Does.Contain("compressed on its way"));
        Assert.That(Programs.Run("doctor", open, "--keys", ring).Text, Does.Not.Contain("compressed on its way"));
    }

    [TestCase(64, 0)]
    [TestCase(65, 1)]
    [CancelAfter(240_000)]
    public void So_many_keys_are_tried_one_by_one_and_what_is_beyond_is_told(int keys, int leftOut)
    {
        using var scratch = new Scratch();
        var ring = scratch.Ring([.. Enumerable.Range(0, keys - 1).Select(Sealed.OtherKeyLine), Sealed.KeyLine]);
        var file = scratch.Write("boot.xlog", Sealed.Xlog(blocks: 1));
        var ran = Programs.Run("doctor", file, "--keys", ring, "--json");
        using var line = JsonDocument.Parse(ran.Text);
        Assert.That(line.RootElement.GetProperty("type").GetString(), Is.EqualTo("diagnosis"));
        Assert.That(line.RootElement.GetProperty("keys").GetArrayLength(), Is.EqualTo(64));
        Assert.That(line.RootElement.GetProperty("keysLeftOut").GetInt32(), Is.EqualTo(leftOut));
        Assert.That(ran.ExitCode, Is.Zero, "the whole ring decides what can be read");
    }

    [TestCase(80)]
    [TestCase(40)]
    [CancelAfter(60_000)]
    public void On_a_terminal_no_line_is_wider_than_it(int columns)
    {
        using var scratch = new Scratch();
        scratch.Ring(Sealed.OtherKeyLine(1), Sealed.KeyLine);
        scratch.Write("a.xlog", Sealed.Xlog(blocks: 3)[..^30]);
        var ran = Terminal.Run(columns, scratch.Folder, "doctor a.xlog --keys keys");
        Assert.That(ran.ExitCode, Is.EqualTo(3), ran.ToString());
        Assert.That(Terminal.LinesOf(ran), Has.Length.GreaterThan(9).And.All.Length.LessThanOrEqualTo(columns));
    }

    [Test, CancelAfter(120_000)]
    public void Its_exit_code_is_that_of_cat_for_every_damaged_file_of_the_corpus()
    {
        var damaged = Programs.PackagesIn(Programs.NeedCorpus("xlog/damaged"))
            .Where(file => !Path.GetFileName(file).StartsWith("hostile", StringComparison.Ordinal));
        using var scratch = new Scratch();
        var ring = scratch.Ring("xlog 4c269abe1751bb73126f268d3062fed3d234fe2e032afe5a9400ea401f4a9e96");
        foreach (var file in damaged.Where((_, i) => i % 4 == 0))
        {
            var doctor = Programs.Run("doctor", file, "--keys", ring, "--json");
            Assert.That(doctor.ExitCode, Is.EqualTo(Programs.Run("cat", file, "--keys", ring).ExitCode), file);
            using var line = JsonDocument.Parse(doctor.Text);
            Assert.That(line.RootElement.GetProperty("verdict").GetString(), Is.Not.Empty, file);
            Assert.That(line.RootElement.GetProperty("next").GetString(), Is.Not.Empty, file);
        }
    }

    static string OnOneLine(string text) =>
        string.Join(' ', text.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries));
}
