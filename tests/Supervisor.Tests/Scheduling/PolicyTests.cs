using Decryptor.Supervisor.Scheduling;

namespace Decryptor.Supervisor.Tests.Scheduling;

sealed class PolicyTests
{
    static readonly Policy _policy = new();

    [Test]
    public void A_job_may_take_two_minutes_or_what_its_size_needs()
    {
        Assert.That(_policy.JobTime(0), Is.EqualTo(TimeSpan.FromMinutes(2)));
        Assert.That(_policy.JobTime(120L * 256 * 1024), Is.EqualTo(TimeSpan.FromMinutes(2)));
        Assert.That(_policy.JobTime(10L << 30), Is.EqualTo(TimeSpan.FromSeconds(40960)));
    }

    [Test]
    public void The_first_failure_costs_no_pause_and_later_ones_double_it_up_to_a_minute()
    {
        Assert.That(_policy.Backoff(1, 7), Is.EqualTo(TimeSpan.Zero));
        for (var failures = 2; failures < 60; failures++)
        {
            var middle = Math.Min(0.25 * Math.Pow(2, failures - 2), 60);
            var pause = _policy.Backoff(failures, 7).TotalSeconds;
            Assert.That(pause, Is.InRange(middle * 0.8 - 1e-9, middle * 1.2 + 1e-9));
        }
    }

    [Test]
    public void Pauses_of_different_workers_are_scattered()
    {
        var pauses = Enumerable.Range(0, 100).Select(seed => _policy.Backoff(5, seed));
        Assert.That(pauses.Distinct().Count(), Is.GreaterThan(90));
    }
}
