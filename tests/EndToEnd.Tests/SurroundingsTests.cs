using System.Diagnostics;
using System.Text.Json;

namespace Decryptor.EndToEnd.Tests;

/// <summary>
/// The world that a program is started into: closed streams, few descriptors, other users, odd paths.
/// </summary>
sealed class SurroundingsTests
{
    [TestCase("<&-", 0), TestCase(">&-", 74), TestCase("2>&-", 0), TestCase("<&- >&- 2>&-", 74), CancelAfter(60_000)]
    public void Cat_with_closed_streams_ends_in_order(string closed, int exitCode)
    {
        using var scratch = new Scratch();
        var input = scratch.Write("a.txt", "some text\n"u8.ToArray());
        var ran = Shell.Run($"\"$1\" cat \"$2\" {closed}", Programs.Supervisor, input);
        Assert.That(ran.ExitCode, Is.EqualTo(exitCode), ran.ToString());
        if (exitCode == 0) Assert.That(ran.Text, Is.EqualTo("some text\n"));
    }

    [TestCase("<&- >&- 2>&-"), TestCase("2>&-"), CancelAfter(60_000)]
    public void Serve_with_closed_streams_works_and_writes_its_talk_into_no_file(string closed)
    {
        using var scratch = new Scratch();
        scratch.Write("spool/incoming/a.txt", "some text\n"u8.ToArray());
        var ran = Shell.Run($$"""
            "$1" serve --spool "$2" --workers 2 {{closed}} &
            for i in $(seq 400); do [ -e "$2/completed/1/report.json" ] && break; sleep 0.05; done
            kill -TERM $!; wait $!
            """, Programs.Supervisor, scratch["spool"]);
        Assert.That(ran.ExitCode, Is.Zero, ran.ToString());
        Assert.That(File.Exists(scratch["spool/completed/1/report.json"]));
        Assert.That(Programs.Run("jobs", "--spool", scratch["spool"]).ExitCode, Is.Zero, "the ledger is whole");
    }

    [Test, CancelAfter(60_000)]
    public void Sixty_four_descriptors_are_enough_for_four_workers()
    {
        using var scratch = new Scratch();
        for (var i = 0; i < 20; i++) scratch.Write($"spool/incoming/{i}.txt", "some text\n"u8.ToArray());
        var ran = Shell.Run("""
            ulimit -n 64
            "$1" serve --spool "$2" --workers 4 &
            for i in $(seq 400); do [ "$(ls "$2/completed" 2>/dev/null | wc -l)" = 20 ] && break; sleep 0.05; done
            kill -TERM $!; wait $!
            """, Programs.Supervisor, scratch["spool"]);
        Assert.That(ran.ExitCode, Is.Zero, ran.ToString());
        Assert.That(Directory.GetDirectories(scratch["spool/completed"]), Has.Length.EqualTo(20), ran.ToString());
    }

    [Test, CancelAfter(60_000)]
    public void Of_two_that_start_at_once_on_one_spool_exactly_one_works()
    {
        using var scratch = new Scratch();
        using var one = new Serving(scratch, ["--workers", "1"]);
        using var other = new Serving(scratch, ["--workers", "1"]);
        one.Until(() => one.HasExited || other.HasExited, "one of them gives way", afterItsEnd: true);
        var (winner, loser) = one.HasExited ? (other, one) : (one, other);
        Assert.That(loser.AwaitExit(), Is.EqualTo(78), loser.Stderr);
        Assert.That(loser.Stderr, Does.Contain("another supervisor").And.Contain("hint: "));
        Serving.Drop(scratch, "a.txt", "some text\n"u8.ToArray());
        Assert.That(winner.AwaitEnded(1)["a.txt"].Report.Outcome, Is.EqualTo("complete"));
    }

    [TestCase("a spool with spaces"), TestCase("linked"), CancelAfter(60_000)]
    public void A_spool_may_have_a_relative_path_spaces_or_a_link(string name)
    {
        using var scratch = new Scratch();
        Directory.CreateDirectory(scratch["real"]);
        Directory.CreateSymbolicLink(scratch["linked"], scratch["real"]);
        scratch.Write(name + "/incoming/a b.txt", "some text\n"u8.ToArray());
        var ran = Shell.Run("""
            cd "$2"
            "$1" serve --spool "$3" --workers 2 &
            for i in $(seq 400); do [ -e "$3/completed/1/report.json" ] && break; sleep 0.05; done
            kill -TERM $!; wait $!
            """, Programs.Supervisor, scratch.Folder, name);
        Assert.That(ran.ExitCode, Is.Zero, ran.ToString());
        Assert.That(Serving.ReadReport(scratch[name + "/completed/1"]).Outcome, Is.EqualTo("complete"));
    }

    [Test, CancelAfter(60_000)]
    public void Rooms_on_two_file_systems_are_refused_with_78()
    {
        using var scratch = new Scratch();
        using var disk = new SmallDisk(scratch["spool/completed"]);
        var ran = Programs.Run("serve", "--spool", scratch["spool"]);
        Assert.That(ran.ExitCode, Is.EqualTo(78), ran.ToString());
        Assert.That(ran.Stderr, Does.Contain("two file systems"));
    }

    [Test, CancelAfter(60_000)]
    public void A_user_who_owns_nothing_may_read_what_is_theirs_and_is_told_what_is_not()
    {
        Shell.NeedAnotherUser();
        using var scratch = new Scratch();
        File.SetUnixFileMode(scratch.Folder, (UnixFileMode)0b111_101_101);
        var input = scratch.Write("a.txt", "some text\n"u8.ToArray());
        Directory.CreateDirectory(scratch["theirs"]);
        Shell.Run("chown 65534:65534 \"$1\"; mkdir -m 755 \"$2\"", scratch["theirs"], scratch["ours"]);
        Assert.That(Shell.AsNobody(scratch["theirs"], "cat", input).Text, Is.EqualTo("some text\n"));
        var unpacked = Shell.AsNobody(scratch["theirs"], "unpack", input, "-o", scratch["theirs/out"]);
        Assert.That(unpacked.ExitCode, Is.Zero, unpacked.ToString());
        var spool = Shell.AsNobody(scratch["theirs"], "serve", "--spool", scratch["ours"]);
        Assert.That(spool.ExitCode, Is.EqualTo(78), spool.ToString());
        Assert.That(spool.Stderr, Does.Contain("cannot be written: Permission denied"));
        var keys = Shell.AsNobody(scratch["theirs"], "cat", input, "--keys", scratch.Ring("# nothing"));
        Assert.That(keys.ExitCode, Is.EqualTo(78), keys.ToString());
        var left = Directory.GetFileSystemEntries(scratch["theirs"]);
        Assert.That(left, Is.EqualTo(new[] { scratch["theirs/out"] }), "only what was asked for");
    }

    [Test, CancelAfter(60_000)]
    public void Under_systemd_each_line_is_one_object_and_a_jobs_lines_say_which_attempt_of_which_worker()
    {
        using var scratch = new Scratch();
        using var service = new Serving(
            scratch, ["--worker-program", Programs.FakeWorker, "--workers", "2"], new() { ["JOURNAL_STREAM"] = "8:1" });
        service.AwaitReady();
        Serving.Drop(scratch, "crash-native~1.txt", "some text\n"u8.ToArray());
        service.AwaitEnded(1);
        service.Send(Proc.SigTerm);
        Assert.That(service.AwaitExit(), Is.Zero);
        var lines = service.Stderr.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement).ToList();
        var ofJobs = lines.Where(line => line.TryGetProperty("Job", out _)).ToList();
        Assert.That(ofJobs, Has.Count.GreaterThanOrEqualTo(2));
        foreach (var line in ofJobs)
            Assert.That(line.TryGetProperty("Attempt", out _) && line.TryGetProperty("Worker", out _), line.ToString());
    }

    [Test, CancelAfter(60_000)]
    public void Term_in_the_first_moments_ends_it_and_the_next_start_is_sound()
    {
        using var scratch = new Scratch();
        for (var wait = 0; wait < 60; wait += 6)
        {
            using var service = new Serving(scratch, ["--workers", "2"]);
            var watch = Stopwatch.StartNew();
            while (watch.ElapsedMilliseconds < wait) Thread.Yield();
            service.Send(Proc.SigTerm);
            Assert.That(service.AwaitExit(10), Is.EqualTo(0).Or.EqualTo(143), $"after {wait} ms: {service.Stderr}");
        }

        using var next = new Serving(scratch);
        Serving.Drop(scratch, "a.txt", "some text\n"u8.ToArray());
        next.AwaitEnded(1);
    }
}
