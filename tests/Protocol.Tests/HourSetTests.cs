namespace Decryptor.Protocol.Tests;

sealed class HourSetTests
{
    [TestCase(9, 11, "9 10 11"), TestCase(23, 1, "0 1 23"), TestCase(7, 7, "7"), TestCase(0, 23, null)]
    public void From_one_hour_to_another_goes_over_midnight_if_need_be(int first, int last, string? hours) =>
        Assert.That(Words(HourSet.Between(first, last)), Is.EqualTo(hours ?? Words(HourSet.All)));

    [TestCase(9, 8), TestCase(1, 0), TestCase(0, 23)]
    public void To_the_hour_before_is_the_whole_day(int first, int last) =>
        Assert.That(HourSet.Between(first, last).Widened(), Is.EqualTo(HourSet.All));

    [TestCase(9, 10, "8 9 10 11"), TestCase(0, 0, "0 1 23"), TestCase(23, 23, "0 22 23")]
    public void Widened_it_has_the_hours_beside_it_too(int first, int last, string hours) =>
        Assert.That(Words(HourSet.Between(first, last).Widened()), Is.EqualTo(hours));

    [TestCase(-1, 0), TestCase(24, 0), TestCase(0, -1), TestCase(0, 24)]
    public void An_hour_that_is_none_is_refused(int first, int last) =>
        Assert.That(() => HourSet.Between(first, last), Throws.InstanceOf<ArgumentOutOfRangeException>());

    [Test]
    public void Sets_meet_where_an_hour_is_in_both()
    {
        var morning = HourSet.Between(6, 11);
        Assert.That(morning.Meets(HourSet.Between(11, 12)) && !morning.Meets(HourSet.Between(12, 5)));
        Assert.That(Words(morning.And(HourSet.Between(10, 14))), Is.EqualTo("10 11"));
    }

    static string Words(HourSet set) =>
        string.Join(' ', Enumerable.Range(0, HourSet.Day).Where(hour => (set.Bits >> hour & 1) != 0));
}
