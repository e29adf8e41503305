using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;

namespace Decryptor.EndToEnd.Tests;

/// <summary>Where <c>cat</c> meets its limits, a terminal, a signal, or a reader that has enough.</summary>
sealed partial class CatEdgeTests
{
    [Test, CancelAfter(60_000)]
    public void Interrupted_while_the_standard_input_is_copied_it_leaves_no_worker_and_no_file()
    {
        using var scratch = new Scratch();
        var temporary = Directory.CreateDirectory(scratch["tmp"]).FullName;
        using var process = Programs.Start(new() { ["TMPDIR"] = temporary }, "cat", "-");
        process.StandardInput.Write("half a line");
        process.StandardInput.Flush();
        bool IsCopied() => Directory.GetFiles(temporary, "stdin-*", SearchOption.AllDirectories)
            .Any(file => new FileInfo(file).Length > 0);
        while (!IsCopied()) Thread.Yield();
        var workers = Proc.ChildrenOf(process.Id);
        Proc.Send(process.Id, Proc.SigInt);
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.EqualTo(130), process.StandardError.ReadToEnd());
        Assert.That(Directory.GetFileSystemEntries(temporary), Is.Empty);
        Assert.That(workers.Any(worker => Proc.Lives(worker.Pid)), Is.False);
    }

    [TestCase(4, 0, "a\nxxxxb\n"), TestCase(5, 76, "a\nb\n"), CancelAfter(60_000)]
    public void A_standard_input_over_the_limit_fails_alone(int bytes, int exitCode, string text)
    {
        using var scratch = new Scratch();
        var config = scratch.Write("c.json", """{"limits":{"outputBytesMax":4}}"""u8.ToArray());
        var ran = Shell.Run(
            "printf \"$3\" | \"$1\" cat \"$4\" - \"$5\" --config \"$2\"", Programs.Supervisor, config,
            new string('x', bytes), scratch.Write("a.txt", "a\n"u8.ToArray()),
            scratch.Write("b.txt", "b\n"u8.ToArray()));
        Assert.That((ran.ExitCode, ran.Text), Is.EqualTo((exitCode, text)), ran.Stderr);
        Assert.That(ran.Stderr, exitCode == 0 ? Is.Empty : Does.Contain("-: ").And.Contain("LIMIT_OUTPUT"));
    }

    [TestCase("--merge"), TestCase("--since", "1d"), CancelAfter(60_000)]
    public void A_standard_input_over_the_limit_fails_alone_where_all_is_gathered_first(params string[] options)
    {
        using var scratch = new Scratch();
        var config = scratch.Write("c.json", """{"limits":{"outputBytesMax":99}}"""u8.ToArray());
        var file = scratch.Write("a.txt", Entries("one"));
        var ran = Shell.Run(
            "head -c 100 /dev/zero | \"$@\"", [Programs.Supervisor, "cat", "-", file, "--config", config, .. options]);
        Assert.That((ran.ExitCode, ran.Stdout), Is.EqualTo((76, Entries("one"))), ran.Stderr);
    }

    [TestCase("--tail", "1", "-C", "1", "--grep", "yes", "c no\nd yes\ne no\n")]
    [TestCase("--tail", "2", "-C", "1", "--grep", "yes", "a no\nb yes\nc no\nd yes\ne no\n")]
    [TestCase("--tail", "1", "-C", "3", "--grep", "yes|c", "a no\nb yes\nc no\nd yes\ne no\n")]
    [TestCase("--tail", "1", "-C", "2", "--grep", "yes|c", "b yes\nc no\nd yes\ne no\n")]
    [TestCase("--tail", "1", "-C", "9", "--grep", "b yes", "a no\nb yes\nc no\nd yes\ne no\n")]
    [TestCase("--pid", "1", "a no\nc no\ne no\n"), TestCase("--pid", "2", "--head", "1", "b yes\n")]
    [CancelAfter(60_000)]
    public void Tail_context_and_process_go_together(params string[] words)
    {
        using var scratch = new Scratch();
        var file = scratch.Write("a.txt", Entries("a no", "b yes", "c no", "d yes", "e no"));
        var ran = Programs.Run(["cat", file, .. words[..^1]]);
        Assert.That(Message().Replace(ran.Text, ""), Is.EqualTo(words[^1]), ran.Stderr);
    }

    [TestCase("--context", "1001", "--grep", "x"), TestCase("--tail", "4000001"), TestCase("--pid", "one")]
    [TestCase("--tail", "1334000", "-C", "1", "--grep", "x"), TestCase("--head", "2147483648"), CancelAfter(60_000)]
    public void A_number_above_its_limit_is_refused(params string[] options)
    {
        using var scratch = new Scratch();
        var ran = Programs.Run(["cat", scratch.Write("a.txt", Entries("one")), .. options]);
        Assert.That(ran.ExitCode, Is.EqualTo(2), ran.ToString());
        Assert.That(ran.Stderr, Does.StartWith($"decryptor: {options[0]}: ").And.Contain("\ndecryptor: hint: "));
    }

    [TestCase("--context", "1000", "--grep", "one"), TestCase("--tail", "4000000"), TestCase("--head", "2147483647")]
    [CancelAfter(60_000)]
    public void A_number_at_its_limit_is_taken(params string[] options)
    {
        using var scratch = new Scratch();
        var ran = Programs.Run(["cat", scratch.Write("a.txt", Entries("one")), .. options]);
        Assert.That((ran.ExitCode, ran.Stdout), Is.EqualTo((0, Entries("one"))), ran.Stderr);
    }

    [TestCase(3), TestCase(0, "--partial-ok"), TestCase(0, "--partial-ok", "--grep", "a"), CancelAfter(60_000)]
    [TestCase(1, "--partial-ok", "--grep", "nowhere"), TestCase(3, "--grep", "nowhere")]
    public void A_partial_text_ends_with_3_unless_that_is_all_right(int exitCode, params string[] options)
    {
        using var scratch = new Scratch();
        using var packed = new MemoryStream();
        var text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 20_000).Select(i => $"a {i * 7919L}\n")));
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(text);
        var file = scratch.Write("half.gz", packed.ToArray()[..(int)(packed.Length / 2)]);
        var ran = Programs.Run(["cat", file, .. options]);
        Assert.That(ran.ExitCode, Is.EqualTo(exitCode), ran.Stderr);
        Assert.That(ran.Stderr, Does.Contain("TRUNCATED, partial"), "what is missing is told all the same");
    }

    [TestCase("--level", "error"), TestCase("--level", "error", "--merge"), TestCase("--level", "E", "--tail", "999")]
    [CancelAfter(60_000)]
    public void Filters_see_the_text_of_an_encrypted_file(params string[] options)
    {
        var file = Path.Combine(Programs.NeedCorpus("xlog"), "good", "async-zlib-crypt-1m.xlog");
        using var scratch = new Scratch();
        var keys = scratch.Ring("xlog 4c269abe1751bb73126f268d3062fed3d234fe2e032afe5a9400ea401f4a9e96");
        var ran = Programs.Run(["cat", file, "--keys", keys, .. options]);
        var expected = Encoding.UTF8.GetString(Programs.ExpectedTextOf(file)).Split('\n').Where(IsHead).ToList();
        var printed = ran.Text.Split('\n').Where(IsHead).ToList();
        Assert.That(ran.ExitCode, Is.Zero, ran.Stderr);
        Assert.That(printed, Is.Not.Empty);
        Assert.That(printed, Is.EqualTo(expected.Where(line => line[1] is 'E' or 'F').ToList()));
    }

    [TestCase("--grep", "line"), TestCase("--grep", "line", "--merge"), TestCase("--tail", "50000")]
    [TestCase("--grep", "line", "-C", "3"), CancelAfter(60_000)]
    public void A_worker_that_is_killed_under_a_filter_makes_nothing_come_twice(params string[] options)
    {
        using var scratch = new Scratch();
        var text = string.Concat(Enumerable.Range(0, 50_000).Select(i => $"2026-11-24 09:00:00 INFO t - line {i}\n"));
        var file = scratch.Write("half-then-kill-self~2.txt", Encoding.UTF8.GetBytes(text));
        var ran = Programs.Run(["cat", file, "--worker-program", Programs.FakeWorker, .. options]);
        Assert.That(ran.ExitCode, Is.Zero, ran.Stderr);
        Assert.That(ran.Text, Is.EqualTo(text));
    }

    [TestCase(40), TestCase(80), CancelAfter(60_000)]
    public void A_terminal_gets_the_lines_as_they_are_and_nothing_that_drives_it(int columns)
    {
        NeedScript();
        using var scratch = new Scratch();
        var line = new string('x', 100);
        var file = scratch.Write("a.txt", Encoding.UTF8.GetBytes($"{line}\n\u001b[2J日志\n"));
        var ran = OnTerminal($"stty cols {columns}; {Programs.Supervisor} cat {file} {scratch["absent"]}");
        Assert.That(ran.Text, Does.StartWith($"{line}\r\n\\u001b[2J日志\r\ndecryptor: "));
        Assert.That(ran.Text, Does.Not.Contain('\u001b'), "not even to set the terminal up");
    }

    [TestCase("cat FILE | cat", "a\r\n"), TestCase("cat FILE > /dev/null", ""), TestCase("cat - < FILE", "a\r\n")]
    [TestCase("unpack FILE -o DIR/o 2> /dev/null", ""), TestCase("completion bash > /dev/null", "")]
    [CancelAfter(60_000)]
    public void No_command_sets_up_a_terminal_that_it_only_writes_to(string call, string seen)
    {
        NeedScript();
        using var scratch = new Scratch();
        var file = scratch.Write("a.txt", "a\n"u8.ToArray());
        var words = call.Replace("FILE", file, StringComparison.Ordinal)
            .Replace("DIR", scratch.Folder, StringComparison.Ordinal);
        Assert.That(OnTerminal($"{Programs.Supervisor} {words}").Text, Is.EqualTo(seen));
    }

    [TestCase("--grep", "line"), TestCase, CancelAfter(60_000)]
    public void A_reader_that_has_enough_ends_the_decoding(params string[] options)
    {
        using var scratch = new Scratch();
        var file = scratch.Write("half-until-released.txt", Encoding.UTF8.GetBytes(string.Concat(
            Enumerable.Range(0, 100_000).Select(i => $"2026-11-24 09:00:00 INFO t - line {i}\n"))));
        using var process = Programs.Start([], ["cat", file, "--worker-program", Programs.FakeWorker, .. options]);
        process.StandardOutput.BaseStream.ReadByte();
        process.StandardOutput.Close();
        // The other half is never released: who waited for the job's end would wait for ever.
        process.WaitForExit();
        Assert.That((process.ExitCode, process.StandardError.ReadToEnd()), Is.EqualTo((0, "")));
    }

    static bool IsHead(string line) => line is ['[', _, ']', '[', ..];

    static byte[] Entries(params string[] messages) => Encoding.UTF8.GetBytes(string.Concat(
        messages.Select((message, i) => $"2026-11-24 09:00:0{i}.000  {i % 2 + 1}  7 I net: {message}\n")));

    static void NeedScript()
    {
        if (Shell.Run("command -v script").ExitCode != 0) Assert.Ignore("needs script (bsdutils)");
    }

    static Ran OnTerminal(string command) => Shell.Run("script -qec \"$1\" /dev/null < /dev/null", command);

    [GeneratedRegex(@"^2026-11-24 09:00:0\d\.000  \d  7 I net: ", RegexOptions.Multiline)]
    private static partial Regex Message();
}
