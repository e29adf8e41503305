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
    public void The_same_failure_gives_the_same_pause_wherever_it_is_replayed()
    {
        var pauses = new[] { (2, 1), (5, 7), (9, 70), (30, 3) }.Select(at => _policy.Backoff(at.Item1, at.Item2));
        Assert.That(pauses.Select(pause => Math.Round(pause.TotalSeconds, 6)), Is.EqualTo(
            new[] { 0.239512, 1.762836, 34.509586, 48.436335 }));
    }

    [Test]
    public void A_worker_s_own_clock_runs_out_a_tenth_before_ours()
    {
        Assert.That(_policy.LimitsFor(0).Seconds, Is.EqualTo(108));
        Assert.That(_policy.LimitsFor(10L << 30).Seconds, Is.EqualTo(36_864));
        Assert.That(_policy.LimitsFor(long.MaxValue).Seconds, Is.EqualTo(900_000_000));
        Assert.That((_policy with { JobTimeMin = TimeSpan.FromSeconds(1) }).LimitsFor(0).Seconds, Is.EqualTo(1));
        Assert.That(_policy.LimitsFor(0) with { Seconds = 0 }, Is.EqualTo(_policy.Limits));
    }

    [TestCase(1, 1, 1), TestCase(2, 1, 1), TestCase(3, 1, 1), TestCase(4, 1, 2), TestCase(8, 2, 4)]
    [TestCase(11, 2, 5)]
    public void A_quarter_is_replaced_at_once_and_half_takes_large_jobs(int workers, int replaced, int large) =>
        Assert.That((Policy.ReplacedAtOnce(workers), Policy.LargeAtOnce(workers)), Is.EqualTo((replaced, large)));

    [Test]
    public void What_nobody_has_set_is_as_the_manual_says()
    {
        double[] seconds =
        [
            _policy.HelloWithin.TotalSeconds, _policy.FrameWithin.TotalSeconds, _policy.WorkWithin.TotalSeconds,
            _policy.DrainWithin.TotalSeconds, _policy.PenaltyTime.TotalSeconds, _policy.RecycleAge.TotalSeconds,
        ];
        Assert.That(seconds, Is.EqualTo(new double[] { 10, 15, 60, 30, 300, 86_400 }));
        Assert.That((_policy.RecycleJobs, _policy.WaitingMax), Is.EqualTo((10_000, 1000)));
        long[] bytes = [_policy.RecycleMemory, _policy.MemoryMax, _policy.LargeBytes, _policy.Limits.OutputBytes];
        Assert.That(bytes.Select(count => count >> 20), Is.EqualTo(new long[] { 512, 2048, 256, 16_384 }));
        var limits = _policy.Limits;
        Assert.That((limits.RatioFloor >> 20, limits.WindowBytes >> 20), Is.EqualTo((64L, 128L)));
    }

    [Test]
    public void Pauses_of_different_workers_are_scattered()
    {
        var pauses = Enumerable.Range(0, 100).Select(seed => _policy.Backoff(5, seed));
        Assert.That(pauses.Distinct().Count(), Is.GreaterThan(90));
    }
}
