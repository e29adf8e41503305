using Decryptor.Supervisor.Scheduling;
using Decryptor.Supervisor.Storage;

namespace Decryptor.Supervisor.Tests.Storage;

/// <summary>A ledger where nothing may be written is read all the same.</summary>
sealed class LedgerCopyTests
{
    [TestCase(true), TestCase(false)]
    public void A_ledger_on_a_disk_that_is_read_only_is_read_from_a_copy(bool crashed)
    {
        if (Environment.UserName != "root") Assert.Ignore("only root can mount a disk");
        using var scratch = new Scratch();
        var disk = Directory.CreateDirectory($"{scratch.Path}/disk").FullName;
        Scratch.Shell($"mount -t tmpfs -o size=8m none {disk}");
        try
        {
            using (var ledger = JobLedger.Open($"{scratch.Path}/ledger.db"))
            {
                ledger.Commit([new Row.JobIs(Scratch.NewJob(17), "it arrived")]);
                if (crashed) Scratch.Shell($"cp {scratch.Path}/ledger.db {scratch.Path}/ledger.db-wal {disk}");
            }

            if (!crashed) File.Copy($"{scratch.Path}/ledger.db", $"{disk}/ledger.db");
            Scratch.Shell($"mount -o remount,ro {disk}");
            string copy;
            using (var reader = JobLedger.OpenForReading($"{disk}/ledger.db"))
            {
                Assert.That(reader.Find(17)?.Source, Is.EqualTo("boot.xlog"));
                Assert.That(reader.Notice, Does.Contain("from a copy"));
            }

            using (var made = LedgerCopy.Make($"{disk}/ledger.db")) copy = made.Path;
            Assert.That(File.Exists(copy), Is.False, "nothing is left of it");
        }
        finally
        {
            Scratch.Shell($"umount -l {disk}");
        }
    }

    [Test]
    public void A_ledger_that_may_be_written_is_read_where_it_is()
    {
        using var scratch = new Scratch();
        JobLedger.Open($"{scratch.Path}/ledger.db").Dispose();
        using var reader = JobLedger.OpenForReading($"{scratch.Path}/ledger.db");
        Assert.That(reader.Notice, Is.Empty);
    }

    [Test]
    public void What_may_not_be_read_either_is_told()
    {
        using var scratch = new Scratch();
        Directory.CreateDirectory($"{scratch.Path}/ledger.db");
        Assert.That(Assert.Throws<LedgerException>(() => LedgerCopy.Make($"{scratch.Path}/ledger.db"))!.Message,
            Does.Contain("cannot be opened, nor copied"));
    }
}
