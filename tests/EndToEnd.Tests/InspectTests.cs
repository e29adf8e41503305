using System.Text;
using System.Text.Json;
using Decryptor.Samples;

namespace Decryptor.EndToEnd.Tests;

/// <summary>What a file is, told by the program that is shipped, without a key.</summary>
sealed class InspectTests
{
    [Test, CancelAfter(60_000)]
    public void A_sealed_file_is_recognised_without_a_key_and_without_its_text()
    {
        using var scratch = new Scratch();
        var file = scratch.Write("boot.xlog", Sealed.Xlog(blocks: 3));
        var ran = Programs.Run("inspect", file);
        Assert.That((ran.ExitCode, ran.Stderr), Is.EqualTo((0, "")));
        Assert.That(ran.Text, Does.StartWith($"{file}\n").And.Contain("3 found, 3 whole in frame")
            .And.Contain("3 sealed").And.Contain("3 zstd").And.Contain("hours     9\n").And.Contain("1 key: "));
        Assert.That(ran.Text, Does.Not.Contain(Sealed.Word));
    }

    [Test, CancelAfter(60_000)]
    public void A_ring_in_the_environment_is_not_used()
    {
        using var scratch = new Scratch();
        var file = scratch.Write("boot.xlog", Sealed.Xlog(blocks: 3));
        var ring = new Dictionary<string, string> { ["DECRYPTOR_KEYS"] = scratch.Ring(Sealed.KeyLine) };
        Assert.That(Programs.Run(ring, "inspect", file).Text, Does.Contain("text unknown without a key"));
    }

    [Test, CancelAfter(60_000)]
    public void Json_is_a_line_for_each_file_with_its_client_key_whole()
    {
        using var scratch = new Scratch();
        var log = Sealed.Xlog(blocks: 2);
        var (one, other) = (scratch.Write("a.xlog", log), scratch.Write("b.txt", "hello\n"u8.ToArray()));
        var ran = Programs.Run("inspect", one, other, "--json");
        var lines = ran.Text.TrimEnd('\n').Split('\n').Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        Assert.That((ran.ExitCode, lines.Length), Is.EqualTo((0, 2)), ran.ToString());
        Assert.That(lines.Select(line => line.GetProperty("type").GetString()), Has.All.EqualTo("inspection"));
        var file = lines[0].GetProperty("files")[0];
        Assert.That(file.GetProperty("clientKeys")[0].GetProperty("key").GetString(),
            Is.EqualTo(Convert.ToHexStringLower(log.AsSpan(9, 64))));
        Assert.That(file.GetProperty("blocks").GetProperty("framed").GetInt64(), Is.EqualTo(2));
        Assert.That(lines[1].GetProperty("files")[0].GetProperty("format").GetString(), Is.EqualTo("text"));
    }

    [Test, CancelAfter(60_000)]
    public void Exit_codes_tell_what_was_recognised_what_is_damaged_and_what_is_neither()
    {
        using var scratch = new Scratch();
        var log = Sealed.Xlog(blocks: 3);
        var half = scratch.Write("torn.xlog", [.. log, .. Encoding.ASCII.GetBytes(new string('\x01', 300))]);
        var unknown = scratch.Write("a.bin", [0, 1, 2]);
        Assert.That(Programs.Run("inspect", half).ExitCode, Is.EqualTo(3));
        Assert.That(Programs.Run("inspect", unknown).ExitCode, Is.EqualTo(65));
        Assert.That(Programs.Run("inspect", scratch["absent"]).ExitCode, Is.EqualTo(66));
        Assert.That(Programs.Run("inspect", unknown, scratch["absent"], half).ExitCode, Is.EqualTo(65));
        Assert.That(Programs.Run("inspect").ExitCode, Is.EqualTo(2));
    }

    [Test, CancelAfter(60_000)]
    public void What_is_not_recognised_is_told_with_the_reason()
    {
        using var scratch = new Scratch();
        var unknown = scratch.Write("a.bin", [0, 1, 2]);
        Assert.That(Programs.Run("inspect", unknown).Text, Does.Contain("00 01 02 (UNKNOWN_FORMAT)"));
        Assert.That(Programs.Run("inspect", scratch["absent"]).Text, Does.Contain("no such file (NO_INPUT)"));
        Assert.That(Programs.Run("inspect", scratch.Write("empty", [])).Text, Does.Contain("(EMPTY)"));
    }

    [TestCase("inspect", Proc.SigInt, 130)]
    [TestCase("doctor", Proc.SigInt, 130)]
    [TestCase("doctor", Proc.SigTerm, 143)]
    [CancelAfter(60_000)]
    public void Interrupted_it_leaves_no_worker_and_no_file(string verb, int signal, int exitCode)
    {
        using var scratch = new Scratch();
        var temp = Directory.CreateDirectory(scratch["tmp"]).FullName;
        var file = scratch.Write("spin.txt", "x\n"u8.ToArray());
        using var process = Programs.Start(
            new() { ["TMPDIR"] = temp }, verb, file, "--worker-program", Programs.FakeWorker);
        bool HasLedger() => Directory.GetFiles(temp, "ledger.db", SearchOption.AllDirectories).Length > 0;
        while (!HasLedger() || Proc.ChildrenOf(process.Id).Count == 0) Thread.Yield();
        var workers = Proc.ChildrenOf(process.Id);
        Proc.Send(process.Id, signal);
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.EqualTo(exitCode), process.StandardError.ReadToEnd());
        Assert.That(Directory.GetFileSystemEntries(temp), Is.Empty);
        Assert.That(workers.Any(worker => Proc.Lives(worker.Pid)), Is.False);
    }

    [TestCase("inspect")]
    [TestCase("doctor")]
    [CancelAfter(60_000)]
    public void Nobody_listening_is_no_error_worth_a_word(string verb)
    {
        using var scratch = new Scratch();
        var file = scratch.Write("a.xlog", Sealed.Xlog(blocks: 2));
        using var process = Programs.Start([], verb, file, file, file);
        process.StandardOutput.Close();
        process.WaitForExit();
        Assert.That(process.StandardError.ReadToEnd(), Is.Empty);
    }

    [TestCase(80)]
    [TestCase(40)]
    [CancelAfter(60_000)]
    public void On_a_terminal_no_line_is_wider_than_it(int columns)
    {
        using var scratch = new Scratch();
        scratch.Write("a.xlog", [.. Sealed.Xlog(blocks: 3), .. new byte[5000]]);
        var ran = Terminal.Run(columns, scratch.Folder, "inspect a.xlog");
        Assert.That(ran.ExitCode, Is.Zero, ran.ToString());
        Assert.That(Terminal.LinesOf(ran), Has.Length.GreaterThan(6).And.All.Length.LessThanOrEqualTo(columns));
        Assert.That(ran.Text, Does.Contain("5000 zeros from byte"));
        Assert.That(ran.Text, Does.Contain("\e[1ma.xlog\e[0m"));
    }

    [Test, CancelAfter(60_000)]
    public void It_leaves_nothing_behind()
    {
        using var scratch = new Scratch();
        var temp = Directory.CreateDirectory(scratch["tmp"]).FullName;
        var file = scratch.Write("boot.xlog", Sealed.Xlog(blocks: 3));
        var ran = Programs.Run(new Dictionary<string, string> { ["TMPDIR"] = temp }, "inspect", file);
        Assert.That(ran.ExitCode, Is.Zero, ran.ToString());
        Assert.That(Directory.GetFileSystemEntries(temp), Is.Empty);
    }

    [Test, CancelAfter(120_000)]
    public void Every_good_file_of_the_corpus_is_recognised_and_nothing_of_it_is_called_damaged()
    {
        var files = Programs.PackagesIn(Programs.NeedCorpus("xlog/good"));
        var ran = Programs.Run(["inspect", .. files, "--json"]);
        Assert.That(ran.ExitCode, Is.Zero, ran.ToString());
        Assert.That(ran.Text.Split("\"damage\":[]"), Has.Length.EqualTo(files.Length + 1));
    }

    [Test, CancelAfter(240_000)]
    public void Hostile_files_of_the_corpus_are_told_of_like_any_other()
    {
        var files = Directory.GetFiles(Programs.NeedCorpus("hostile"))
            .Where(file => !Path.GetFileName(file).StartsWith("bomb_", StringComparison.Ordinal)).Order().ToArray();
        var ran = Programs.Run(["inspect", .. files, "--json"]);
        var lines = ran.Text.TrimEnd('\n').Split('\n').Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        Assert.That(lines.Select(line => line.GetProperty("input").GetString()), Is.EqualTo(files));
        Assert.That(ran.ExitCode, Is.AnyOf(3, 65, 76), ran.Stderr);
        Assert.That(Programs.Run(["inspect", .. files]).Text, Does.Not.Contain("\u202e"), "names are made harmless");
    }
}
