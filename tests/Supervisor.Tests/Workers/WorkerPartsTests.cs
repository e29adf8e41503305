using System.Runtime.Intrinsics.X86;
using Decryptor.Supervisor.Workers;

namespace Decryptor.Supervisor.Tests.Workers;

sealed class WorkerPartsTests
{
    [TestCase(0, "exit 0")]
    [TestCase(75, "exit 75")]
    [TestCase(134, "exit 134 (SIGABRT)")]
    [TestCase(137, "SIGKILL")]
    [TestCase(139, "exit 139 (SIGSEGV)")]
    [TestCase(159, "exit 159 (SIGSYS)")]
    [TestCase(200, "exit 200")]
    public void An_exit_is_told_in_words_that_an_operator_knows(int code, string words) =>
        Assert.That(ExitCode.InWords(code), Is.EqualTo(words));

    [Test]
    public void A_tail_keeps_its_last_bytes_however_they_came([Values(1, 7, 4096, 65_536, 70_000)] int step)
    {
        var all = Enumerable.Range(0, 200_000).Select(i => (byte)('a' + i % 26)).ToArray();
        var tail = new StderrTail();
        foreach (var piece in all.Chunk(step)) tail.Append(piece);

        Assert.That(tail.ToString(), Is.EqualTo(System.Text.Encoding.ASCII.GetString(all[^StderrTail.Capacity..])));
        Assert.That(tail.Dropped, Is.EqualTo(all.Length - StderrTail.Capacity));
    }

    [Test]
    public void A_short_tail_is_whole()
    {
        var tail = new StderrTail();
        Assert.That(tail.ToString(), Is.Empty);
        tail.Append("one"u8);
        tail.Append(" two"u8);
        Assert.That(tail.ToString(), Is.EqualTo("one two"));
        Assert.That(tail.Dropped, Is.Zero);
    }

    [Test]
    public void The_plain_build_is_taken_where_the_faster_one_is_not()
    {
        var folder = Directory.CreateTempSubdirectory("program-").FullName;
        Assert.That(WorkerProgram.Beside(folder).File, Is.EqualTo(Path.Combine(folder, "decryptor-worker")));
        File.WriteAllText(Path.Combine(folder, "decryptor-worker-v3"), "");
        var best = X64Level.RunsV3 ? "decryptor-worker-v3" : "decryptor-worker";
        Assert.That(WorkerProgram.Beside(folder).File, Is.EqualTo(Path.Combine(folder, best)));
        Directory.Delete(folder, recursive: true);
    }

    // Under the JIT the runtime knows, by its own question to the processor and to the kernel.
    [Test]
    public void The_processor_is_judged_as_the_runtime_judges_it() => Assert.That(
        X64Level.RunsV3,
        Is.EqualTo(Avx2.IsSupported && Bmi1.IsSupported && Bmi2.IsSupported && Fma.IsSupported && Lzcnt.IsSupported));

    [Test]
    public void A_link_a_fifo_and_a_folder_are_no_regular_files()
    {
        var folder = Directory.CreateTempSubdirectory("paths-").FullName;
        var file = Path.Combine(folder, "file");
        var link = Path.Combine(folder, "link");
        File.WriteAllText(file, "");
        File.CreateSymbolicLink(link, file);

        Assert.That(PathOnDisk.IsRegularFile(file), Is.True);
        Assert.That(PathOnDisk.IsRegularFile(link), Is.False);
        Assert.That(PathOnDisk.IsRegularFile(folder), Is.False);
        Assert.That(PathOnDisk.IsRegularFile("/dev/null"), Is.False);
        Assert.That(PathOnDisk.IsRegularFile(Path.Combine(folder, "none")), Is.False);
        Assert.That(PathOnDisk.IsFolder(folder), Is.True);
        Directory.Delete(folder, recursive: true);
    }

    [Test]
    public void Credit_covers_all_that_a_pipe_can_hold_and_no_flood()
    {
        var clock = new HandClock();
        var credit = new FrameCredit(clock);
        for (var frame = 0; frame < FrameCredit.Most; frame++) Assert.That(credit.Spend(), $"{frame}");
        Assert.That(credit.Spend(), Is.False);

        clock.Seconds = 1;
        for (var frame = 0; frame < FrameCredit.PerSecond; frame++) Assert.That(credit.Spend(), $"{frame}");
        Assert.That(credit.Spend(), Is.False);
        credit.Earn();
        for (var frame = 0; frame < FrameCredit.PerOrder; frame++) Assert.That(credit.Spend(), $"{frame}");
        Assert.That(credit.Spend(), Is.False);

        clock.Seconds = 1_000_000;
        for (var frame = 0; frame < FrameCredit.Most; frame++) Assert.That(credit.Spend(), $"{frame}");
        Assert.That(credit.Spend(), Is.False, "credit is not saved up");
    }

    [Test]
    public void A_count_of_kills_for_want_of_memory_is_read_where_there_is_one()
    {
        var groups = Directory.CreateTempSubdirectory("groups-").FullName;
        var own = Directory.CreateDirectory(Path.Combine(groups, "system.slice", "decryptor.service")).FullName;
        var ofProcess = Path.Combine(groups, "cgroup");
        File.WriteAllText(ofProcess, "4:memory:/old\n0::/system.slice/decryptor.service\n");
        Assert.That(OomCount.Now(ofProcess, groups), Is.Null);

        File.WriteAllText(Path.Combine(own, "memory.events"), "low 0\noom 4\noom_kill 3\noom_group_kill 0\n");
        Assert.That(OomCount.Now(ofProcess, groups), Is.EqualTo(3));

        File.WriteAllText(ofProcess, "4:memory:/old\n");
        Assert.That(OomCount.Now(ofProcess, groups), Is.Null, "no groups of the second version");
        Directory.Delete(groups, recursive: true);
    }

    [Test]
    public void A_process_is_seen_as_it_is()
    {
        var sample = ProcFolder.Sample(Environment.ProcessId)!.Value;
        Assert.That(sample.IsAlive);
        Assert.That(sample.Parent, Is.Positive);
        Assert.That(sample.CpuMilliseconds, Is.Positive);
        Assert.That(sample.ResidentBytes, Is.GreaterThan(1 << 20));
        Assert.That(ProcFolder.PeakBytes(Environment.ProcessId), Is.GreaterThan(1 << 20));
        Assert.That(ProcFolder.CurrentFolder(Environment.ProcessId), Is.EqualTo(Environment.CurrentDirectory));
        Assert.That(ProcFolder.Sample(int.MaxValue), Is.Null);
    }

    /// <summary>Seconds that pass when a test says so.</summary>
    sealed class HandClock : TimeProvider
    {
        internal long Seconds { get; set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Seconds;
    }
}
