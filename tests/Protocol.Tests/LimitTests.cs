namespace Decryptor.Protocol.Tests;

/// <summary>Each limit holds, and one above it does not.</summary>
sealed class LimitTests
{
    static readonly Limits Limits = new(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1);

    [Test]
    public void Text_is_taken_up_to_its_limit_in_bytes()
    {
        Taken(Hello(new('x', Frame.TextMax)));
        Refused(Hello(new('x', Frame.TextMax + 1)));
        Taken(Hello(new('ß', Frame.TextMax / 2)));
        Refused(Hello(new('ß', Frame.TextMax / 2 + 1)));
    }

    [Test]
    public void A_path_is_taken_up_to_its_limit()
    {
        Taken(Assign(new('x', Frame.PathMax)));
        Refused(Assign(new('x', Frame.PathMax + 1)));
    }

    [Test]
    public void Hours_are_taken_up_to_all_of_a_day()
    {
        Taken(Assign("/in") with { Hours = HourSet.All });
        Refused(Assign("/in") with { Hours = new(HourSet.All.Bits + 1) });
        Refused(Assign("/in") with { Hours = new(-1) });
    }

    [Test]
    public void A_header_is_taken_up_to_its_limit()
    {
        Taken(new KeyRequest(Specimens.Attempt, 1, "xlog", new byte[Frame.HeaderMax]));
        Refused(new KeyRequest(Specimens.Attempt, 1, "xlog", new byte[Frame.HeaderMax + 1]));
    }

    [Test]
    public void Candidates_are_taken_up_to_their_limit()
    {
        Taken(Keys(Frame.CandidatesMax, 16));
        Refused(Keys(Frame.CandidatesMax + 1, 16));
    }

    [Test]
    public void A_secret_is_taken_up_to_its_limit()
    {
        Taken(Keys(1, Frame.SecretMax));
        Refused(Keys(1, Frame.SecretMax + 1));
    }

    [Test]
    public void Quarantined_hashes_are_taken_up_to_their_limit()
    {
        Taken(Poisoned(Frame.PoisonMax, Frame.HashLength));
        Refused(Poisoned(Frame.PoisonMax + 1, Frame.HashLength));
    }

    [Test]
    public void A_hash_has_its_one_length()
    {
        Taken(Poisoned(1, Frame.HashLength));
        Taken(new Fingerprint(Specimens.Attempt, new byte[Frame.HashLength]));
        foreach (var length in new[] { 0, Frame.HashLength - 1, Frame.HashLength + 1 })
        {
            Refused(Poisoned(1, length));
            Refused(new Fingerprint(Specimens.Attempt, new byte[length]));
        }
    }

    [Test]
    public void An_order_in_which_every_field_is_the_longest_fits_a_frame()
    {
        var longest = new string('x', Frame.TextMax);
        var path = new string('x', Frame.PathMax);
        var most = new Limits(
            long.MaxValue, int.MaxValue, long.MaxValue, int.MaxValue, int.MaxValue, int.MaxValue, int.MaxValue,
            long.MaxValue, int.MaxValue, int.MaxValue, int.MaxValue);
        Taken(Poisoned(Frame.PoisonMax, Frame.HashLength) with
        {
            Attempt = new(long.MaxValue, int.MaxValue, new(int.MaxValue, long.MaxValue)),
            Input = path,
            Output = path,
            Source = longest,
            Tenant = longest,
            Limits = most,
        });
    }

    [TestCase(-1L)]
    [TestCase(long.MinValue)]
    public void A_count_below_zero_is_refused(long count)
    {
        Refused(new Progress(Specimens.Attempt, count, 0, 0));
        Refused(new Progress(Specimens.Attempt, 0, count, 0));
        Refused(new Progress(Specimens.Attempt, 0, 0, count));
        Refused(new Progress(Specimens.Attempt, 0, 0, 0) { Blocks = new(count, 0, 0) });
        Refused(new Progress(Specimens.Attempt with { Job = count }, 0, 0, 0));
        Refused(new Finished(Specimens.Attempt, Outcome.Complete, "", "", "", 0, 0, new(0, count, 0)));
        Refused(new KeyRequest(Specimens.Attempt, -1, "xlog", default));
    }

    [TestCase(-1)]
    [TestCase(3)]
    public void An_outcome_off_the_list_is_refused(int outcome) =>
        Refused(new Finished(Specimens.Attempt, (Outcome)outcome, "", "", "", 0, 0, default));

    [TestCase("NO_SUCH_CODE")]
    [TestCase("damaged")]
    [TestCase(" ")]
    public void A_failure_code_off_the_list_is_refused(string code) =>
        Refused(new Finished(Specimens.Attempt, Outcome.Failed, code, "", "", 0, 0, default));

    [TestCase(0, 1)]
    [TestCase(1, 0)]
    [TestCase(-1, 7)]
    public void A_worker_without_a_proper_name_is_refused(int slot, long number) =>
        Refused(new Progress(new(1, 1, new(slot, number)), 0, 0, 0));

    [Test]
    public void A_sentence_is_made_to_fit()
    {
        foreach (var text in new[] { "short", new('x', 5000), new('ß', 5000),
            string.Concat(Enumerable.Repeat("😀", 3000)) })
            Taken(Hello(Frame.Fit(text)));
        Assert.That(Frame.Fit("short"), Is.EqualTo("short"));
        Assert.That(Frame.Fit(string.Concat(Enumerable.Repeat("😀", 3000))), Does.EndWith("😀…"));
    }

    static Hello Hello(string build) => new(Message.Version, Specimens.Worker, build, "", "");

    static Assign Assign(string path) => new(Specimens.Attempt, path, path, "", "", Limits);

    static Assign Poisoned(int count, int length) =>
        Assign("/in/17") with
        {
            HashFirst = true,
            Poison = [.. Enumerable.Repeat((ReadOnlyMemory<byte>)new byte[length], count)],
        };

    static Keys Keys(int count, int length) =>
        new(Specimens.Attempt, 1, count, [.. Enumerable.Repeat(new KeyCandidate("k", new byte[length]), count)]);

    static void Taken(Message message) =>
        Assert.That(Wire.Read(Wire.ParserFor(message), FrameWriter.Write(message)), Has.Count.EqualTo(1));

    static void Refused(Message message) =>
        Assert.That(() => Wire.Read(Wire.ParserFor(message), FrameWriter.Write(message)),
            Throws.TypeOf<ProtocolException>());
}
