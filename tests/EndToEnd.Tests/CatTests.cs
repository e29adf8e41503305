using System.Text;

namespace Decryptor.EndToEnd.Tests;

sealed class CatTests
{
    [Test, CancelAfter(60_000)]
    public void A_file_name_alone_prints_its_text_and_nothing_else()
    {
        using var scratch = new Scratch();
        var ran = Programs.Run(scratch.Write("a.txt", "hello\n"u8.ToArray()));
        Assert.That((ran.ExitCode, ran.Text, ran.Stderr), Is.EqualTo((0, "hello\n", "")));
    }

    [Test, CancelAfter(60_000)]
    public void Inputs_are_printed_in_the_order_given_and_what_fails_is_told_on_stderr()
    {
        using var scratch = new Scratch();
        var first = scratch.Write("b.txt", Encoding.UTF8.GetBytes(new string('b', 3_000_000) + "\n"));
        var bad = scratch.Write("bad.bin", [0, 1, 2]);
        var last = scratch.Write("a.txt", "last\n"u8.ToArray());
        var ran = Programs.Run("cat", first, bad, last);
        Assert.That(ran.ExitCode, Is.EqualTo(65));
        Assert.That(ran.Text, Is.EqualTo(new string('b', 3_000_000) + "\nlast\n"));
        Assert.That(ran.Stderr, Does.Contain("bad.bin").And.Contain("UNKNOWN_FORMAT"));
    }

    [Test, CancelAfter(60_000)]
    public void After_a_workers_death_it_goes_on_where_it_was_and_prints_nothing_twice()
    {
        using var scratch = new Scratch();
        var text = string.Concat(Enumerable.Range(0, 50_000).Select(i => $"line {i}\n"));
        var file = scratch.Write("half-then-kill-self~2.txt", Encoding.UTF8.GetBytes(text));
        var ran = Programs.Run("cat", file, "--worker-program", Programs.FakeWorker);
        Assert.That(ran.ExitCode, Is.Zero, ran.Stderr);
        Assert.That(ran.Text, Is.EqualTo(text));
    }

    [Test, CancelAfter(60_000)]
    public void The_first_byte_is_printed_before_the_input_is_read_to_its_end()
    {
        using var scratch = new Scratch();
        var file = scratch.Write("half-until-released.txt", "first\nsecond\n"u8.ToArray());
        using var process = Programs.Start([], "cat", file, "--worker-program", Programs.FakeWorker);
        var first = (char)process.StandardOutput.BaseStream.ReadByte();
        Assert.That(first, Is.EqualTo('f'), "although the worker waits in the middle");
        File.WriteAllText(file + ".release", "");
        Assert.That(process.StandardOutput.ReadToEnd(), Is.EqualTo("irst\nsecond\n"));
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.Zero);
    }

    [TestCase(Proc.SigInt, 130)]
    [TestCase(Proc.SigTerm, 143)]
    [CancelAfter(60_000)]
    public void Interrupted_it_leaves_no_worker_and_no_file(int signal, int exitCode)
    {
        using var scratch = new Scratch();
        var temp = Directory.CreateDirectory(scratch["tmp"]).FullName;
        var file = scratch.Write("spin.txt", "x\n"u8.ToArray());
        using var process = Programs.Start(
            new() { ["TMPDIR"] = temp }, "cat", file, "--worker-program", Programs.FakeWorker);
        bool HasLedger() => Directory.GetFiles(temp, "ledger.db", SearchOption.AllDirectories).Length > 0;
        while (!HasLedger() || Proc.ChildrenOf(process.Id).Count == 0) Thread.Yield();
        var workers = Proc.ChildrenOf(process.Id);
        Proc.Send(process.Id, signal);
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.EqualTo(exitCode), process.StandardError.ReadToEnd());
        Assert.That(Directory.GetFileSystemEntries(temp), Is.Empty);
        Assert.That(workers.Any(worker => Proc.Lives(worker.Pid)), Is.False);
    }

    [Test, CancelAfter(60_000)]
    public void Nobody_listening_is_no_error_worth_a_word()
    {
        using var scratch = new Scratch();
        var file = scratch.Write("big.txt", Encoding.UTF8.GetBytes(new string('x', 8_000_000)));
        using var process = Programs.Start([], "cat", file);
        process.StandardOutput.BaseStream.ReadByte();
        process.StandardOutput.Close();
        process.WaitForExit();
        Assert.That(process.StandardError.ReadToEnd(), Is.Empty);
    }

    [Test, CancelAfter(60_000)]
    public void What_a_killed_run_has_left_is_cleared_by_the_next()
    {
        using var scratch = new Scratch();
        var file = scratch.Write("spin.txt", "x\n"u8.ToArray());
        var output = Directory.CreateDirectory(scratch["out"]).FullName;
        using (var killed = Programs.Start([], "unpack", file, "-o", output, "--worker-program", Programs.FakeWorker))
        {
            while (Directory.GetFiles(output, "*.db", SearchOption.AllDirectories).Length == 0) Thread.Yield();
            killed.Kill();
            killed.WaitForExit();
        }

        var left = Directory.GetDirectories(output).Single();
        Directory.SetLastWriteTimeUtc(left, DateTime.UtcNow.AddMinutes(-2));
        Assert.That(Programs.Run("unpack", scratch.Write("a.txt", "a\n"u8.ToArray()), "-o", output).ExitCode, Is.Zero);
        Assert.That(Directory.GetDirectories(output).Select(Path.GetFileName), Is.EqualTo(new[] { "a.txt" }));
    }
}
