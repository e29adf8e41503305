using System.Collections.Concurrent;
using System.Globalization;
using Decryptor.Supervisor.Intake;
using Decryptor.Supervisor.Scheduling;
using Decryptor.Supervisor.Storage;
using Decryptor.Supervisor.Tests.Storage;

namespace Decryptor.Supervisor.Tests.Intake;

[CancelAfter(30_000)]
sealed class SpoolWatcherTests
{
    static readonly WatchPace Quick = new()
    {
        Rescan = TimeSpan.FromMilliseconds(200),
        Settle = TimeSpan.FromMilliseconds(300),
        Patience = TimeSpan.FromMilliseconds(900),
    };

    // So slow that only inotify can be the reason for what is found.
    static readonly WatchPace NoRescan = Quick with { Rescan = TimeSpan.FromMinutes(10) };

    readonly ConcurrentQueue<Event.JobArrived> _arrived = new();
    readonly ConcurrentQueue<string> _warnings = new();
    Scratch _scratch;
    Spool _spool;
    SpoolWatcher? _watcher;

    [SetUp]
    public void SetUp()
    {
        _arrived.Clear();
        _warnings.Clear();
        _scratch = new();
        _spool = _scratch.OpenSpool();
    }

    [TearDown]
    public void TearDown()
    {
        _watcher?.Dispose();
        _spool.Dispose();
        _scratch.Dispose();
    }

    [Test]
    public void A_file_that_is_renamed_in_is_taken_at_once()
    {
        Watch(new() { Rescan = TimeSpan.FromMinutes(10) });
        Place("boot.xlog", "abc");
        Assert.That(Next(), Is.EqualTo(new Event.JobArrived("boot.xlog", "boot.xlog", "", 3, false)));
    }

    [Test]
    public void A_file_of_a_tenant_is_taken_even_if_the_directory_is_new()
    {
        Watch(NoRescan);
        Directory.CreateDirectory(In("acme"));
        Place("acme/boot.xlog", "abc");
        Assert.That(Next(), Is.EqualTo(new Event.JobArrived("acme/boot.xlog", "boot.xlog", "acme", 3, false)));
        Place("acme/next.xlog", "abcd");
        Assert.That(Next(), Is.EqualTo(new Event.JobArrived("acme/next.xlog", "next.xlog", "acme", 4, false)));
    }

    [Test]
    public void A_file_written_in_place_is_taken_whole_and_not_before_it_is_closed()
    {
        Watch(NoRescan with { Patience = TimeSpan.FromMinutes(1) });
        Place("first.xlog", "the watch has begun");
        Next();
        using (var file = File.Create(In("slow.xlog")))
        {
            file.Write("abc"u8);
            file.Flush();

            // This one comes later, is closed, and settles: had the open one been taken for settled, it would be first.
            File.WriteAllText(In("quick.xlog"), "");
            Assert.That(Next().Source, Is.EqualTo("quick.xlog"));
            file.Write("def"u8);
        }

        Assert.That(Next(), Is.EqualTo(new Event.JobArrived("slow.xlog", "slow.xlog", "", 6, false)));
    }

    [Test]
    public void A_file_that_nobody_closes_is_taken_after_long_patience()
    {
        Watch(Quick);
        using var file = File.Create(In("held.xlog"));
        Assert.That(Next().Source, Is.EqualTo("held.xlog"));
    }

    [Test]
    public void What_lies_there_at_the_start_is_taken()
    {
        Place("old.xlog", "abc");
        File.SetLastWriteTimeUtc(In("old.xlog"), DateTime.UtcNow.AddHours(-1));
        Place("future.xlog", "abc");
        File.SetLastWriteTimeUtc(In("future.xlog"), DateTime.UtcNow.AddYears(1));
        Directory.CreateDirectory(In("acme"));
        Place("acme/old.xlog", "abc");
        Watch(NoRescan);
        Assert.That(new[] { Next().Place, Next().Place, Next().Place },
            Is.EquivalentTo(new[] { "old.xlog", "future.xlog", "acme/old.xlog" }));
    }

    [Test]
    public void A_file_is_reported_once_and_a_new_one_of_its_name_again()
    {
        Watch(Quick);
        for (var round = 1; round <= 20; round++)
        {
            Place("boot.xlog", new string('x', round));
            Assert.That(Next().Bytes, Is.EqualTo(round));
            Assert.That(_spool.Carry([new Move.Accept(Scratch.NewJob(round), "boot.xlog")]), Is.Empty);

            // The file's number is free for the next round.
            File.Delete($"{_scratch.SpoolPath}/queue/{round}~~boot.xlog");
        }

        Settle();
        Assert.That(_arrived, Is.Empty);
    }

    [Test]
    public void A_file_that_stays_is_not_reported_again()
    {
        Watch(Quick);
        Place("stays.xlog", "abc");
        Assert.That(Next().Source, Is.EqualTo("stays.xlog"));
        Settle();
        Scratch.Shell($"cd {In("")} && chmod 600 stays.xlog && mv stays.xlog .hidden && mv .hidden back.xlog");
        Assert.That(Next().Source, Is.EqualTo("back.xlog"));
        Settle();
        Assert.That(_arrived, Is.Empty);
    }

    [Test]
    public void Dot_files_parts_links_pipes_and_depths_are_left_alone()
    {
        Watch(Quick);
        Place(".hidden", "abc");
        Place("boot.part", "abc");
        File.CreateSymbolicLink(In("link.xlog"), "/etc/passwd");
        Scratch.Shell($"mkfifo {In("pipe.xlog")}");
        Directory.CreateDirectory(In("acme/deep/deeper"));
        Directory.CreateDirectory(In(".git"));
        Place("acme/deep/boot.xlog", "abc");
        Place(".git/boot.xlog", "abc");
        Directory.CreateDirectory(In(new string('t', 101)));
        File.CreateSymbolicLink(In("tenant"), "/etc");
        Settle();
        Assert.That(_arrived, Is.Empty);
        Assert.That(_warnings, Has.Count.EqualTo(5), string.Join('\n', _warnings));
        foreach (var name in new[] { "/link.xlog", "/pipe.xlog", "/acme/deep", new string('t', 101), "/tenant" })
            Assert.That(_warnings, Has.One.Contains(name));
    }

    [Test]
    public void A_part_that_gets_its_name_is_taken()
    {
        Watch(NoRescan);
        Place("boot.xlog.part", "abc");
        File.Move(In("boot.xlog.part"), In("boot.xlog"));
        Assert.That(Next().Place, Is.EqualTo("boot.xlog"));
    }

    [Test]
    public void A_name_that_is_no_text_is_reported_and_can_be_accepted()
    {
        Watch(NoRescan);
        Scratch.Shell($"cd {_scratch.Path} && printf abc > odd && mv odd \"$(printf '{In("")}a\\377\\\\b')\"");
        var arrived = Next();
        Assert.That((arrived.Place, arrived.Source), Is.EqualTo(("a\\xFF\\x5Cb", "a\\xFF\\x5Cb")));
        Assert.That(_spool.Carry([new Move.Accept(Scratch.NewJob(1, arrived.Source), arrived.Place)]), Is.Empty);
        Assert.That(_spool.List([]).Queued.Single().Source, Is.EqualTo(arrived.Source));
    }

    [Test]
    public void Nothing_is_lost_when_inotify_has_said_too_much()
    {
        using var gate = new ManualResetEventSlim();
        Watch(Quick, arrived =>
        {
            gate.Wait();
            _arrived.Enqueue(arrived);
        });
        Place("first.xlog", "abc");
        var limit = int.Parse(
            File.ReadAllText("/proc/sys/fs/inotify/max_queued_events"), CultureInfo.InvariantCulture);
        if (limit > 20_000) Assert.Ignore($"the kernel queues {limit} events here: too many to overflow in a test");
        var from = Directory.CreateDirectory($"{_scratch.SpoolPath}/many").FullName;
        for (var i = 0; i < limit + 100; i++) File.WriteAllText($"{from}/{i}.xlog", "");
        for (var i = 0; i < limit + 100; i++) File.Move($"{from}/{i}.xlog", In($"{i}.xlog"));
        gate.Set();
        WaitUntil(() => _arrived.Count >= limit + 101);
        Assert.That(_arrived.Select(arrived => arrived.Place).Distinct().Count(), Is.EqualTo(limit + 101));
    }

    [Test]
    public void A_stop_ends_the_thread_at_once()
    {
        Watch(NoRescan);
        Place("boot.xlog", "abc");
        Next();
        _watcher!.Stop();
        Place("late.xlog", "abc");
        // A thread that was joined is for a moment still one to the kernel.
        Assert.That(() => ThreadNames(), Has.None.EqualTo("spool watcher").After(5).Seconds.PollEvery(5).MilliSeconds);
        Assert.That(_arrived, Is.Empty);
    }

    void Watch(WatchPace pace, Action<Event.JobArrived>? report = null)
    {
        report ??= _arrived.Enqueue;
        var room = new IntakeRoom(() => Snapshots.Waiting(), 1_000_000);
        _watcher = new(_spool, room, e => report((Event.JobArrived)e), _warnings.Enqueue, pace);
        _watcher.Start();
    }

    string In(string name) => $"{_scratch.SpoolPath}/incoming/{name}";

    // By rename from the same file system, as a sender should.
    void Place(string name, string contents)
    {
        var path = _scratch.Write($"spool/outside", contents);
        File.Move(path, In(name));
    }

    Event.JobArrived Next()
    {
        Event.JobArrived? next = null;
        WaitUntil(() => _arrived.TryDequeue(out next));
        return next!;
    }

    // Whatever was to be found had been found when two files that came later were found by two looks around.
    void Settle()
    {
        for (var i = 0; i < 2; i++)
        {
            var name = $"marker-{Guid.NewGuid():N}.xlog";
            File.WriteAllText(In(name), "");
            WaitUntil(() => _arrived.Any(arrived => arrived.Place == name));
            File.Delete(In(name));
        }

        var others = _arrived
            .Where(arrived => !arrived.Place.StartsWith("marker-", StringComparison.Ordinal)).ToArray();
        _arrived.Clear();
        foreach (var other in others) _arrived.Enqueue(other);
    }

    static IEnumerable<string> ThreadNames() =>
        Directory.EnumerateDirectories("/proc/self/task").Select(NameOf);

    static string NameOf(string task)
    {
        try
        {
            return File.ReadAllText($"{task}/comm").Trim();
        }
        catch (IOException)
        {
            // It ended between the two looks.
            return "";
        }
    }

    static void WaitUntil(Func<bool> condition) =>
        Assert.That(SpinWait.SpinUntil(condition, TimeSpan.FromSeconds(20)), Is.True, "it did not happen within 20 s");
}
