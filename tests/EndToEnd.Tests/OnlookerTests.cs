namespace Decryptor.EndToEnd.Tests;

/// <summary>Who may read the spool and nothing more can ask what became of the jobs.</summary>
sealed class OnlookerTests
{
    [Test, CancelAfter(60_000)]
    public void Jobs_are_listed_for_a_user_who_may_only_read_whether_the_service_runs_or_not()
    {
        Shell.NeedAnotherUser();
        using var scratch = new Scratch();
        var temporary = Directory.CreateDirectory(scratch["tmp"]).FullName;
        using (var service = new Serving(scratch, ["--workers", "1"]))
        {
            Serving.Drop(scratch, "boot.txt", "text\n"u8.ToArray());
            service.AwaitEnded(1);
            service.Until(() => service.Jobs().Any(), "the ledger has it");
            OpenToAll(scratch, temporary);
            AssertListed(scratch, temporary);
            service.Send(Proc.SigTerm);
            service.AwaitExit();
        }

        OpenToAll(scratch, temporary);
        AssertListed(scratch, temporary);
        Assert.That(Directory.GetFileSystemEntries(temporary), Is.Empty, "no copy is left behind");
    }

    [Test, CancelAfter(60_000)]
    public void A_user_who_may_not_read_the_ledger_is_told_so()
    {
        Shell.NeedAnotherUser();
        using var scratch = new Scratch();
        var temporary = Directory.CreateDirectory(scratch["tmp"]).FullName;
        using var service = new Serving(scratch, ["--workers", "1"]);
        service.AwaitReady();
        Shell.Run("chmod 755 \"$1\"; chmod 777 \"$2\"", scratch.Folder, temporary);
        var asked = Shell.AsNobody(temporary, "jobs", "--spool", scratch["spool"]);
        Assert.That(asked.ExitCode, Is.Not.Zero);
        Assert.That(asked.Stderr, Does.Contain("cannot be opened").And.Contain("hint:").And.Not.Contain("   at "));
    }

    static void OpenToAll(Scratch scratch, string temporary) => Shell.Run(
        "chmod 755 \"$1\" \"$2\"; chmod 644 \"$2\"/ledger.db*; chmod 777 \"$3\"",
        scratch.Folder, scratch["spool"], temporary);

    static void AssertListed(Scratch scratch, string temporary)
    {
        var asked = Shell.AsNobody(temporary, "jobs", "--spool", scratch["spool"]);
        Assert.That(asked.ExitCode, Is.Zero, asked.ToString());
        Assert.That(asked.Text, Does.Contain("boot.txt").And.Contain("Completed"));
    }
}
