using Decryptor.Supervisor.Scheduling;
using Decryptor.Supervisor.Storage;
using Decryptor.Supervisor.Tests.Storage;
using Microsoft.Data.Sqlite;
using Serilog;

namespace Decryptor.Supervisor.Tests;

/// <summary>What the world refuses for a while is tried until it is done, and told once.</summary>
sealed class InsistenceTests
{
    readonly List<string> _said = [];
    volatile bool _stop;

    [SetUp]
    public void SetUp()
    {
        _said.Clear();
        _stop = false;
    }

    [TestCase(28, "make room")]
    [TestCase(122, "make room")]
    [TestCase(30, "mount the disk")]
    [TestCase(5, "check the disk")]
    [TestCase(24, "LimitNOFILE")]
    [TestCase(23, "LimitNOFILE")]
    public void A_refusal_of_the_disk_is_tried_again_and_told_once(int number, string hint)
    {
        var insistence = New();
        var seen = new List<Refusal?>();
        var tries = 0;
        var done = insistence.Until(() =>
        {
            seen.Add(insistence.Trouble);
            return ++tries < 3 ? throw new IOException("no", number) : "done";
        });
        Assert.That((done, tries), Is.EqualTo(("done", 3)));
        Assert.That(seen.Select(trouble => trouble?.Tries), Is.EqualTo(new int?[] { null, 1, 2 }));
        Assert.That(seen[2]!.Hint, Does.Contain(hint));
        Assert.That(insistence.Trouble, Is.Null);
        Assert.That(_said, Has.Count.EqualTo(2));
        Assert.That(_said[0], Does.Contain("refused").And.Contain(hint));
        Assert.That(_said[1], Does.Contain("it goes on"));
    }

    [TestCase(2)]
    [TestCase(13)]
    [TestCase(0x1620)]
    public void Any_other_error_is_let_through_at_once(int number)
    {
        var tries = 0;
        Assert.Throws<IOException>(() => New().Until<int>(() =>
        {
            tries++;
            throw new IOException("no", number);
        }));
        Assert.That((tries, _said.Count), Is.EqualTo((1, 0)));
    }

    [Test]
    public void A_stop_ends_it()
    {
        var tries = 0;
        Assert.Throws<IOException>(() => New().Until<int>(() =>
        {
            _stop = ++tries == 2;
            throw new IOException("no", 28);
        }));
        Assert.That(tries, Is.EqualTo(2));
    }

    [Test]
    public void It_ends_after_its_time()
    {
        var tries = 0;
        Assert.Throws<IOException>(() => New(TimeSpan.FromMilliseconds(250)).Until<int>(() =>
        {
            tries++;
            throw new IOException("no", 28);
        }));
        Assert.That(tries, Is.GreaterThan(1));
    }

    [Test]
    public void A_ledger_that_another_holds_is_written_when_it_is_let_go()
    {
        using var scratch = new Scratch();
        var path = $"{scratch.Path}/ledger.db";
        using var ledger = JobLedger.Open(path);
        using var other = LedgerFile.Connect(path, SqliteOpenMode.ReadWrite);
        LedgerFile.Run(other, "BEGIN IMMEDIATE");
        var tries = 0;
        New().Until(() =>
        {
            if (++tries == 2) LedgerFile.Run(other, "ROLLBACK");
            ledger.Commit([new Row.JobIs(Scratch.NewJob(1), "it arrived")]);
            return true;
        });
        Assert.That(tries, Is.EqualTo(2));
        Assert.That(_said[0], Does.Contain("is held by another program"));
        Assert.That(ledger.Recall().Open, Has.Count.EqualTo(1));
    }

    [Test, CancelAfter(60_000)]
    public void A_full_disk_is_waited_out_and_the_turn_is_written_whole()
    {
        if (Environment.UserName != "root") Assert.Ignore("only root can make a small disk");
        using var scratch = new Scratch();
        var disk = Directory.CreateDirectory($"{scratch.Path}/disk").FullName;
        Scratch.Shell($"mount -t tmpfs -o size=512k none {disk}");
        try
        {
            using var ledger = JobLedger.Open($"{disk}/ledger.db");
            File.WriteAllBytes($"{disk}/filler", new byte[200 * 1024]);
            var insistence = New();
            for (var id = 1; id <= 400 && _said.Count == 0; id++)
                insistence.Until(() => Commit(ledger, id, $"{disk}/filler"));
            Assert.That(_said, Has.Count.EqualTo(2));
            Assert.That(_said[0], Does.Contain("the disk is full").And.Contain("make room"));
            Assert.That(ledger.Recall().Open, Has.Count.EqualTo(ledger.Recall().LastJob).And.Count.GreaterThan(1));
        }
        finally
        {
            Scratch.Shell($"umount -l {disk}");
        }
    }

    [Test]
    public void A_passage_goes_on_behind_the_moves_that_it_has_done()
    {
        using var scratch = new Scratch();
        var refusals = 0;
        using var spool = scratch.OpenSpool(new()
        {
            BeforeChange = change =>
            {
                if (change.Contains("/in/", StringComparison.Ordinal) && refusals++ == 0)
                    throw new IOException("no", 28);
            },
        });
        scratch.Write("spool/incoming/boot.xlog", "abc");
        var job = Scratch.NewJob(1);
        using var passage = spool.Begin(
            [new Move.Prepare(new(1, 1)), new Move.Accept(job, "boot.xlog"), new Move.Take(job, new(1, 1))]);
        Assert.Throws<IOException>(() => passage.Go());
        Assert.That(scratch.In("queue"), Is.EqualTo(new[] { "1~~boot.xlog" }));
        Assert.That(passage.Go(), Is.Empty, "what is done already is not taken for gone");
        Assert.That(scratch.In("work"), Does.Contain("w1.1/in/1~~boot.xlog"));
    }

    static bool Commit(JobLedger ledger, int id, string filler)
    {
        try
        {
            ledger.Commit([new Row.JobIs(Scratch.NewJob(id), new string('y', 2000))]);
            return true;
        }
        catch (LedgerException)
        {
            File.Delete(filler);
            throw;
        }
    }

    Insistence New(TimeSpan? longest = null) => new(
        new(), () => _stop, new LoggerConfiguration().WriteTo.Sink(new Listener(_said)).CreateLogger(), longest);

    sealed class Listener(List<string> said) : Serilog.Core.ILogEventSink
    {
        public void Emit(Serilog.Events.LogEvent logEvent) =>
            said.Add(logEvent.RenderMessage(System.Globalization.CultureInfo.InvariantCulture));
    }
}
