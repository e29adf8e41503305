using System.Text;
using Decryptor.Protocol;

namespace Decryptor.EndToEnd.Tests;

/// <summary>What a worker that an upload has taken over can still do, and who is told how it is confined.</summary>
[CancelAfter(60_000)]
sealed class ConfinementTests
{
    const int NotPermitted = 1, NotThere = 2, Denied = 13, NoSuchCall = 38, OtherDisk = 18;
    const int ToRead = 0, ToWrite = 1, ToMake = 0x40 | 1, ToEmpty = 0x200 | 1, FolderToRead = 0x10000;

    [Test]
    public void Files_that_are_none_of_its_business_are_not_opened()
    {
        using var scratch = new Scratch();
        string[] secrets =
        [
            scratch.Write("keys/ring", "password x\n"u8.ToArray()), scratch.Write("ledger.db", [1]),
            scratch.Write("work/w1.2/out/9-1/other.log", [1]), scratch.Write("work/w1.1/beside", [1]), "/etc/passwd",
        ];
        using var attack = Confined(scratch);
        Assert.Multiple(() =>
        {
            foreach (var file in secrets)
            {
                Assert.That(attack.Try($"open {file} {ToRead}"), Is.EqualTo(Denied), file);
                Assert.That(attack.Try($"open {file} {ToWrite}"), Is.EqualTo(Denied), file);
                Assert.That(attack.Try($"remove {file}"), Is.EqualTo(Denied), file);
                Assert.That(attack.Try($"rename {file} {attack.Folder}/out/mine"), Is.AnyOf(Denied, OtherDisk), file);
            }

            string[] folders = ["/", scratch.Folder, scratch["keys"], attack.Folder, "/tmp", "/proc", "/dev"];
            foreach (var folder in folders)
                Assert.That(attack.Try($"open {folder} {FolderToRead}"), Is.EqualTo(Denied), folder);
        });
    }

    [Test]
    public void Nothing_is_written_outside_of_its_output()
    {
        using var scratch = new Scratch();
        using var attack = Confined(scratch);
        var input = scratch.Write("work/w1.1/in/17", "input\n"u8.ToArray());
        Assert.Multiple(() =>
        {
            string[] places = [scratch["new"], $"{attack.Folder}/new", $"{attack.Folder}/in/new", "/tmp/new"];
            foreach (var place in places)
            {
                Assert.That(attack.Try($"open {place} {ToMake}"), Is.EqualTo(Denied), place);
                Assert.That(attack.Try($"mkdir {place}"), Is.EqualTo(Denied), place);
            }

            Assert.That(attack.Try($"open {input} {ToWrite}"), Is.EqualTo(Denied));
            Assert.That(attack.Try($"open {input} {ToEmpty}"), Is.EqualTo(Denied));
            Assert.That(attack.Try($"remove {input}"), Is.EqualTo(Denied));
            Assert.That(attack.Try($"fifo {attack.Folder}/out/pipe"), Is.EqualTo(NotPermitted));
        });
    }

    [Test]
    public void Its_input_is_read_and_its_output_written_and_it_can_work()
    {
        using var scratch = new Scratch();
        var named = scratch.Write("desk/boot.xlog", "named\n"u8.ToArray());
        var folder = Path.GetDirectoryName(named);
        var beside = scratch.Write("desk/taxes.txt", "not named\n"u8.ToArray());
        scratch.Write("work/w1.1/inputs", Encoding.UTF8.GetBytes($"{named}\0/not/there\0{folder}\0"));
        using var attack = Confined(scratch);
        // After its start, as the service does it.
        scratch.Write("work/w1.1/in/17", "input\n"u8.ToArray());
        var output = $"{attack.Folder}/out";
        File.WriteAllText($"{output}/once", "");
        Assert.Multiple(() =>
        {
            Assert.That(attack.Try($"open {attack.Folder}/in/17 {ToRead}"), Is.Zero);
            Assert.That(attack.Try($"open {named} {ToRead}"), Is.Zero);
            Assert.That(attack.Try($"open {named} {ToWrite}"), Is.EqualTo(Denied));
            Assert.That(attack.Try($"open {folder} {FolderToRead}"), Is.EqualTo(Denied));
            Assert.That(attack.Try($"open {beside} {ToRead}"), Is.EqualTo(Denied));
            Assert.That(attack.Try("open /not/there 0"), Is.EqualTo(NotThere));
            Assert.That(attack.Try($"open {output}/text {ToMake}"), Is.Zero);
            Assert.That(attack.Try($"open {output}/text {ToEmpty}"), Is.Zero);
            Assert.That(attack.Try($"open {output} {FolderToRead}"), Is.Zero);
            Assert.That(attack.Try($"open /dev/null {ToWrite}"), Is.Zero);
            Assert.That(attack.Try("work"), Is.Zero);
        });
    }

    [TestCase("41 2 1 0", "socket, for TCP")]
    [TestCase("41 1 1 0", "socket, in the file system")]
    [TestCase("53 1 1 0", "socketpair")]
    [TestCase("42", "connect")]
    [TestCase("57", "fork")]
    [TestCase("58", "vfork")]
    [TestCase("56 17", "clone of a process")]
    [TestCase("59", "execve")]
    [TestCase("322", "execveat")]
    [TestCase("101", "ptrace")]
    [TestCase("310", "process_vm_readv")]
    [TestCase("165", "mount")]
    [TestCase("428", "open_tree")]
    [TestCase("272 268435456", "unshare of users")]
    [TestCase("308", "setns")]
    [TestCase("321", "bpf")]
    [TestCase("323", "userfaultfd")]
    [TestCase("250", "keyctl")]
    [TestCase("246", "kexec_load")]
    [TestCase("298", "perf_event_open")]
    [TestCase("425", "io_uring_setup")]
    [TestCase("62 1 0", "kill of another")]
    [TestCase("62 -1 0", "kill of all")]
    [TestCase("234 1 1 0", "tgkill of another")]
    [TestCase("302 1 7", "prlimit64 of another")]
    [TestCase("90", "chmod")]
    [TestCase("105", "setuid")]
    [TestCase("304", "open_by_handle_at")]
    public void A_call_that_decoding_never_makes_is_refused(string call, string name) =>
        Assert.That(Shared.Try($"call {call}"), Is.EqualTo(NotPermitted), name);

    [TestCase("435", "clone3, whose flags a filter cannot see")]
    [TestCase("463", "setxattrat, the first that the list does not know")]
    [TestCase("600", "a call of a later kernel")]
    public void A_call_that_the_filter_cannot_judge_is_not_there(string call, string name) =>
        Assert.That(Shared.Try($"call {call}"), Is.EqualTo(NoSuchCall), name);

    [Test]
    public void A_shipped_worker_says_that_it_is_confined_and_the_kernel_agrees()
    {
        NeedBuilt();
        using var scratch = new Scratch();
        using var serving = new Serving(scratch, ["--workers", "1"], config: new { confinement = "required" });
        serving.AwaitReady();
        serving.Until(() => Status(serving).Contains("confined  every worker: landlock:"), "it says so");
        var status = File.ReadAllText($"/proc/{serving.Workers().Single()}/status");
        Assert.That(Status(serving), Does.Match(@"(?m)^confined  every worker: landlock:[1-7] seccomp rlimits$"));
        Assert.That(status, Does.Match(@"(?m)^NoNewPrivs:\s1$").And.Match(@"(?m)^Seccomp:\s2$"));
        Assert.That(status, Does.Match(@"(?m)^CapPrm:\s0000000000000004$").Or.Match(@"(?m)^CapPrm:\s0{16}$"));
        Serving.Drop(scratch, "a.txt", "hello\n"u8.ToArray());
        Assert.That(serving.AwaitEnded(1)["a.txt"].Report.Outcome, Is.EqualTo("complete"));
    }

    [Test]
    public void Where_confinement_is_required_a_worker_that_has_none_gets_no_job()
    {
        using var scratch = new Scratch();
        using var serving = new Serving(
            scratch, ["--workers", "1", "--worker-program", Programs.FakeWorker],
            config: new { confinement = "required" });
        Serving.Drop(scratch, "a.txt", "hello\n"u8.ToArray());
        serving.Until(() => serving.Says("is confined by less than the setting requires"), "it says why");
        Assert.That(serving.Stderr, Does.Contain("landlock and seccomp and rlimits is missing"));
        serving.Until(() => Status(serving).Contains("workers failed"), "the status shows it");
        Assert.That(serving.Ended(), Is.Empty);
    }

    [Test]
    public void A_person_is_told_why_nothing_comes()
    {
        using var scratch = new Scratch();
        var config = scratch.Write("config.json", """{ "confinement": "required" }"""u8.ToArray());
        using var process = Programs.Start(
            [], "cat", scratch.Write("a.txt", "a\n"u8.ToArray()), "--config", config,
            "--worker-program", Programs.FakeWorker);
        var told = process.StandardError.ReadLine();
        Proc.Send(process.Id, Proc.SigTerm);
        process.WaitForExit();
        Assert.That(told, Does.Contain("workers fail one after the other")
            .And.Contain("is confined by less than the setting requires").And.EndsWith("none: a fake (SIGKILL)"));
        Assert.That(process.ExitCode, Is.EqualTo(143));
    }

    [Test]
    public void Where_it_is_only_wished_for_what_is_missing_is_told_once()
    {
        using var scratch = new Scratch();
        using var serving = new Serving(scratch, ["--workers", "3", "--worker-program", Programs.FakeWorker]);
        serving.AwaitServing(3);
        serving.Until(() => Status(serving).Contains("confined  every worker: none: a fake"), "the status shows it");
        Assert.That(serving.Stderr.Split("workers are not confined"), Has.Length.EqualTo(2), serving.Stderr);
    }

    [Test]
    public void A_setting_that_is_no_word_of_the_list_is_refused()
    {
        using var scratch = new Scratch();
        using var serving = new Serving(scratch, config: new { confinement = "maybe" });
        Assert.That(serving.AwaitExit(), Is.EqualTo(78));
        Assert.That(serving.Stderr, Does.Contain("confinement is maybe; required, possible, off is allowed"));
    }

    static string Status(Serving serving)
    {
        var file = Path.Combine(serving.Spool, "run", "status.txt");
        return File.Exists(file) ? File.ReadAllText(file) : "";
    }

    static void NeedBuilt()
    {
        if (!Programs.Worker.StartsWith(Path.Combine(Programs.Root, "out"), StringComparison.Ordinal))
            Assert.Ignore("needs the programs of scripts/build: a worker under the JIT is not confined");
    }

    [Test]
    public void Without_confinement_the_same_deeds_succeed()
    {
        using var scratch = new Scratch();
        using var attack = new Attack(scratch, isConfined: false);
        Assert.That(attack.Begin(), Is.EqualTo("none: switched off"));
        Assert.That(attack.Try($"open /etc/passwd {ToRead}"), Is.Zero);
        Assert.That(attack.Try($"open {scratch["new"]} {ToMake}"), Is.Zero);
        Assert.That(attack.Try("call 41 2 1 0"), Is.Zero);
        Assert.That(attack.Try($"call 62 {attack.Pid} 0"), Is.Zero);
    }

    static Attack Shared => _shared ?? throw new AssertionException("it was not started");

    static Scratch? _scratch;
    static Attack? _shared;

    [OneTimeSetUp]
    public void StartOne()
    {
        _scratch = new();
        _shared = Confined(_scratch);
    }

    [OneTimeTearDown]
    public void EndIt()
    {
        _shared?.Dispose();
        _scratch?.Dispose();
    }

    static Attack Confined(Scratch scratch)
    {
        var attack = new Attack(scratch);
        var said = attack.Begin();
        if (said.Contains("no landlock", StringComparison.Ordinal)) Assert.Ignore($"not on this machine: {said}");
        Assert.That(said, Does.Match("^landlock:[1-7] seccomp rlimits$"));
        return attack;
    }
}
