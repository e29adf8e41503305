using System.Text;
using System.Text.Json;
using Decryptor.Samples;

namespace Decryptor.EndToEnd.Tests;

/// <summary>What <c>cat</c> does with the text: order, filters, inputs of every kind.</summary>
sealed class CatReadingTests
{
    const string A = "2026-11-24 09:00:00 INFO net - a one\n2026-11-24 09:00:02 ERROR db - a two\n\tat a.Trace\n";
    const string B = "2026-11-24 09:00:01 WARN net - b one\n2026-11-24 09:00:03 DEBUG ui - b two";

    [TestCase("2026-11-24 09:00:00 INFO net - a one\n|2026-11-24 09:00:01 WARN net - b one\n|"
        + "2026-11-24 09:00:02 ERROR db - a two\n\tat a.Trace\n|2026-11-24 09:00:03 DEBUG ui - b two\n", "--merge")]
    [TestCase("2026-11-24 09:00:02 ERROR db - a two\n\tat a.Trace\n|2026-11-24 09:00:01 WARN net - b one\n",
        "--level", "warn")]
    [TestCase("2026-11-24 09:00:02 ERROR db - a two\n\tat a.Trace\n", "--grep", "Trace")]
    [TestCase("2026-11-24 09:00:00 INFO net - a one\n|2026-11-24 09:00:01 WARN net - b one\n", "--tag", "^net$")]
    [TestCase("2026-11-24 09:00:03 DEBUG ui - b two\n", "-v", "--grep", "one", "--grep", "a two")]
    [TestCase("2026-11-24 09:00:01 WARN net - b one\n", "--since", "09:00:01", "--until", "09:00:01")]
    [TestCase("2026-11-24 09:00:02 ERROR db - a two\n\tat a.Trace\n|2026-11-24 09:00:03 DEBUG ui - b two\n",
        "--since", "1s")]
    [TestCase("2026-11-24 09:00:00 INFO net - a one\n", "--head", "1")]
    [TestCase("2026-11-24 09:00:03 DEBUG ui - b two\n", "--tail", "1")]
    [TestCase("2026-11-24 09:00:00 INFO net - a one\n|2026-11-24 09:00:02 ERROR db - a two\n\tat a.Trace\n",
        "--grep", "a two", "-C", "1", "--head", "1", "--until", "09:00:02")]
    [CancelAfter(60_000)]
    public void Cat_prints_the_entries_that_are_asked_for(string expected, params string[] options)
    {
        using var scratch = new Scratch();
        var (a, b) = (scratch.Write("a.txt", Bytes(A)), scratch.Write("b.txt", Bytes(B)));
        var ran = Programs.Run(["cat", a, b, .. options]);
        var wanted = expected.Replace("|", "", StringComparison.Ordinal);
        Assert.That((ran.ExitCode, ran.Text), Is.EqualTo((0, wanted)), ran.Stderr);
    }

    [Test, CancelAfter(60_000)]
    public void What_a_time_leaves_out_is_not_decrypted_and_so_needs_no_key()
    {
        using var scratch = new Scratch();
        var bytes = new MemoryStream();
        foreach (var (hour, receiver) in new[] { (9, new KeyPair(new(1))), (12, null) })
        {
            var encoder = new XlogEncoder(Compression.Deflate, receiver, new(7)) { Hour = (byte)hour };
            encoder.Add(Bytes($"[I][2026-11-24 +8.0 {hour:00}:30:00.000][1, 2][t][a, b][at {hour}\n"));
            encoder.Flush(bytes);
        }

        var file = scratch.Write("day.xlog", bytes.ToArray());
        var noon = Programs.Run("cat", file, "--since", "11:30");
        Assert.That((noon.ExitCode, noon.Stderr), Is.EqualTo((0, "")));
        Assert.That(noon.Text, Does.EndWith("[at 12\n").And.Not.Contain("at 9"));
        var around = Programs.Run("cat", file, "--since", "11:30", "-C", "1");
        Assert.That((around.ExitCode, around.Stderr.Contains("KEY_MISSING", StringComparison.Ordinal)),
            Is.EqualTo((3, true)), around.ToString());
    }

    [Test, CancelAfter(60_000)]
    public void A_filter_that_nothing_passes_ends_with_1()
    {
        using var scratch = new Scratch();
        var ran = Programs.Run("cat", scratch.Write("a.txt", Bytes(A)), "--grep", "nowhere");
        Assert.That((ran.ExitCode, ran.Text, ran.Stderr), Is.EqualTo((1, "", "")));
    }

    [Test, CancelAfter(60_000)]
    public void Json_gives_each_entry_as_an_object_without_what_it_does_not_say()
    {
        using var scratch = new Scratch();
        var file = scratch.Write("a.txt", Bytes(A));
        var ran = Programs.Run("cat", file, "--format", "json");
        var lines = ran.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.That(lines, Has.Count.EqualTo(2), ran.ToString());
        Assert.That(lines[1].GetProperty("message").GetString(), Is.EqualTo("a two\n\tat a.Trace"));
        Assert.That(lines[1].GetProperty("offset").GetInt64(), Is.EqualTo(A.IndexOf('\n') + 1));
        Assert.That(lines[1].GetProperty("level").GetString(), Is.EqualTo("E"));
        Assert.That(lines[1].GetProperty("file").GetString(), Is.EqualTo(file));
        Assert.That(lines[1].TryGetProperty("pid", out _), Is.False);
    }

    [Test, CancelAfter(60_000)]
    public void Folders_are_walked_in_order_and_what_is_left_out_is_told()
    {
        using var scratch = new Scratch();
        scratch.Write("in/b.txt", "b\n"u8.ToArray());
        scratch.Write("in/a/z.txt", "z\n"u8.ToArray());
        scratch.Write("in/.hidden", "no\n"u8.ToArray());
        File.CreateSymbolicLink(scratch["in/link"], scratch.Write("outside.txt", "no\n"u8.ToArray()));
        var ran = Programs.Run("cat", scratch["in"]);
        Assert.That((ran.ExitCode, ran.Text), Is.EqualTo((0, "z\nb\n")), ran.Stderr);
        Assert.That(ran.Stderr, Does.Contain("1 with a dot").And.Contain("1 that are links"));
    }

    [Test, CancelAfter(60_000)]
    public void A_dash_is_the_standard_input_in_its_place()
    {
        using var scratch = new Scratch();
        var file = scratch.Write("a.txt", "file\n"u8.ToArray());
        var ran = Shell.Run("printf 'in\\n' | \"$1\" cat \"$2\" - \"$2\"", Programs.Supervisor, file);
        Assert.That((ran.ExitCode, ran.Text, ran.Stderr), Is.EqualTo((0, "file\nin\nfile\n", "")));
    }

    [TestCase(2, 0), TestCase(3, 76), CancelAfter(60_000)]
    public void The_standard_input_is_taken_up_to_the_limit_of_a_text(int bytes, int exitCode)
    {
        using var scratch = new Scratch();
        var config = scratch.Write("c.json", """{"limits":{"outputBytesMax":2}}"""u8.ToArray());
        var ran = Shell.Run(
            "printf \"$3\" | \"$1\" cat - --config \"$2\"", Programs.Supervisor, config, new string('x', bytes));
        Assert.That(ran.ExitCode, Is.EqualTo(exitCode), ran.ToString());
    }

    [TestCase("--level", "loud"), TestCase("--grep", "a("), TestCase("--since", "soon"), TestCase("--head", "0")]
    [TestCase("--until", "08:00", "--since", "09:00"), TestCase("--invert"), TestCase("--format", "xml")]
    [CancelAfter(60_000)]
    public void A_wrong_option_is_named_and_ends_with_2(params string[] options)
    {
        using var scratch = new Scratch();
        var ran = Programs.Run(["cat", scratch.Write("a.txt", Bytes(A)), .. options]);
        Assert.That(ran.ExitCode, Is.EqualTo(2), ran.ToString());
        Assert.That(ran.Stderr, Does.StartWith($"decryptor: {options[0]}: ").And.Contain("\ndecryptor: hint: "));
    }

    [Test, CancelAfter(60_000)]
    public void Ripgrep_searches_through_it_and_loses_nothing()
    {
        if (Shell.Run("command -v rg").ExitCode != 0) Assert.Ignore("needs ripgrep (rg)");
        using var scratch = new Scratch();
        scratch.Write("logs/a.txt", Bytes(A));
        var pre = Path.Combine(Programs.Root, "scripts/package/ripgrep/decryptor-pre");
        var ran = Shell.Run(
            "PATH=\"$(dirname \"$1\"):$PATH\" rg --no-filename --pre \"$2\" 'a two' \"$3\"",
            Programs.Supervisor, pre, scratch["logs"]);
        Assert.That((ran.ExitCode, ran.Text), Is.EqualTo((0, "2026-11-24 09:00:02 ERROR db - a two\n")), ran.Stderr);
    }

    static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
