using Decryptor.Supervisor.Workers;
using Microsoft.Data.Sqlite;

namespace Decryptor.EndToEnd.Tests;

/// <summary>
/// What a service lives on is taken away while it works, and given back: it is degraded meanwhile, says why, and goes
/// on by itself, in the same process, with nothing lost.
/// </summary>
sealed class ResourceTests
{
    const int Jobs = 12;

    // A disk that turns read-only under open files cannot be had by mounting: its refusal is a test of Insistence. Here
    // is what a start on such a disk says, and what was on it before.
    [Test, CancelAfter(120_000)]
    public void A_disk_that_is_mounted_read_only_refuses_a_start_and_keeps_what_it_has()
    {
        using var scratch = new Scratch();
        using var disk = new SmallDisk(scratch["spool"], mebibytes: 64);
        using (var first = new Serving(scratch, ["--workers", "2"]))
        {
            first.AwaitServing(workers: 2);
            Drop(disk.Folder, "before.txt", "text of before\n");
            first.AwaitEnded(1);
        }

        Assert.That(Remount(disk, "ro"), Is.Zero);
        var refused = Programs.Run("serve", "--spool", disk.Folder);
        Assert.That(refused.ExitCode, Is.Not.Zero);
        Assert.That(refused.Stderr, Does.Contain("Read-only file system").And.Contain("hint: "));
        Assert.That(Programs.Run("jobs", "--spool", disk.Folder).Text, Does.Contain("before.txt"));
        Assert.That(Remount(disk, "rw"), Is.Zero);
        using var next = new Serving(scratch, ["--workers", "2"]);
        next.AwaitServing(workers: 2);
        Drop(disk.Folder, "after.txt", "text of after\n");
        Assert.That(next.AwaitEnded(2).Values.Select(job => job.Report.Outcome), Has.All.EqualTo("complete"));
    }

    [Test, CancelAfter(120_000)]
    public void No_descriptor_left_for_a_while()
    {
        using var scratch = new Scratch();
        using var service = new Serving(scratch, ["--workers", "2"]);
        service.AwaitServing(workers: 2);
        var files = Proc.OpenFiles(service.Pid);
        Limit(service, "nofile", $"{files - 4}:");
        for (var i = 0; i < Jobs; i++) Serving.Drop(scratch, $"{i}.txt", "some text\n"u8.ToArray());
        service.Until(() => service.Says("Too many open files"), "it says why");
        Limit(service, "nofile", "1024:");
        var ended = service.AwaitEnded(Jobs);
        Assert.That(ended.Values.Select(job => job.Report.Outcome), Has.All.EqualTo("complete"), service.Stderr);
        service.Until(() => service.Workers().Count == 2, "the pool is whole");
    }

    [Test, CancelAfter(120_000)]
    public void No_process_may_be_started_for_a_while()
    {
        Shell.NeedAnotherUser();
        using var scratch = new Scratch();
        File.SetUnixFileMode(scratch.Folder, (UnixFileMode)0b111_101_101);
        Directory.CreateDirectory(scratch["spool"]);
        // A number that is nobody's: the limit counts all processes of a user.
        const int user = 64_321;
        Shell.Run($"chown {user}:{user} \"$1\"", scratch["spool"]);
        using var service = Serving.As(user, scratch, "--workers", "2");
        service.AwaitServing(workers: 2);
        Limit(service, "nproc", "1:", user);
        foreach (var worker in service.Workers()) Proc.Send(worker, Proc.SigKill);
        service.Until(() => service.Says("could not be started"), "it says why");
        Serving.Drop(scratch, "a.txt", "some text\n"u8.ToArray());
        Limit(service, "nproc", "512:", user);
        var report = service.AwaitEnded(1, 90)["a.txt"].Report;
        Assert.That((report.Outcome, report.Attempts), Is.EqualTo(("complete", 1)), "and nothing is charged");
    }

    [Test, CancelAfter(120_000)]
    public void The_ledger_locked_by_another_for_a_while()
    {
        using var scratch = new Scratch();
        using var service = new Serving(scratch, ["--workers", "2"]);
        service.AwaitServing(workers: 2);
        using (var other = new SqliteConnection($"Data Source={service.Spool}/ledger.db;Pooling=False"))
        {
            other.Open();
            using var command = other.CreateCommand();
            command.CommandText = "BEGIN IMMEDIATE";
            command.ExecuteNonQuery();
            for (var i = 0; i < Jobs; i++) Serving.Drop(scratch, $"{i}.txt", "some text\n"u8.ToArray());
            service.Until(() => service.Says("locked"), "it says why");
            command.CommandText = "ROLLBACK";
            command.ExecuteNonQuery();
        }

        var ended = service.AwaitEnded(Jobs);
        Assert.That(ended.Values.Select(job => job.Report.Outcome), Has.All.EqualTo("complete"), service.Stderr);
    }

    [TestCase(86_400), TestCase(-86_400), CancelAfter(120_000)]
    public void The_wall_clock_steps_by_a_day(int seconds)
    {
        using var scratch = new Scratch();
        using var service = Serving.UnderClock(scratch, out var clock);
        service.AwaitServing(workers: 2);
        Serving.Drop(scratch, "slow.txt", "text of slow\n"u8.ToArray());
        service.Until(() => service.InWork("*slow*").Length > 0, "it runs");
        var workers = service.Workers();
        clock.Step(seconds);
        Serving.Drop(scratch, "after.txt", "text of after\n"u8.ToArray());
        var ended = service.AwaitEnded(2);
        Assert.That(ended.Values.Select(job => (job.Report.Outcome, job.Report.Attempts)),
            Has.All.EqualTo(("complete", 1)));
        Assert.That(service.Workers(), Is.EqualTo(workers), "nobody is killed or replaced for it");
    }

    static int Remount(SmallDisk disk, string how) =>
        Shell.Run("mount -o \"remount,$2\" \"$1\"", disk.Folder, how).ExitCode;

    // Only a process of the same user and group, or a mightier root than containers have, may change these limits.
    static void Limit(Serving service, string what, string limits, int? user = null)
    {
        var who = user is { } number ? $"setpriv --reuid={number} --regid={number} --clear-groups" : "";
        var ran = Shell.Run($"{who} prlimit --pid \"$1\" --\"$2\"=\"$3\"", $"{service.Pid}", what, limits);
        if (ran.ExitCode != 0) Assert.Ignore($"limits cannot be set here: {ran.Stderr.Trim()}");
    }

    // By rename within the small disk; across file systems it would be a copy that is seen while it grows.
    static void Drop(string spool, string name, string content)
    {
        var hidden = Path.Combine(spool, "incoming", "." + name);
        File.WriteAllText(hidden, content);
        File.Move(hidden, Path.Combine(spool, "incoming", name));
    }
}
