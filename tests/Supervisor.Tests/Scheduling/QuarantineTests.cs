using Decryptor.Protocol;
using Decryptor.Supervisor.Scheduling;

namespace Decryptor.Supervisor.Tests.Scheduling;

/// <summary>Bytes that are not opened again: by length first, the newest first, and not without end.</summary>
sealed class QuarantineTests
{
    static Poison Of(int number, long bytes = 5) => new($"{number:x64}", bytes, number);

    [Test]
    public void An_order_names_no_more_hashes_of_one_length_than_it_can_and_the_newest_of_them()
    {
        var quarantine = new Quarantine(Enumerable.Range(1, Frame.PoisonMax).Select(number => Of(number)));
        Assert.That(quarantine.HashesOf(5), Has.Count.EqualTo(Frame.PoisonMax));
        quarantine.Add(Of(Frame.PoisonMax + 1));
        Assert.That(quarantine.HashesOf(5), Has.Count.EqualTo(Frame.PoisonMax));
        Assert.That(quarantine.HashesOf(5)[0], Is.EqualTo(Of(Frame.PoisonMax + 1).Sha256));
        Assert.That(quarantine.HashesOf(5), Does.Not.Contain(Of(1).Sha256));
        Assert.That(quarantine.HashesOf(6), Is.Empty);
    }

    [Test]
    public void The_oldest_of_ten_thousand_and_one_are_forgotten()
    {
        var quarantine = new Quarantine(Enumerable.Range(1, 10_000).Select(number => Of(number, number)));
        Assert.That(quarantine.Find(Of(1).Sha256), Is.Not.Null);
        quarantine.Add(Of(10_001, 10_001));
        Assert.That(quarantine.Count, Is.EqualTo(10_000));
        Assert.That(quarantine.Find(Of(1).Sha256), Is.Null);
        Assert.That(quarantine.HashesOf(1), Is.Empty);
        Assert.That(quarantine.All[^1].Job, Is.EqualTo(10_001));
    }

    [Test]
    public void Bytes_that_kill_again_are_the_newest_again()
    {
        var quarantine = new Quarantine([Of(1), Of(2)]);
        quarantine.Add(Of(1) with { Job = 9 });
        Assert.That(quarantine.Count, Is.EqualTo(2));
        Assert.That(quarantine.HashesOf(5)[0], Is.EqualTo(Of(1).Sha256));
        Assert.That(quarantine.Find(Of(1).Sha256)!.Job, Is.EqualTo(9));
    }

    [Test]
    public void What_is_released_is_gone_and_what_was_never_there_is_no_harm()
    {
        var quarantine = new Quarantine([Of(1), Of(2)]);
        quarantine.Remove(Of(1));
        quarantine.Remove(Of(1));
        quarantine.Remove(Of(7, 7));
        Assert.That(quarantine.HashesOf(5), Is.EqualTo(new[] { Of(2).Sha256 }));
        quarantine.Remove(Of(2));
        Assert.That(quarantine.HashesOf(5), Is.Empty);
        Assert.That(quarantine.All, Is.Empty);
    }
}
