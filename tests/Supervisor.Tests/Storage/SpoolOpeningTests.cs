using Decryptor.Supervisor.Storage;

namespace Decryptor.Supervisor.Tests.Storage;

sealed class SpoolOpeningTests
{
    static readonly string[] Rooms = ["completed", "failed", "incoming", "queue", "run", "work"];
    Scratch _scratch;

    [SetUp]
    public void SetUp() => _scratch = new();

    [TearDown]
    public void TearDown() => _scratch.Dispose();

    [Test]
    public void A_new_spool_has_its_rooms_and_they_are_the_owners_alone()
    {
        using var spool = _scratch.OpenSpool();
        foreach (var room in Rooms) Assert.That(ModeOf(room), Is.EqualTo("700"), room);
    }

    [Test]
    public void A_group_may_add_uploads_and_read_results()
    {
        if (Environment.UserName != "root") Assert.Ignore("only root can give directories to any group");
        using var spool = _scratch.OpenSpool(new() { Group = "1" });
        Assert.Multiple(() =>
        {
            Assert.That(ModeOf("incoming"), Is.EqualTo("3770"));
            Assert.That(ModeOf("completed"), Is.EqualTo("2750"));
            Assert.That(ModeOf("failed"), Is.EqualTo("2750"));
            Assert.That(ModeOf("queue"), Is.EqualTo("700"));
            Assert.That(ModeOf("work"), Is.EqualTo("700"));
        });
    }

    [Test]
    public void An_unknown_group_is_refused_by_name()
    {
        var refusal = Assert.Throws<SpoolException>(() => _scratch.OpenSpool(new() { Group = "no-such-group-here" }));
        Assert.That(refusal!.Message, Does.Contain("no-such-group-here"));
    }

    [Test]
    public void A_second_supervisor_is_refused_and_told_who_the_first_is()
    {
        using var first = _scratch.OpenSpool();
        var refusal = Assert.Throws<SpoolException>(() => _scratch.OpenSpool());
        Assert.That(refusal!.Message, Does.Contain($"process {Environment.ProcessId}"));
        Assert.That(refusal.Hint, Is.Not.Empty);
    }

    [Test]
    public void A_second_supervisor_that_is_refused_has_changed_nothing()
    {
        using var first = _scratch.OpenSpool();
        Scratch.Shell($"chmod 711 {_scratch.SpoolPath}/completed");
        Assert.Throws<SpoolException>(() => _scratch.OpenSpool());
        Assert.That(ModeOf("completed"), Is.EqualTo("711"));
    }

    [Test]
    public void A_spool_that_was_left_can_be_opened_again()
    {
        _scratch.OpenSpool().Dispose();
        Assert.DoesNotThrow(() => _scratch.OpenSpool().Dispose());
    }

    [Test, CancelAfter(30_000)]
    public void The_lock_does_not_pass_to_children()
    {
        var spool = _scratch.OpenSpool();
        using var child = System.Diagnostics.Process.Start("/bin/sleep", ["20"]);
        spool.Dispose();
        Assert.DoesNotThrow(() => _scratch.OpenSpool().Dispose());
        child.Kill();
        child.WaitForExit();
    }

    [Test]
    public void A_path_through_links_is_made_plain()
    {
        _scratch.OpenSpool().Dispose();
        File.CreateSymbolicLink($"{_scratch.Path}/link", _scratch.SpoolPath);
        using var spool = Spool.Open($"{_scratch.Path}/link/");
        Assert.That(spool.Root, Is.EqualTo(_scratch.SpoolPath));
    }

    [Test]
    public void A_room_on_another_file_system_is_refused_and_both_are_named()
    {
        if (!Directory.Exists("/dev/shm")) Assert.Ignore("there is no second file system here");
        var other = Directory.CreateDirectory($"/dev/shm/decryptor-test-{Guid.NewGuid():N}").FullName;
        Directory.CreateDirectory(_scratch.SpoolPath);
        File.CreateSymbolicLink($"{_scratch.SpoolPath}/completed", other);
        try
        {
            var refusal = Assert.Throws<SpoolException>(() => _scratch.OpenSpool());
            Assert.That(refusal!.Message,
                Does.Contain("/completed").And.Contain("/queue").And.Contain("two file systems"));
        }
        finally
        {
            Directory.Delete(other);
        }
    }

    [Test]
    public void A_file_in_the_place_of_a_room_is_named()
    {
        _scratch.Write("spool/work", "");
        var refusal = Assert.Throws<SpoolException>(() => _scratch.OpenSpool());
        Assert.That(refusal!.Message, Does.Contain("/work"));
    }

    [Test]
    public void A_spool_whose_parent_is_not_there_is_refused()
    {
        var refusal = Assert.Throws<SpoolException>(() => Spool.Open($"{_scratch.Path}/no/spool"));
        Assert.That(refusal!.Message, Does.Contain("/no/spool").And.Contain("No such file"));
    }

    [Test]
    public void A_spool_that_cannot_be_written_is_refused()
    {
        if (Environment.UserName == "root") Assert.Ignore("root may write everywhere");
        _scratch.OpenSpool().Dispose();
        Scratch.Shell($"chmod 500 {_scratch.SpoolPath}");
        var refusal = Assert.Throws<SpoolException>(() => _scratch.OpenSpool());
        Assert.That(refusal!.Message, Does.Contain($"{_scratch.SpoolPath} cannot be written"));
    }

    [Test]
    public void A_spool_on_a_disk_that_is_read_only_is_refused()
    {
        if (!Directory.Exists("/sys/kernel")) Assert.Ignore("there is no file system here that nobody may write");
        var refusal = Assert.Throws<SpoolException>(() => Spool.Open("/sys/kernel"));
        Assert.That(refusal!.Message, Does.Contain("/sys/kernel"));
    }

    string ModeOf(string room) => Scratch.ModeOf($"{_scratch.SpoolPath}/{room}");
}
