using Decryptor.Protocol;
using Decryptor.Samples;

namespace Decryptor.Worker.Tests;

sealed class LimitTests
{
    static readonly Limits Small = new(OutputBytes: 1000, Ratio: 10, RatioFloor: 500, Members: 2, Depth: 3,
        Questions: 2, NameBytes: 8, WindowBytes: 1024, ScryptLog: 4, Seconds: 60);

    [Test]
    public void Text_up_to_the_limit_is_paid_for_and_one_byte_more_is_refused()
    {
        var budget = new Budget(Small);
        budget.Measure(1_000_000);
        budget.Text(999);
        budget.Text(1);
        Assert.That(() => budget.Text(1),
            Throws.InstanceOf<Refusal>().With.Property("Code").EqualTo(FailureCode.LimitOutput));
        Assert.That(budget.BytesOut, Is.EqualTo(1000));
    }

    [Test]
    public void The_ratio_counts_only_past_its_floor()
    {
        var budget = new Budget(Small);
        budget.Measure(1);
        budget.Text(500);
        Assert.That(() => budget.Text(1),
            Throws.InstanceOf<Refusal>().With.Property("Code").EqualTo(FailureCode.LimitRatio));
    }

    [Test]
    public void Text_up_to_the_ratio_is_paid_for_and_one_byte_more_is_refused()
    {
        var budget = new Budget(Small);
        budget.Measure(60);
        budget.Text(600);
        Assert.That(() => budget.Text(1),
            Throws.InstanceOf<Refusal>().With.Property("Code").EqualTo(FailureCode.LimitRatio));
    }

    [Test]
    public void The_attempts_own_time_ends_at_its_limit_and_waiting_for_a_key_is_not_its_own()
    {
        var clock = new HandClock();
        var budget = new Budget(Small, clock);
        budget.Measure(1000);
        budget.Untimed(() => clock.Now += 1_000_000);
        clock.Now += Small.Seconds * 1000L;
        budget.Text(1);
        clock.Now++;
        Assert.That(() => budget.Text(1),
            Throws.InstanceOf<Refusal>().With.Property("Code").EqualTo(FailureCode.LimitTime));
    }

    [Test]
    public void Reading_in_time_that_is_not_its_own_is_free_and_is_forgotten_afterwards()
    {
        var clock = new HandClock();
        var budget = new Budget(Small, clock);
        budget.Measure(1000);
        budget.Untimed(() =>
        {
            clock.Now += 1_000_000;
            budget.Read(400);
            return budget.BytesIn;
        });
        Assert.That(budget.BytesIn, Is.EqualTo(400), "the sign that it goes on");
        budget.ReadAgain();
        budget.Read(1000);
        Assert.That(budget.BytesIn, Is.EqualTo(1000));
    }

    /// <summary>Milliseconds that pass when a test says so.</summary>
    sealed class HandClock : TimeProvider
    {
        internal long Now { get; set; }

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => Now;
    }

    [Test]
    public void Members_layers_and_questions_end_at_their_limits()
    {
        var budget = new Budget(Small);
        budget.Member();
        budget.Member();
        budget.Layer(3);
        Assert.Multiple(() =>
        {
            Assert.That(budget.Member,
                Throws.InstanceOf<Refusal>().With.Property("Code").EqualTo(FailureCode.LimitMembers));
            Assert.That(() => budget.Layer(4),
                Throws.InstanceOf<Refusal>().With.Property("Code").EqualTo(FailureCode.LimitDepth));
            Assert.That((budget.Question(), budget.Question(), budget.Question()), Is.EqualTo((1, 2, 0)));
        });
    }

    [Test]
    public void A_file_whose_text_is_as_long_as_the_limit_is_complete_and_with_one_byte_less_it_fails()
    {
        var (file, text) = Made.Session(Compression.Zstd, null, blocks: 6);
        using var enough = Trial.OfBytes(file, limits: Trial.Usual with { OutputBytes = text.Length });
        using var less = Trial.OfBytes(file, limits: Trial.Usual with { OutputBytes = text.Length - 1 });
        less.MustBeSound();
        Assert.Multiple(() =>
        {
            Assert.That(enough.Finished.Outcome, Is.EqualTo(Outcome.Complete));
            Assert.That((less.Finished.Outcome, less.Finished.Code), Is.EqualTo((Outcome.Failed, "LIMIT_OUTPUT")));
            Assert.That(less.Text, Is.Not.Empty, "what came before the limit is kept");
            Assert.That(less.Finished.Blocks, Is.EqualTo(new BlockCount(6, 5, 1)));
        });
    }

    [Test, CancelAfter(30_000)]
    public void A_bomb_block_ends_at_the_ratio_and_what_came_before_is_kept()
    {
        using var trial = Trial.OfFile(Corpus.File("xlog/damaged/hostile-bomb-zlib.xlog"), Ring.Empty);
        trial.MustBeSound();
        Assert.Multiple(() =>
        {
            Assert.That((trial.Finished.Outcome, trial.Finished.Code), Is.EqualTo((Outcome.Failed, "LIMIT_RATIO")));
            Assert.That(trial.Finished.BytesOut, Is.InRange(60L << 20, 64L << 20));
            Assert.That(trial.Finished.Blocks, Is.EqualTo(new BlockCount(1, 0, 1)));
        });
    }

    [Test]
    public void A_zstd_window_of_2_GiB_is_refused_without_taking_the_memory()
    {
        using var trial = Trial.OfFile(Corpus.File("xlog/damaged/hostile-zstd-window-2g.xlog"), Ring.Empty);
        Assert.That(trial.Finished.Code, Is.EqualTo("LIMIT_MEMORY"));
    }

    [Test, CancelAfter(30_000)]
    public void A_zstd_block_that_gives_gigabytes_is_stopped_though_the_limits_would_allow_it()
    {
        // One frame of run-length blocks: four bytes for each 128 KiB of the same letter.
        byte[] frame = [0x28, 0xB5, 0x2F, 0xFD, 0x00, 0x58,
            .. Enumerable.Repeat<byte[]>([0x02, 0x00, 0x10, 0x61], 20_000).SelectMany(run => run)];
        Limits wide = new(1L << 34, int.MaxValue, 1L << 34, 1, 1, 1, 1, 1 << 20, 1, 60);
        var decoded = Decoded.Of(Made.Block(0x0D, frame), limits: wide);
        Assert.That(decoded.Code, Is.EqualTo("LIMIT_RATIO"));
        Assert.That(decoded.Text.LongLength, Is.InRange(1, 65L << 20));
    }
}
