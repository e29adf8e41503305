using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using Decryptor.Protocol;
using Decryptor.Samples;

namespace Decryptor.Worker.Tests;

[CancelAfter(30_000)]
sealed class WorkerProcessTests
{
    [Test]
    public void It_greets_first_with_the_version_of_the_protocol()
    {
        using var worker = new LiveWorker();
        Assert.That(worker.Hear(), Is.InstanceOf<Hello>()
            .With.Property(nameof(Hello.ProtocolVersion)).EqualTo(Message.Version)
            .And.Property(nameof(Hello.Worker)).EqualTo(LiveWorker.Name)
            .And.Property(nameof(Hello.Target)).AnyOf("jit", "x86-64", "x86-64-v3"));
    }

    [Test]
    public void It_leaves_with_0_when_its_input_ends_while_it_is_idle()
    {
        using var worker = new LiveWorker();
        worker.Hear();
        worker.EndInput();
        Assert.That(worker.WaitForExit(), Is.Zero);
    }

    [Test]
    public void It_leaves_at_once_when_its_input_ends_while_it_is_busy()
    {
        using var worker = new LiveWorker();
        worker.Hear();
        var endless = Path.Combine(worker.Folder, "endless.xlog");
        using (var file = File.OpenHandle(endless, FileMode.CreateNew, FileAccess.Write))
            RandomAccess.SetLength(file, 1L << 40);
        worker.Tell(worker.Order(endless));
        while (worker.Hear() is not Progress) { }
        worker.EndInput();
        Assert.That(worker.WaitForExit(), Is.Zero);
    }

    [Test]
    public void It_leaves_at_once_when_its_input_ends_while_it_waits_for_keys()
    {
        using var worker = new LiveWorker();
        worker.Hear();
        worker.Tell(worker.Order(Corpus.File("xlog/good/async-zlib-crypt-4k.xlog")));
        while (worker.Hear() is not KeyRequest) { }
        worker.EndInput();
        Assert.That(worker.WaitForExit(), Is.Zero);
    }

    [Test]
    public void Text_can_be_read_while_the_rest_is_still_sealed()
    {
        using var worker = new LiveWorker();
        worker.Hear();
        var (clear, text) = Made.Session(Compression.Deflate, null, blocks: 2);
        var input = Path.Combine(worker.Folder, "boot.xlog");
        File.WriteAllBytes(input, [.. clear, .. Made.Session(Compression.Zstd, Made.Ours, blocks: 2).File]);
        worker.Tell(worker.Order(input));
        while (worker.Hear() is not KeyRequest) { }
        Assert.That(File.ReadAllBytes(Path.Combine(worker.Folder, "17-1", "boot.log")).AsSpan().SequenceEqual(text));
    }

    [Test]
    public void An_answer_to_a_question_that_was_not_asked_is_a_broken_protocol()
    {
        using var worker = new LiveWorker();
        worker.Hear();
        worker.Tell(new Keys(new(17, 1, LiveWorker.Name), 1, 1, []));
        Assert.That(worker.WaitForExit(), Is.EqualTo(76));
    }

    [Test]
    public void It_leaves_when_nobody_reads_its_frames()
    {
        using var worker = new LiveWorker();
        worker.Hear();
        worker.Process.StandardOutput.BaseStream.Dispose();
        worker.Tell(worker.Order("/nowhere/at/all"));
        Assert.That(worker.WaitForExit(), Is.Zero);
    }

    [Test]
    public void It_leaves_with_a_line_on_standard_error_when_the_supervisor_breaks_the_protocol()
    {
        using var worker = new LiveWorker();
        worker.Hear();
        worker.TellRaw([0xFF, 0xFF, 0xFF, 0xFF]);
        Assert.Multiple(() =>
        {
            Assert.That(worker.WaitForExit(), Is.EqualTo(76));
            Assert.That(worker.Process.StandardError.ReadToEnd(),
                Does.Contain("broke the protocol").And.Contain("4294967295"));
        });
    }

    [Test]
    public void It_says_how_it_is_started_when_it_is_started_otherwise()
    {
        using var worker = new LiveWorker("by", "hand");
        Assert.Multiple(() =>
        {
            Assert.That(worker.WaitForExit(), Is.EqualTo(2));
            Assert.That(worker.Process.StandardError.ReadToEnd(), Does.StartWith("usage: decryptor-worker"));
            Assert.That(worker.Hear(), Is.Null);
        });
    }

    [Test]
    public void Its_standard_output_points_at_standard_error_so_that_prints_cannot_corrupt_frames()
    {
        using var worker = new LiveWorker();
        worker.Hear();
        if (!Environment.IsPrivilegedProcess) Assert.Ignore("a worker hides its descriptors from all but root");
        var files = $"/proc/{worker.Process.Id}/fd";
        string Target(string file) => new FileInfo(Path.Combine(files, file)).LinkTarget!;
        Assert.Multiple(() =>
        {
            Assert.That(Target("1"), Is.EqualTo(Target("2")));
            Assert.That(Target("1"), Does.StartWith("pipe:"));
        });
    }

    [Test]
    public void It_decodes_one_assignment_after_another()
    {
        using var worker = new LiveWorker();
        worker.Hear();
        string[] names = ["async-zlib-crypt-1m", "six-sessions-mixed", "async-zstd-crypt-4k", "sync-zlib-nocrypt-64k"];
        foreach (var (job, name) in names.Index())
        {
            worker.Tell(worker.Order(Corpus.File($"xlog/good/{name}.xlog"), job + 1));
            var finished = worker.Serve(Corpus.Ring("B", "A"));
            var text = File.ReadAllBytes(Path.Combine(worker.Folder, $"{job + 1}-1", name + ".log"));
            Assert.Multiple(() =>
            {
                Assert.That(finished.Outcome, Is.EqualTo(Outcome.Complete), finished.Text);
                Assert.That(finished.Attempt.Job, Is.EqualTo(job + 1));
                Assert.That(text.AsSpan().SequenceEqual(Corpus.Unzipped($"xlog/good/{name}.xlog.txt.gz")), name);
            });
        }
    }

    [Test]
    public void Progress_never_follows_the_end_of_its_attempt()
    {
        using var worker = new LiveWorker();
        worker.Hear();
        var heard = new List<Message>();
        for (var job = 1; job <= 3; job++)
        {
            worker.Tell(worker.Order(Corpus.File("large/async-zlib-crypt-seqwrap-67k-blocks.xlog"), job));
            worker.Serve(Corpus.Ring("A"), heard);
        }

        worker.EndInput();
        while (worker.Hear() is { } late) heard.Add(late);
        var over = new HashSet<long>();
        foreach (var message in heard)
            if (message is Finished finished) over.Add(finished.Attempt.Job);
            else if (message is Progress progress) Assert.That(over, Does.Not.Contain(progress.Attempt.Job));
    }

    [Explicit("measures; run it with DECRYPTOR_TEST_WORKER on a NativeAOT build"), CancelAfter(120_000)]
    [TestCase("async-zlib-crypt-64m")]
    [TestCase("async-zstd-crypt-64m")]
    [TestCase("async-zlib-crypt-seqwrap-67k-blocks")]
    public void A_large_file_takes_little_memory(string name)
    {
        using var worker = new LiveWorker();
        var hello = (Hello)worker.Hear()!;
        using var manifest = JsonDocument.Parse(File.ReadAllBytes(Corpus.File("large/manifest.json")));
        var entry = manifest.RootElement.GetProperty("files").EnumerateArray().Single(one =>
            one.GetProperty("file").GetString() == name + ".xlog");
        for (var job = 1; job <= 4; job++)
        {
            var cpu = worker.Process.TotalProcessorTime;
            var began = Stopwatch.GetTimestamp();
            worker.Tell(worker.Order(Corpus.File($"large/{name}.xlog"), job));
            var finished = worker.Serve(Corpus.Ring("A"));
            var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
            worker.Process.Refresh();
            cpu = worker.Process.TotalProcessorTime - cpu;
            TestContext.Out.WriteLine(
                $"MEASURED {hello.Target} {name} run {job}: {finished.BytesOut / seconds / 1e6:f0} MB/s wall, "
                + $"{finished.BytesOut / cpu.TotalSeconds / 1e6:f0} MB/s cpu, "
                + $"peak {worker.Process.PeakWorkingSet64 >> 20} MiB");
            var text = Path.Combine(worker.Folder, $"{job}-1", name + ".log");
            using (var file = File.OpenRead(text))
                Assert.That(Convert.ToHexStringLower(SHA256.HashData(file)),
                    Is.EqualTo(entry.GetProperty("plaintext_sha256").GetString()));
            File.Delete(text);
            Assert.That(worker.Process.PeakWorkingSet64, Is.LessThan(64L << 20));
        }
    }
}
