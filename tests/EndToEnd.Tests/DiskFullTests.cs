using Decryptor.Protocol;

namespace Decryptor.EndToEnd.Tests;

/// <summary>A disk without room costs the jobs that need it, and nothing that was accepted.</summary>
sealed class DiskFullTests
{
    static byte[] Lines(int bytes) =>
        [.. Enumerable.Repeat("a line of a log\n"u8.ToArray(), bytes / 16).SelectMany(line => line)];

    [Test, CancelAfter(60_000)]
    public void A_text_without_room_fails_with_DISK_FULL_keeps_its_input_and_harms_no_neighbour()
    {
        using var scratch = new Scratch();
        using var disk = new SmallDisk(scratch["spool"]);
        using var service = new Serving(scratch, ["--workers", "2"]);
        service.AwaitReady();
        Drop(disk, "before.txt", "before\n"u8.ToArray());
        service.AwaitEnded(1);
        Drop(disk, "big.txt", Lines(5_000_000));
        var (folder, report) = service.AwaitEnded(2)["big.txt"];
        Drop(disk, "after.txt", "after\n"u8.ToArray());
        Assert.That(service.AwaitEnded(3)["after.txt"].Report.Outcome, Is.EqualTo("complete"));
        Assert.That(report.Code, Is.EqualTo("DISK_FULL"));
        Assert.That(new FileInfo(Path.Combine(folder, "input")).Length, Is.EqualTo(5_000_000));
        Assert.That(service.Ended()["before.txt"].Report.Outcome, Is.EqualTo("complete"));
    }

    [Test, CancelAfter(60_000)]
    public void A_ledger_without_room_waits_and_says_so_and_with_room_the_same_process_completes_everything()
    {
        const int jobs = 6;
        using var scratch = new Scratch();
        using var disk = new SmallDisk(scratch["spool"]);
        using var service = new Serving(scratch, ["--workers", "2"]);
        service.AwaitServing(2);
        for (var i = 0; i < jobs; i++) File.WriteAllText(Path.Combine(disk.Folder, $"ready{i}"), $"text {i}\n");
        var filler = disk.Fill();
        for (var i = 0; i < jobs; i++)
            File.Move(Path.Combine(disk.Folder, $"ready{i}"), Path.Combine(disk.Folder, "incoming", $"{i}.txt"));
        service.Until(() => service.Says("refused, and tried again until it is over"), "it is refused");
        Assert.That(service.Stderr, Does.Contain("the disk is full").And.Contain("make room"));
        File.Delete(filler);
        var ended = service.AwaitEnded(jobs);
        for (var i = 0; i < jobs; i++)
        {
            var (folder, report) = ended[$"{i}.txt"];
            Assert.That(File.ReadAllText(Path.Combine(folder, report.Files.Single().Path!)), Is.EqualTo($"text {i}\n"));
        }

        Assert.That(service.Stderr, Does.Contain("it goes on after"));
        Assert.That(service.HasExited, Is.False);
    }

    [Test, CancelAfter(60_000)]
    public void Without_room_a_stop_is_heard_and_a_start_refused_both_with_73_and_nothing_is_lost()
    {
        using var scratch = new Scratch();
        using var disk = new SmallDisk(scratch["spool"]);
        string filler;
        using (var first = new Serving(scratch, ["--workers", "2"]))
        {
            first.AwaitServing(2);
            File.WriteAllText(Path.Combine(disk.Folder, "ready"), "text\n");
            filler = disk.Fill();
            File.Move(Path.Combine(disk.Folder, "ready"), Path.Combine(disk.Folder, "incoming", "some.txt"));
            first.Until(() => first.Says("refused, and tried again until it is over"), "it is refused");
            first.Send(Proc.SigTerm);
            Assert.That(first.AwaitExit(), Is.EqualTo(73), first.Stderr);
        }

        // Without room it must not come up, and must say so with the same number.
        var again = Programs.Run("serve", "--spool", disk.Folder);
        Assert.That(again.ExitCode, Is.EqualTo(73), again.ToString());
        Assert.That(again.Stderr, Does.Contain("hint: make room"));
        File.Delete(filler);
        using var next = new Serving(scratch, ["--workers", "2"]);
        Assert.That(next.AwaitEnded(1)["some.txt"].Report.Outcome, Is.EqualTo("complete"));
    }

    [TestCase(0), TestCase(20), TestCase(100), TestCase(600), CancelAfter(60_000)]
    public void Unpack_onto_a_full_disk_ends_with_73_and_leaves_no_spool_behind(int kibibytesLeft)
    {
        using var scratch = new Scratch();
        var input = scratch.Write("big.txt", Lines(5_000_000));
        using var disk = new SmallDisk(scratch["disk"]);
        disk.Fill(kibibytesLeft);
        var ran = Programs.Run("unpack", input, "-o", Path.Combine(disk.Folder, "out"));
        Assert.That(ran.ExitCode, Is.EqualTo(73), ran.ToString());
        Assert.That(ran.Stderr, Does.Not.Contain("   at "));
        Assert.That(Directory.GetFileSystemEntries(disk.Folder, ".decryptor-*", SearchOption.AllDirectories), Is.Empty);
    }

    [TestCase(0), TestCase(100), TestCase(600), CancelAfter(60_000)]
    public void Cat_with_a_full_TMPDIR_ends_with_73_and_leaves_nothing_there(int kibibytesLeft)
    {
        using var scratch = new Scratch();
        var input = scratch.Write("big.txt", Lines(5_000_000));
        using var disk = new SmallDisk(scratch["disk"]);
        disk.Fill(kibibytesLeft);
        var ran = Programs.Run(new Dictionary<string, string> { ["TMPDIR"] = disk.Folder }, "cat", input);
        Assert.That(ran.ExitCode, Is.EqualTo(73), ran.Stderr);
        Assert.That(Directory.GetDirectories(disk.Folder), Is.Empty);
    }

    [Test, CancelAfter(60_000)]
    public void Cat_into_a_full_file_does_not_end_as_if_all_were_written()
    {
        using var scratch = new Scratch();
        var input = scratch.Write("some.txt", Lines(100_000));
        var ran = Shell.Run("\"$1\" cat \"$2\" > /dev/full", Programs.Supervisor, input);
        Assert.That(ran.ExitCode, Is.EqualTo(FailureCode.DiskFull.ExitCode), ran.Stderr);
        Assert.That(ran.Stderr, Does.Contain("the text cannot be written"));
    }

    // By rename within the small disk; across file systems it would be a copy that is seen while it grows.
    static void Drop(SmallDisk disk, string name, byte[] content)
    {
        var hidden = Path.Combine(disk.Folder, "incoming", "." + name);
        File.WriteAllBytes(hidden, content);
        File.Move(hidden, Path.Combine(disk.Folder, "incoming", name));
    }
}
