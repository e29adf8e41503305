using Decryptor.Supervisor.Intake;
using Decryptor.Supervisor.Tests.Storage;

namespace Decryptor.Supervisor.Tests.Intake;

sealed class InotifyTests
{
    [Test]
    public void An_interruption_ends_one_wait_and_no_other()
    {
        using var inotify = new Inotify();
        inotify.Interrupt();
        inotify.Interrupt();
        Assert.That(inotify.Wait(TimeSpan.FromMinutes(1)), Is.Empty);
        Assert.That(inotify.WasInterrupted, Is.True);
        Assert.That(inotify.Wait(TimeSpan.Zero), Is.Empty);
        Assert.That(inotify.WasInterrupted, Is.False);
    }

    [Test]
    public void What_happens_in_a_folder_is_no_interruption()
    {
        using var scratch = new Scratch();
        using var inotify = new Inotify();
        Assert.That(inotify.Watch(scratch.Path), Is.Not.Null);
        scratch.Write("boot.xlog", "");
        Assert.That(inotify.Wait(TimeSpan.FromMinutes(1)).Select(notice => notice.Name), Has.Some.EqualTo("boot.xlog"));
        Assert.That(inotify.WasInterrupted, Is.False);
    }
}
