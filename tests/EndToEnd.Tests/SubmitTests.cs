using System.Text.Json;

namespace Decryptor.EndToEnd.Tests;

/// <summary><c>decryptor submit</c>, at a real service and at none.</summary>
[CancelAfter(120_000)]
sealed class SubmitTests
{
    static readonly byte[] _text = "2026-11-24 09:00:00 INFO net - a line\n"u8.ToArray();

    [Test]
    public void A_package_becomes_a_job_and_the_command_waits_for_its_end()
    {
        using var scratch = new Scratch();
        using var service = Serve(scratch);
        var file = scratch.Write("boot.txt", _text);
        var ran = Submit(scratch, file, "--wait", "--tenant", "acme");
        Assert.That(ran.ExitCode, Is.Zero, ran.ToString());
        Assert.That(ran.Text, Is.EqualTo($"{file}: job 1\njob 1: complete, {scratch["spool/completed/1"]}\n"));
        Assert.That(File.ReadAllBytes(scratch["spool/completed/1/boot.log"]), Is.EqualTo(_text));
        var report = Serving.ReadReport(scratch["spool/completed/1"]);
        Assert.That((report.Source, report.Tenant), Is.EqualTo(("boot.txt", "acme")));
        Assert.That(File.Exists(file), "it was copied");
        Assert.That(Left(scratch), Is.Empty);
    }

    [Test]
    public void Each_of_several_of_one_name_is_waited_for_by_its_own_number()
    {
        using var scratch = new Scratch();
        using var service = Serve(scratch);
        string[] files = [scratch.Write("a/boot.txt", _text), scratch.Write("b/boot.txt", []), scratch["absent.txt"]];
        var ran = Submit(scratch, [.. files, "--wait", "--json"]);
        Assert.That(ran.ExitCode, Is.EqualTo(65), ran.ToString());
        var lines = ran.Text.TrimEnd('\n').Split('\n').Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.That(lines.Select(line => line.GetProperty("type").GetString()),
            Is.EqualTo(new[] { "submission", "submission", "job", "job" }));
        Assert.That(lines[2].GetProperty("outcome").GetString(), Is.EqualTo("complete"));
        Assert.That(lines[3].GetProperty("code").GetString(), Is.EqualTo("EMPTY"));
        Assert.That(ran.Stderr, Does.Contain("absent.txt: there is no such file"));
    }

    [Test]
    public void The_standard_input_is_handed_in_and_a_failure_is_told_with_its_hint()
    {
        using var scratch = new Scratch();
        using var service = Serve(scratch);
        var ran = Shell.Run(
            "printf '\\001\\000\\002' | \"$1\" submit - --wait --spool \"$2\"", Programs.Supervisor, scratch["spool"]);
        Assert.That(ran.ExitCode, Is.EqualTo(65), ran.ToString());
        Assert.That(ran.Text, Does.Contain("-: job 1\njob 1: failed, "));
        Assert.That(ran.Stderr, Does.Contain("UNKNOWN_FORMAT").And.Contain("hint: "));
    }

    [TestCase(true), TestCase(false)]
    public void What_is_moved_is_gone_from_where_it_was(bool sameDisk)
    {
        using var scratch = new Scratch();
        using var other = new Scratch(inMemory: !sameDisk);
        using var service = Serve(scratch);
        var file = other.Write("boot.txt", _text);
        var ran = Submit(scratch, file, "--move", "--wait");
        Assert.That(ran.ExitCode, Is.Zero, ran.ToString());
        Assert.That(File.Exists(file), Is.False);
        Assert.That(File.ReadAllBytes(scratch["spool/completed/1/boot.log"]), Is.EqualTo(_text));
    }

    [Test]
    public void Where_no_service_runs_it_lies_in_incoming_for_the_next_one_and_waiting_is_refused()
    {
        using var scratch = new Scratch();
        using (var service = Serve(scratch)) service.AwaitServing(workers: 1);
        scratch.Write("spool/incoming/boot.txt", "another's\n"u8.ToArray());
        var file = scratch.Write("boot.txt", _text);
        var ran = Submit(scratch, file);
        Assert.That(ran.ExitCode, Is.Zero, ran.ToString());
        Assert.That(ran.Text, Does.Contain("in incoming/ as boot.txt-2: no service runs"));
        Assert.That(Submit(scratch, file, "--wait").ExitCode, Is.EqualTo(69));
        using var next = Serve(scratch);
        Assert.That(next.AwaitEnded(3).Keys, Is.EquivalentTo(new[] { "boot.txt", "boot.txt-2", "boot.txt-3" }));
    }

    [Test]
    public void The_wait_has_an_end_and_the_job_goes_on()
    {
        using var scratch = new Scratch();
        using var service = new Serving(
            scratch, ["--worker-program", Programs.FakeWorker, "--workers", "1"]);
        service.AwaitServing(workers: 1);
        var ran = Submit(scratch, scratch.Write("slow.txt", _text), "--timeout", "1");
        Assert.That(ran.ExitCode, Is.EqualTo(69), ran.ToString());
        Assert.That(ran.Stderr, Does.Contain("job 1 has not ended in time: it runs").And.Contain("jobs show 1"));
        service.AwaitEnded(1);
    }

    [Test]
    public void A_job_that_is_cancelled_meanwhile_ends_the_wait_with_its_own_exit_code()
    {
        using var scratch = new Scratch();
        using var service = new Serving(
            scratch, ["--worker-program", Programs.FakeWorker, "--workers", "1"]);
        service.AwaitServing(workers: 1);
        using var process = Programs.Start(
            [], "submit", scratch.Write("spin.txt", _text), "--wait", "--spool", scratch["spool"]);
        service.Until(() => service.InWork("*spin*").Length > 0, "it runs");
        Assert.That(Programs.Run("jobs", "cancel", "1", "--spool", scratch["spool"]).ExitCode, Is.Zero);
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.EqualTo(130));
    }

    [Test]
    public void A_service_that_dies_meanwhile_is_told_and_the_next_one_goes_on()
    {
        using var scratch = new Scratch();
        using var service = new Serving(
            scratch, ["--worker-program", Programs.FakeWorker, "--workers", "1"]);
        service.AwaitServing(workers: 1);
        using var process = Programs.Start(
            [], "submit", scratch.Write("spin.txt", _text), "--wait", "--spool", scratch["spool"]);
        service.Until(() => service.InWork("*spin*").Length > 0, "it runs");
        service.Send(Proc.SigKill);
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.EqualTo(69));
        Assert.That(process.StandardError.ReadToEnd(), Does.Contain("the service has ended; job 1 is kept"));
    }

    [Test]
    public void What_a_killed_command_has_left_whole_is_handed_in_by_the_next_and_the_rest_is_cleared()
    {
        using var scratch = new Scratch();
        using var service = Serve(scratch);
        service.AwaitServing(workers: 1);
        var whole = scratch.Write("spool/incoming/.submitted-0123456789abcdef~old.txt", _text);
        var half = scratch.Write("spool/incoming/.submit-0123456789abcdef", _text);
        foreach (var path in new[] { whole, half }) File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddHours(-1));
        var ran = Submit(scratch, scratch.Write("new.txt", _text), "--wait");
        Assert.That(ran.ExitCode, Is.Zero, ran.ToString());
        Assert.That(ran.Stderr, Does.Contain("old.txt: an earlier command was killed over it; handed in now"));
        Assert.That(service.AwaitEnded(2).Keys, Is.EquivalentTo(new[] { "old.txt", "new.txt" }));
        Assert.That(Left(scratch), Is.Empty);
    }

    [TestCase(Proc.SigInt, 130), TestCase(Proc.SigTerm, 143)]
    public void Ctrl_C_leaves_no_half_copy(int signal, int exitCode)
    {
        using var scratch = new Scratch();
        using var service = Serve(scratch);
        using var process = Programs.Start([], "submit", "-", "--spool", scratch["spool"]);
        process.StandardInput.Write("the first half");
        process.StandardInput.Flush();
        service.Until(() => Left(scratch).Length == 1, "it is being copied");
        Proc.Send(process.Id, signal);
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.EqualTo(exitCode));
        Assert.That(Left(scratch), Is.Empty);
    }

    [TestCase("../evil"), TestCase(".hidden"), TestCase(""), TestCase("a\\b")]
    public void A_tenant_that_the_service_would_not_look_into_is_refused(string tenant)
    {
        using var scratch = new Scratch();
        using (var service = Serve(scratch)) service.AwaitServing(workers: 1);
        var ran = Submit(scratch, scratch.Write("boot.txt", _text), "--tenant", tenant);
        Assert.That(ran.ExitCode, Is.EqualTo(2), ran.ToString());
        Assert.That(ran.Stderr, Does.Contain("--tenant: ").And.Contain("hint: "));
        Assert.That(Directory.GetFileSystemEntries(scratch["spool/incoming"]), Is.Empty);
    }

    [Test]
    public void A_folder_that_is_no_spool_is_told_and_nothing_is_made_there()
    {
        using var scratch = new Scratch();
        var ran = Submit(scratch, scratch.Write("boot.txt", _text));
        Assert.That(ran.ExitCode, Is.EqualTo(69), ran.ToString());
        Assert.That(ran.Stderr, Does.Contain("is no spool"));
        Assert.That(Directory.Exists(scratch["spool"]), Is.False);
    }

    static Serving Serve(Scratch scratch)
    {
        var service = new Serving(scratch, ["--workers", "1"]);
        service.AwaitServing(workers: 1);
        return service;
    }

    static Ran Submit(Scratch scratch, params string[] words) =>
        Programs.Run(["submit", .. words, "--spool", scratch["spool"]]);

    static string[] Left(Scratch scratch) =>
        Directory.GetFiles(scratch["spool/incoming"], "*", new EnumerationOptions
        {
            RecurseSubdirectories = true,
            AttributesToSkip = 0,
        });
}
