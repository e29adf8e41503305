using System.Diagnostics;
using System.Globalization;
using Decryptor.Supervisor.Intake;
using Decryptor.Supervisor.Storage;
using Decryptor.Supervisor.Tests.Storage;

namespace Decryptor.Supervisor.Tests.Intake;

/// <summary>More uploads than there is room for: they wait on the disk, in order, and harm nobody.</summary>
[CancelAfter(60_000)]
sealed class FloodTests
{
    // So slow that a look around cannot be the reason for what is found.
    static readonly WatchPace NoRescan = new()
    {
        Rescan = TimeSpan.FromMinutes(10),
        Settle = TimeSpan.FromMilliseconds(100),
        Patience = TimeSpan.FromMinutes(1),
    };

    Scratch _scratch;
    Spool _spool;
    Supervision? _supervision;

    [SetUp]
    public void SetUp()
    {
        _scratch = new(inMemory: true);
        _spool = _scratch.OpenSpool();
    }

    [TearDown]
    public void TearDown()
    {
        _supervision?.Dispose();
        _spool.Dispose();
        _scratch.Dispose();
    }

    [Test]
    public void No_more_is_reported_than_there_is_room_for_and_the_rest_is_counted()
    {
        Fill("acme", 100);
        var supervision = Watch(waitingMax: 10);
        WaitUntil(() => supervision.Reported.Length == 10 && supervision.Watcher.HeldBack.Files == 90);
        Place("other/marker.xlog");
        WaitUntil(() => supervision.Reported.Contains("other/marker.xlog"));
        Assert.That(supervision.Reported, Has.Length.EqualTo(11));
        Assert.That(supervision.Watcher.HeldBack.Most, Is.EqualTo(new[] { ("acme", 90) }));
    }

    [Test]
    public void What_is_held_back_comes_once_and_oldest_first_as_soon_as_there_is_room()
    {
        var placed = Fill("acme", 500);
        var supervision = Watch(waitingMax: 10);
        TurnUntil(supervision, () => supervision.Taken.Count == 500);
        Assert.That(supervision.Taken, Is.EqualTo(placed));
        Assert.That(supervision.Most, Is.LessThanOrEqualTo(20));
        WaitUntil(() => supervision.Watcher.HeldBack == HeldBack.None);
    }

    [Test]
    public void New_uploads_do_not_overtake_those_that_are_held_back()
    {
        var old = Fill("", 100);
        var supervision = Watch(waitingMax: 10);
        WaitUntil(() => supervision.Reported.Length == 10);
        var late = Enumerable.Range(0, 50).Select(i => Place($"a-late-{i:000}.xlog")).ToArray();
        TurnUntil(supervision, () => supervision.Taken.Count == 150);
        Assert.That(supervision.Taken, Is.EqualTo(old.Concat(late)));
    }

    [Test]
    public void What_comes_after_the_flood_has_gone_is_reported_at_once_again()
    {
        Fill("acme", 50);
        var supervision = Watch(waitingMax: 10);
        TurnUntil(supervision, () => supervision.Taken.Count == 50);
        WaitUntil(() => supervision.Watcher.HeldBack == HeldBack.None);
        supervision.Turn(1000);
        Place("acme/next.xlog");
        WaitUntil(() => supervision.Reported.Contains("acme/next.xlog"));
    }

    [Test]
    public void A_flood_that_comes_before_our_eyes_is_held_back_and_not_lost()
    {
        var supervision = Watch(waitingMax: 10);
        var limit = int.Parse(
            File.ReadAllText("/proc/sys/fs/inotify/max_queued_events"), CultureInfo.InvariantCulture);
        if (limit > 20_000) Assert.Ignore($"the kernel queues {limit} events here: too many to overflow in a test");
        Directory.CreateDirectory(In("acme"));
        var placed = Fill("acme", limit + 1000);
        TurnUntil(supervision, () => supervision.Taken.Count == placed.Length, ended: 1000);
        Assert.That(supervision.Taken.Distinct().Count(), Is.EqualTo(placed.Length));
    }

    [Test]
    public void A_flood_of_one_tenant_does_not_delay_another()
    {
        Fill("flood", 20_000);
        var supervision = Watch(waitingMax: 1000);
        WaitUntil(() => supervision.Reported.Length == 1000);
        for (var i = 0; i < 100; i++)
        {
            var place = Place($"calm/{i}.xlog");
            WaitUntil(() => supervision.Reported.Contains(place));
        }

        Assert.That(supervision.Reported.Count(place => place.StartsWith("flood/", StringComparison.Ordinal)),
            Is.EqualTo(1000));
    }

    [Test]
    public void Many_tenants_share_a_bound_and_each_of_them_gets_on()
    {
        const int tenants = 300, files = 40;
        for (var tenant = 0; tenant < tenants; tenant++) Fill($"t{tenant:000}", files);
        var supervision = Watch(waitingMax: 20);
        WaitUntil(() => supervision.Reported.Select(place => place[..4]).Distinct().Count() == tenants);
        Assert.That(supervision.Reported, Has.Length.LessThanOrEqualTo(tenants * 16 + 320));
        TurnUntil(supervision, () => supervision.Taken.Count == tenants * files, ended: 1000);
        Assert.That(supervision.Taken.Distinct().Count(), Is.EqualTo(tenants * files));
    }

    [Test]
    public void What_leaves_while_it_is_held_back_is_not_reported()
    {
        var placed = Fill("acme", 30);
        var supervision = Watch(waitingMax: 10);
        WaitUntil(() => supervision.Watcher.HeldBack.Files == 20);
        foreach (var place in placed[15..]) File.Delete(In(place));
        TurnUntil(supervision, () => supervision.Watcher.HeldBack == HeldBack.None && supervision.Taken.Count >= 15);
        Assert.That(supervision.Taken, Is.EqualTo(placed[..15]));
    }

    [Test]
    public void A_file_written_in_place_is_taken_whole_although_others_are_held_back()
    {
        Fill("acme", 30);
        var supervision = Watch(waitingMax: 10);
        WaitUntil(() => supervision.Watcher.HeldBack.Files >= 20);
        using (var open = File.Create(In("acme/slow.xlog")))
        {
            TurnUntil(supervision, () => supervision.Taken.Count == 30);
            Place("acme/quick.xlog");
            TurnUntil(supervision, () => supervision.Taken.Contains("acme/quick.xlog"));
            Assert.That(supervision.Taken, Has.No.Member("acme/slow.xlog"));
            open.Write("now it is whole"u8);
        }

        TurnUntil(supervision, () => supervision.Taken.Contains("acme/slow.xlog"));
    }

    [Test]
    public void A_new_limit_counts_from_then_on()
    {
        var room = new IntakeRoom(() => Snapshots.Waiting(("acme", 30)), 40);
        Assert.That(room.Of("acme", 5, 5), Is.EqualTo(5));
        room.WaitingMax = 50;
        Assert.That(room.Of("acme", 5, 5), Is.EqualTo(15));
        Assert.That(room.IsWorthAWhile("acme"), Is.False);
        Assert.That(room.IsWorthAWhile("other"), Is.True);
    }

    [Test]
    public void Where_all_room_is_used_up_a_tenant_with_nothing_still_gets_some()
    {
        var all = Enumerable.Range(0, 16).Select(i => ($"t{i}", 100)).ToArray();
        var room = new IntakeRoom(() => Snapshots.Waiting(all), 100);
        Assert.That(room.Of("t0", 0, 0), Is.Zero);
        Assert.That(room.Of("new", 0, 0), Is.EqualTo(16));
        Assert.That(room.Of("new", 16, 16), Is.LessThanOrEqualTo(0));
    }

    [Test, Explicit("a million files: minutes, and room for as many on the disk"), CancelAfter(1_800_000)]
    [TestCase(1)]
    [TestCase(1000)]
    public void A_million_files_cost_bounded_memory_and_keep_the_pace(int tenants)
    {
        const int files = 1_000_000;
        for (var tenant = 0; tenant < tenants; tenant++) Fill($"t{tenant}", files / tenants, quick: true);
        GC.Collect();
        var before = GC.GetTotalMemory(true);
        var (watch, most, cpu) = (Stopwatch.StartNew(), 0L, Environment.CpuUsage.TotalTime);
        var supervision = Watch(waitingMax: 1000);
        while (supervision.Taken.Count < files)
        {
            supervision.Turn(10_000);
            supervision.Taken.EnsureCapacity(files);
            if (supervision.Taken.Count / 100_000 is var tenth && tenth == most) continue;
            most++;
            TestContext.Out.WriteLine(
                $"{supervision.Taken.Count,9} after {watch.Elapsed.TotalSeconds,6:0.0} s, "
                + $"{supervision.Taken.Count / watch.Elapsed.TotalSeconds,7:0} a second, processor "
                + $"{(Environment.CpuUsage.TotalTime - cpu).TotalSeconds:0.0} s, "
                + $"heap +{(GC.GetTotalMemory(true) - before) >> 20} MiB with the list of what was taken, "
                + $"{supervision.Watcher.HeldBack.Files} held back");
        }

        Assert.That(supervision.Taken.Distinct().Count(), Is.EqualTo(files));
    }

    Supervision Watch(int waitingMax)
    {
        _supervision = new(_spool, waitingMax, NoRescan);
        _supervision.Watcher.Start();
        return _supervision;
    }

    string In(string place) => $"{_scratch.SpoolPath}/incoming/{place}";

    // By rename from the same file system, as a sender should.
    string Place(string place)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(In(place))!);
        var file = _scratch.Write("spool/outside", "abc");
        File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddMinutes(-1));
        File.Move(file, In(place));
        return place;
    }

    string[] Fill(string tenant, int count, bool quick = false)
    {
        Directory.CreateDirectory(In(tenant));
        var places = Enumerable.Range(0, count).Select(i => $"{tenant}/{i:0000000}.xlog".TrimStart('/')).ToArray();
        foreach (var place in places)
        {
            if (quick) File.Create(In(place)).Dispose();
            else Place(place);
            if (quick) File.SetLastWriteTimeUtc(In(place), DateTime.UnixEpoch);
        }

        return places;
    }

    static void TurnUntil(Supervision supervision, Func<bool> condition, int ended = 5) => WaitUntil(() =>
    {
        supervision.Turn(ended);
        return condition();
    });

    static void WaitUntil(Func<bool> condition) =>
        Assert.That(SpinWait.SpinUntil(condition, TimeSpan.FromSeconds(40)), Is.True, "it did not happen within 40 s");
}
